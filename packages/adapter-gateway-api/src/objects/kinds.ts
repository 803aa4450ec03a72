/** The kinds of the Gateway API that we read or write, slimmed to what somebody reads. */
import { controllerOf, type Index, type Kind, type KubeObject, slimMeta } from '@exposedapi/core'
import * as z from 'zod'
import { type Condition, Conditions, said, words } from './conditions.ts'
import { type ForeignRoute, foreignRoute } from './foreign-route.ts'
import { LabelSelector } from './label-selector.ts'

/** API group of all kinds of the Gateway API. */
export const GROUP = 'gateway.networking.k8s.io'

const word = z.string().optional().catch(undefined)
const list = <T extends z.ZodType>(item: T) => z.array(item.optional().catch(undefined)).catch([])

/** A reference to a Gateway, or to one of its listeners. */
export interface Attachment {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string
  readonly sectionName?: string
  readonly port?: number
}

const ParentRef = z.object({
  group: z.string().catch(GROUP),
  kind: z.string().catch('Gateway'),
  namespace: word,
  name: z.string(),
  sectionName: word,
  port: z.number().optional().catch(undefined),
})

/** What one controller says about a route and one of its parents. */
export interface Answer extends Attachment {
  readonly controllerName: string
  readonly conditions: readonly Condition[]
}

/** An HTTPRoute. Ours keeps its spec for comparison; of others only what can conflict is kept. */
export interface HttpRoute extends KubeObject {
  readonly spec?: unknown
  readonly generation: number
  readonly answers: readonly Answer[]
  /** Absent on HTTPRoutes that an ExposedAPI controls. */
  readonly foreign?: ForeignRoute
}

const Parent = z.object({ parentRef: ParentRef, controllerName: z.string(), conditions: Conditions })
const Parents = z.object({ parents: list(Parent) }).catch({ parents: [] })
const Generation = z.object({ generation: z.number().catch(0) })

/** HTTPRoute. Optional: the Gateway API may be installed after us. v1alpha2 and v1beta1 are on their way out. */
export const HTTP_ROUTE: Kind<HttpRoute> = {
  group: GROUP,
  versions: ['v1'],
  kind: 'HTTPRoute',
  plural: 'httproutes',
  project: (object) => {
    const { spec, status } = object as { spec?: unknown; status?: unknown }
    return {
      ...head(object),
      ...Generation.parse(object.metadata),
      answers: answersIn(status, object.metadata.namespace ?? ''),
      ...(isOfExposedApi(object) ? { spec } : { foreign: foreignRoute(spec) }),
    }
  },
}

function answersIn(status: unknown, namespace: string): readonly Answer[] {
  return Parents.parse(status).parents.flatMap((parent) => {
    if (parent?.parentRef.group !== GROUP || parent.parentRef.kind !== 'Gateway') return []
    const { parentRef, controllerName, conditions } = parent
    const { name, sectionName, port } = parentRef
    const attachment = {
      gateway: `${parentRef.namespace ?? namespace}/${name}`,
      ...(sectionName !== undefined && { sectionName }),
      ...(port !== undefined && { port }),
    }
    return [{ ...attachment, controllerName, conditions }]
  })
}

function isOfExposedApi(object: KubeObject): boolean {
  const owner = controllerOf(object)
  return owner?.kind === 'ExposedAPI' && owner.apiVersion.startsWith('oda.tmforum.org/')
}

/** Where a route is attached: a controller has accepted it there. */
export function attachmentsOf({ answers, generation }: HttpRoute): readonly Attachment[] {
  return answers.filter(({ conditions }) => said(conditions, 'Accepted', generation)?.status === 'True')
}

/** Accepted HTTPRoutes of others by `namespace/name` of the Gateway. Ours are left out: there may be thousands. */
export const FOREIGN_BY_GATEWAY: Index<HttpRoute> = {
  name: 'httproutes.foreign',
  kind: HTTP_ROUTE,
  values: (route) => (route.foreign ? [...new Set(attachmentsOf(route).map(({ gateway }) => gateway))] : []),
}

