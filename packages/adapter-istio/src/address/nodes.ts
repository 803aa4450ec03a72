/** Addresses of nodes, for Services of type NodePort: `nodePorts`. Such a Service answers on every node. */
import { type Index, isIp, isIpv6, type Kind, type KubeObject, slimMeta, type View } from '@exposedapi/core'
import * as z from 'zod'

/** A node: where it is reachable. None of it while it is not ready. */
export interface Node extends KubeObject {
  readonly external: readonly string[]
  readonly internal: readonly string[]
}

const Status = z
  .object({
    status: z.object({
      addresses: z
        .array(z.object({ type: z.string(), address: z.string() }).catch({ type: '', address: '' }))
        .catch([]),
      conditions: z.array(z.object({ type: z.string(), status: z.string() }).catch({ type: '', status: '' })).catch([]),
    }),
  })
  .catch({ status: { addresses: [], conditions: [] } })

/** Node of the core group. Its status is written every few minutes, nearly always without a change of these fields. */
export const NODE: Kind<Node> = {
  group: '',
  versions: ['v1'],
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  project: (object) => {
    const { addresses, conditions } = Status.parse(object).status
    const isDown = conditions.some(({ type, status }) => type === 'Ready' && status !== 'True')
    const of = (wanted: string) =>
      isDown ? [] : addresses.flatMap(({ type, address }) => (type === wanted && isIp(address) ? address : []))
    const { labels: _, ...metadata } = slimMeta(object.metadata)
    return {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata,
      external: of('ExternalIP'),
      internal: of('InternalIP'),
    }
  },
}

/** All nodes, under the empty text. */
export const NODES: Index<Node> = { name: 'nodes.all', kind: NODE, values: () => [''] }

/** Addresses of nodes for clients outside the cluster, best first: ExternalIP before InternalIP, IPv4 before IPv6. */
export function nodeAddresses(view: View): readonly string[] {
  const nodes = view.by(NODES, '')
  const external = nodes.flatMap((node) => node.external)
  const best = external.length > 0 ? external : nodes.flatMap((node) => node.internal)
  return [...best.filter((ip) => !isIpv6(ip)), ...best.filter(isIpv6)]
}
