/** A cluster in small for tests: manifests in, decisions of core on this adapter out. */
import {
  ENDPOINT_SLICE,
  EXPOSED_API,
  type ExposedApi,
  type Kind,
  type KubeObject,
  nameOf,
  type RenderedObject,
  SERVICE,
} from '@exposedapi/core'
import { DEFAULT_SETTINGS, onlyGateway, rulesOf, type Settings } from '@exposedapi/core/engine'
import { adapterOf, asStored, type Decision, decide, MemoryView, NullMetrics } from '@exposedapi/core/testing'
import type { HttpRouteSpec } from '../src/http-route.ts'
import { gatewayApi } from '../src/index.ts'
import { GATEWAY_CLASS, NAMESPACE, ROUTE_SCHEMA } from '../src/objects/cluster-kinds.ts'
import { GATEWAY, HTTP_ROUTE } from '../src/objects/kinds.ts'
import { CONTROLLER, condition, type Manifest } from './manifests.ts'

/** The first document of a case. */
export interface CaseHead {
  readonly about?: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly settings?: Partial<Settings>
  /** Plurals that the cluster does not serve. */
  readonly unserved?: readonly string[]
  /** What the controller says about each route once it is written. Default: that it accepts it. */
  readonly answer?: readonly object[] | 'none'
}

export const KINDS: Readonly<Record<string, Kind>> = {
  ExposedAPI: EXPOSED_API,
  Service: SERVICE,
  EndpointSlice: ENDPOINT_SLICE,
  Gateway: GATEWAY,
  GatewayClass: GATEWAY_CLASS,
  HTTPRoute: HTTP_ROUTE,
  CustomResourceDefinition: ROUTE_SCHEMA,
  Namespace: NAMESPACE,
}

/** A view of the manifests, and what becomes of each API when the route has been written and the controller has answered. */
export function bench(head: CaseHead, manifests: readonly Manifest[]) {
  const gateway = adapterOf(gatewayApi, head.options ?? { gateway: 'canvas/gw' })
  const view = new MemoryView()
  for (const manifest of manifests) {
    const kind = KINDS[manifest.kind]
    if (!kind) throw new Error(`no such kind in tests: ${manifest.kind}`)
    view.add(kind, stored(manifest))
  }
  for (const plural of head.unserved ?? []) {
    for (const kind of Object.values(KINDS).filter((kind) => kind.plural === plural)) view.unserve(kind)
  }
  const settings = { ...DEFAULT_SETTINGS, ...head.settings }
  const rules = rulesOf({ gateways: [onlyGateway(gateway)], metrics: new NullMetrics(), settings })
  /** Decides, writes the objects, lets the controller answer, and decides again. */
  const settle = (api: ExposedApi): Decision => {
    const first = decide(api, view, rules, { now: 0 })
    for (const object of first.objects) {
      const { metadata, ...rest } = asStored(object)
      const creationTimestamp = '2026-06-01T00:00:00Z'
      const status = answerTo(object, controllerOfClass(manifests), head.answer)
      view.add(HTTP_ROUTE, { ...rest, metadata: { ...metadata, creationTimestamp }, ...{ status } })
    }
    return decide(api, view, rules, { now: 0 })
  }
  return { view, gateway, rules, settle }
}

const ACCEPTED = [condition('Accepted'), condition('ResolvedRefs')]

function controllerOfClass(manifests: readonly Manifest[]): string {
  const spec = manifests.find(({ kind }) => kind === 'GatewayClass')?.spec as { controllerName: string } | undefined
  return spec?.controllerName ?? CONTROLLER
}

function answerTo(route: RenderedObject, controllerName: string, answer: CaseHead['answer'] = ACCEPTED): object {
  if (answer === 'none') return {}
  const { parentRefs } = route.spec as HttpRouteSpec
  return { parents: parentRefs.map((parentRef) => ({ parentRef, controllerName, conditions: answer })) }
}

function stored(manifest: Manifest): KubeObject {
  const metadata = { creationTimestamp: '2026-01-01T00:00:00Z', ...manifest.metadata }
  return {
    ...manifest,
    metadata: { uid: `uid-${manifest.kind}-${nameOf(manifest)}`, resourceVersion: '1', ...metadata },
  }
}