/** A listener of a Gateway: a port, what is spoken on it, under which host, and for whose routes. */
export interface Listener {
  readonly name: string
  readonly port: number
  /** In capitals. */
  readonly protocol: string
  /** `*` for any. */
  readonly hostname: string
  readonly tlsMode: string
  /** Namespaces whose routes may attach. */
  readonly from: string
  readonly selector?: LabelSelector
  /** Does it take HTTPRoutes, as far as `allowedRoutes.kinds` tells? */
  readonly takesHttpRoutes: boolean
  /** Why it does not serve, in the controller's words. */
  readonly trouble?: string
}

/** An address at which a Gateway is reachable. */
export interface GatewayAddress {
  /** `IPAddress`, `Hostname`, or something that only its controller understands. */
  readonly type: string
  readonly value: string
}

/** A Gateway. Unlike Istio's of the same name it has an address, and a controller that reports. */
export interface Gateway extends KubeObject {
  readonly generation: number
  readonly className: string
  readonly listeners: readonly Listener[]
  readonly addresses: readonly GatewayAddress[]
  readonly conditions: readonly Condition[]
}

const RouteKind = z.object({ group: z.string().catch(GROUP), kind: z.string() })
const Namespaces = z.object({ from: z.string().catch('Same'), selector: LabelSelector.optional().catch(undefined) })
const SAME = { from: 'Same' }
const RawListener = z.object({
  name: z.string(),
  port: z.number(),
  protocol: z.string(),
  hostname: word,
  tls: z.object({ mode: z.string().catch('Terminate') }).catch({ mode: 'Terminate' }),
  allowedRoutes: z
    .object({ namespaces: Namespaces.catch(SAME), kinds: list(RouteKind) })
    .catch({ namespaces: SAME, kinds: [] }),
})
const ListenerStatus = z.object({ name: z.string(), conditions: Conditions })
const Address = z.object({ type: z.string().catch('IPAddress'), value: z.string() })
const GatewaySpec = z
  .object({ gatewayClassName: z.string().catch(''), listeners: list(RawListener) })
  .catch({ gatewayClassName: '', listeners: [] })
const GatewayStatus = z
  .object({ addresses: list(Address), conditions: Conditions, listeners: list(ListenerStatus) })
  .catch({ addresses: [], conditions: [], listeners: [] })

/** Gateway of the Gateway API. */
export const GATEWAY: Kind<Gateway> = {
  group: GROUP,
  versions: ['v1'],
  kind: 'Gateway',
  plural: 'gateways',
  project: (object) => {
    const raw = object as { spec?: unknown; status?: unknown }
    const { gatewayClassName, listeners } = GatewaySpec.parse(raw.spec)
    const status = GatewayStatus.parse(raw.status)
    const { generation } = Generation.parse(object.metadata)
    const reports = new Map(status.listeners.map((report) => [report?.name, report?.conditions ?? []]))
    return {
      ...head(object),
      generation,
      className: gatewayClassName,
      listeners: listeners.flatMap((one) => (one ? [listener(one, reports.get(one.name) ?? [], generation)] : [])),
      addresses: status.addresses.filter((address) => address !== undefined),
      conditions: status.conditions,
    }
  },
}

function listener(
  { name, port, protocol, hostname, tls, allowedRoutes }: z.infer<typeof RawListener>,
  report: readonly Condition[],
  generation: number,
): Listener {
  const { namespaces, kinds } = allowedRoutes
  const troubles = ['Accepted', 'ResolvedRefs', 'Programmed'].map((type) => said(report, type, generation))
  const trouble = said(report, 'Programmed', generation)?.status === 'False' && troubles.find(isFalse)
  return {
    name,
    port,
    protocol: protocol.toUpperCase(),
    hostname: hostname || '*',
    tlsMode: tls.mode,
    from: namespaces.from,
    ...(namespaces.selector && { selector: namespaces.selector }),
    takesHttpRoutes: kinds.length === 0 || kinds.some((one) => one?.group === GROUP && one.kind === 'HTTPRoute'),
    ...(trouble && { trouble: words(trouble) }),
  }
}

function isFalse(condition: Condition | undefined): boolean {
  return condition?.status === 'False'
}

function head({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: slimMeta(metadata) }
}
