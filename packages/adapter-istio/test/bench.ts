/** A cluster in grace for tests: manifests in, decisions of core on this adapter out. */
import {
  ENDPOINT_SLICE,
  EXPOSED_API,
  type ExposedApi,
  type Kind,
  type KubeObject,
  nameOf,
  SERVICE,
} from '@exposedapi/core'
import { DEFAULT_SETTINGS, onlyGateway, rulesOf, type Settings } from '@exposedapi/core/engine'
import { adapterOf, asStored, type Decision, decide, MemoryView, NullMetrics } from '@exposedapi/core/testing'
import { NODE } from '../src/address/nodes.ts'
import { POD } from '../src/address/pods.ts'
import { istio } from '../src/index.ts'
import { GATEWAY, VIRTUAL_SERVICE } from '../src/objects/kinds.ts'

/** The first document of a case. */
export interface CaseHead {
  readonly about?: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly settings?: Partial<Settings>
  /** Plurals that the cluster does not serve. */
  readonly unserved?: readonly string[]
  /** Plurals that the operator may not read. */
  readonly unreadable?: readonly string[]
  /** Show in the output what is said about the implementation. Most cases have no Services behind their APIs. */
  readonly implementation?: 'shown'
}

/** A manifest as somebody would write it: metadata that the API server adds may be left out. */
export interface Manifest extends KubeObject {
  readonly [key: string]: unknown
}

export const KINDS: Readonly<Record<string, Kind>> = {
  ExposedAPI: EXPOSED_API,
  Service: SERVICE,
  EndpointSlice: ENDPOINT_SLICE,
  Gateway: GATEWAY,
  VirtualService: VIRTUAL_SERVICE,
  Pod: POD,
  Node: NODE,
}

/** A view of the manifests, and what becomes of each API when the route has been written. */
export function bench(head: CaseHead, manifests: readonly Manifest[]) {
  const gateway = adapterOf(istio, head.options ?? {})
  const view = new MemoryView()
  for (const manifest of manifests) {
    const kind = KINDS[manifest.kind]
    if (!kind) throw new Error(`no such kind in tests: ${manifest.kind}`)
    view.add(kind, stored(manifest))
  }
  for (const plural of head.unserved ?? []) {
    for (const kind of Object.values(KINDS).filter((kind) => kind.plural === plural)) view.unserve(kind)
  }
  for (const plural of head.unreadable ?? []) {
    for (const kind of Object.values(KINDS).filter((kind) => kind.plural === plural)) view.forbid(kind)
  }
  const settings = { ...DEFAULT_SETTINGS, ...head.settings }
  const rules = rulesOf({ gateways: [onlyGateway(gateway)], metrics: new NullMetrics(), settings })
  /** Decides, writes the objects, and decides again. */
  const settle = (api: ExposedApi): Decision => {
    const first = decide(api, view, rules, { now: 0, grace: {}, failures: [] })
    for (const object of first.objects) {
      const before = view.get(VIRTUAL_SERVICE, object.metadata.namespace ?? '', object.metadata.name)
      const given = manifests.find((one) => one.kind === object.kind && nameOf(one) === nameOf(object))
      // Server-side apply leaves fields alone that are not in what is applied.
      const applied = { ...object, spec: { ...record(before?.spec), ...record(object.spec) } }
      const written = asStored(applied, before?.metadata.uid)
      const creationTimestamp = before?.metadata.creationTimestamp ?? '2026-06-01T00:00:00Z'
      const metadata = { ...written.metadata, creationTimestamp }
      view.add(VIRTUAL_SERVICE, { ...written, ...reported(given, metadata) })
    }
    return decide(api, view, rules, { now: 0, grace: {}, failures: [] })
  }
  return { view, gateway, settle }
}

/** What istiod says about an object is taken to be about what has been written since. */
function reported(given: Manifest | undefined, metadata: KubeObject['metadata']): { metadata: KubeObject['metadata'] } {
  if (!given || !('generation' in given.metadata)) return { metadata }
  const { generation } = given.metadata
  return { metadata: { ...metadata, ...{ generation } }, ...{ status: given.status } }
}

function stored(manifest: Manifest): KubeObject {
  const metadata = { creationTimestamp: '2026-01-01T00:00:00Z', ...manifest.metadata }
  return {
    ...manifest,
    metadata: { uid: `uid-${manifest.kind}-${nameOf(manifest)}`, resourceVersion: '1', ...metadata },
  }
}

function record(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
