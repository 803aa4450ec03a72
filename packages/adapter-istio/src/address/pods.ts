/**
 * The gateway's pods, for where no Service has the Gateway's own labels in its selector: `gatewayPods`.
 *
 * An Istio Gateway selects pods by their labels, in any namespace, and so does a Service in its own. Only the pods know both.
 */
import {
  type Index,
  type Kind,
  type KubeObject,
  nameOf,
  type ObjectMeta,
  type Service,
  type View,
} from '@exposedapi/core'
import { type Gateway, SERVICE_BY_SELECTOR } from '../objects/kinds.ts'

/** Pod of the core group: its labels. There may be many thousands. */
export const POD: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  project: ({ metadata }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: labelled(metadata) }),
}

function labelled({ name, namespace = '', uid = '', resourceVersion = '', labels }: ObjectMeta): ObjectMeta {
  return { name, namespace, uid, resourceVersion, ...(labels && { labels }) }
}

/** Pods of all namespaces by each `key=value` of their labels. */
export const POD_BY_LABEL: Index = {
  name: 'pods.everywhere',
  kind: POD,
  values: ({ metadata }) => pairs(metadata.labels),
}

/** Services that select a pod which the Gateway selects. */
export function servicesOfPods({ selector }: Gateway, view: View): readonly Service[] {
  const wanted = pairs(selector).sort()
  const [first] = wanted
  if (first === undefined) return [] // selects every pod with a proxy: no Service stands out
  const pods = view.by(POD_BY_LABEL, first).filter(({ metadata }) => isSubset(wanted, pairs(metadata.labels)))
  const found = [...alike(pods)].flatMap((pod) => servicesOf(pod, view))
  return [...new Map(found.map((service) => [nameOf(service), service])).values()]
}

/** One pod of each namespace and set of labels: replicas lead to the same Services. */
function alike(pods: readonly KubeObject[]): Iterable<KubeObject> {
  const key = ({ metadata }: KubeObject) => [metadata.namespace, ...pairs(metadata.labels).sort()].join(' ')
  return new Map(pods.map((pod) => [key(pod), pod])).values()
}

function servicesOf({ metadata: { namespace, labels } }: KubeObject, view: View): readonly Service[] {
  const own = pairs(labels)
  const candidates = own.sort().flatMap((pair) => view.by(SERVICE_BY_SELECTOR, pair))
  return candidates.filter(
    ({ metadata, spec }) => metadata.namespace === namespace && isSubset(pairs(spec.selector), own),
  )
}

function pairs(labels: ObjectMeta['labels']): string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one))
}
