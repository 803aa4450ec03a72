/** Istio as a gateway: one VirtualService per ExposedAPI, and the address of the Gateway it is attached to. */
import {
  covers,
  type Enforcement,
  type ExposedApi,
  type Finding,
  type GatewayAdapter,
  type Index,
  type KindUse,
  nameOf,
  notReadable,
  type Observation,
  type PolicyName,
  type PolicyReport,
  type PolicyRequests,
  type PolicyVerdict,
  type Rendered,
  type RouteRequest,
  SERVICE,
  type Unseen,
  uncertain,
  type View,
} from '@exposedapi/core'
import { addressFinding, addressOn, configuredHosts, type Located } from './address/address.ts'
import { type BlindSpots, blindSpots } from './address/blind-spots.ts'
import { NODE, NODES } from './address/nodes.ts'
import { POD, POD_BY_LABEL } from './address/pods.ts'
import { addressBehindUnseen, referenceAddress } from './address/reference-address.ts'
import { checkConflicts } from './conflicts/conflicts.ts'
import { API_BY_PATH, isBare } from './conflicts/own-routes-elsewhere.ts'
import { checkExport } from './conflicts/visibility.ts'
import { analysisFindings } from './objects/analysis.ts'
import { qualified } from './objects/foreign-route.ts'
import { servedHosts } from './objects/hosts.ts'
import {
  FOREIGN_BY_GATEWAY,
  GATEWAY,
  GATEWAY_BY_SELECTOR,
  type Gateway,
  SERVICE_BY_ISTIO_LABEL,
  SERVICE_BY_SELECTOR,
  VIRTUAL_SERVICE,
} from './objects/kinds.ts'
import { bindings, entrances, serverList } from './objects/servers.ts'
import { type Configuration, configuration, type IstioOptions } from './options.ts'
import { policyVerdicts } from './policies/policies.ts'
import { virtualService } from './virtual-service.ts'

const KINDS: readonly KindUse[] = [
  // Everywhere: routes of others on the same Gateway may live in any namespace.
  { kind: VIRTUAL_SERVICE, use: 'own', scope: 'cluster', optional: true },
  { kind: GATEWAY, use: 'read', scope: 'cluster', optional: true },
  { kind: SERVICE, use: 'read', scope: 'cluster' },
]
const INDEXES: readonly Index[] = [FOREIGN_BY_GATEWAY, GATEWAY_BY_SELECTOR, SERVICE_BY_SELECTOR, SERVICE_BY_ISTIO_LABEL]
// Both on request only, and without the right to read them the rest still works.
const PODS: KindUse = { kind: POD, use: 'read', scope: 'cluster', optional: true }
const ALL_NODES: KindUse = { kind: NODE, use: 'read', scope: 'cluster', optional: true }

/** The adapter. Pure: everything it knows comes from options, request and view. */
export class IstioGateway implements GatewayAdapter {
  readonly name = 'istio'
  readonly kinds: readonly KindUse[]
  readonly indexes: readonly Index[]
  readonly #options: Configuration

  constructor(options: IstioOptions) {
    const { gateway, gatewayPods, nodePorts } = options
    this.#options = configuration(options)
    this.kinds = [...KINDS, ...(gatewayPods ? [PODS] : []), ...(nodePorts ? [ALL_NODES] : [])]
    this.indexes = [
      ...INDEXES,
      ...(isBare(gateway) ? [API_BY_PATH as Index] : []),
      ...(gatewayPods ? [POD_BY_LABEL] : []),
      ...(nodePorts ? [NODES] : []),
    ]
  }

  /** istiod appends the routes of a host's VirtualServices by age and never sorts them by length (istio/istio#60488). */
  readonly precedence = 'written-order'

  /**
   * istiod moves a catch-all behind all other routes of a host. A route whose preflights pass has a rule with a method match,
   * which is no catch-all.
   */
  putsRootLast({ cors }: PolicyRequests): boolean {
    return cors?.preflight.enabled !== false
  }

  get namespaces(): readonly string[] {
    const { gateway, gatewayService } = this.#options
    const ofGateway = isBare(gateway) ? [] : gateway.split('/').slice(0, 1)
    return [...ofGateway, ...(gatewayService ? [gatewayService.namespace] : [])]
  }

  hosts(api: ExposedApi): readonly string[] {
    return servedHosts(api, this.#options.publicHost)
  }

  /** A bare name means another Gateway in each namespace. */
  gatewayOf({ metadata }: ExposedApi): string {
    return qualified(this.#options.gateway, metadata.namespace)
  }

  verdicts(_api: ExposedApi, policies: PolicyRequests): readonly PolicyVerdict[] {
    return policyVerdicts(policies)
  }

  render(request: RouteRequest, view: View): readonly Rendered[] {
    const apiVersion = view.serves(VIRTUAL_SERVICE)
    if (apiVersion === undefined) return []
    const object = virtualService(request, apiVersion, this.gatewayOf(request.route.api), this.#options)
    return [{ object, routes: true, enforces: enforcements(request) }]
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(VIRTUAL_SERVICE)
    if (apiVersion === undefined) return { findings: [crdMissing()] }
    const { api, hosts } = route
    const name = this.gatewayOf(api)
    const blind = blindSpots(name, this.#options, view)
    const located = locate(name, api, hosts, this.#options, view, blind)
    const own = view.get(VIRTUAL_SERVICE, route.meta.namespace ?? '', route.meta.name)
    const refusals = analysisFindings(own)
    return {
      ...located,
      published: { apiVersion, kind: VIRTUAL_SERVICE.kind, metadata: route.meta },
      findings: [
        ...checkConflicts(route, own, name, this.#options, view),
        ...checkExport(own, name, this.#options, view),
        ...refusals,
        ...located.findings,
      ],
      policies: refusals.flatMap(({ message }) =>
        policyNames(route.policies).map((policy): PolicyReport => ({ policy, state: 'Refused', message })),
      ),
    }
  }
}

/** The VirtualService enforces what it can of its own API and of those whose routes it copies. */
function enforcements({ route, nested }: RouteRequest): readonly Enforcement[] {
  const copies = nested.flatMap(({ api, policies }) =>
    policyNames(policies).map((policy): Enforcement => ({ policy, api: nameOf(api) })),
  )
  return [...policyNames(route.policies).map((policy): Enforcement => ({ policy })), ...copies]
}

function policyNames(policies: PolicyRequests): readonly PolicyName[] {
  return Object.keys(policies) as PolicyName[]
}

function crdMissing(): Finding {
  const message = `The cluster does not serve ${VIRTUAL_SERVICE.plural}.${VIRTUAL_SERVICE.group}: is Istio installed?`
  return { condition: 'RouteProgrammed', status: 'False', reason: 'CrdMissing', message }
}

/** The address, and whether the Gateway lets the route in. */
function locate(
  name: string,
  api: ExposedApi,
  hosts: readonly string[],
  options: Configuration,
  view: View,
  blind: BlindSpots,
): Located {
  if (options.compatUrl || view.serves(GATEWAY) === undefined) return referenceAddress(api, options, view, blind)
  const [gatewayNamespace = '', gatewayName = ''] = name.split('/', 2)
  const gateway = view.get(GATEWAY, gatewayNamespace, gatewayName)
  if (!gateway && blind.gateway) {
    return addressBehindUnseen(name, blind.gateway, referenceAddress(api, options, view, blind), options)
  }
  if (!gateway) return withoutGateway(name, api, options)
  const located = locateOn(gateway, api, hosts, options, view, blind)
  return blind.gateway ? onceSeen(located, blind.gateway) : located
}

/** What follows from a Gateway that was seen once, and may look otherwise now. */
function onceSeen({ address, findings }: Located, unseen: Unseen): Located {
  const isAnswered = address || findings.some(({ condition }) => condition === 'AddressAssigned')
  const doubts = findings.map((finding) => uncertain(finding, unseen))
  if (isAnswered) return { ...(address && { address }), findings: doubts }
  return { findings: [...doubts, notReadable('AddressAssigned', unseen, 'What is published stays.')] }
}

function locateOn(
  gateway: Gateway,
  api: ExposedApi,
  hosts: readonly string[],
  options: Configuration,
  view: View,
  blind: BlindSpots,
): Located {
  const bound = bindings(gateway, hosts, api.metadata.namespace)
  if (bound.length === 0 && gateway.servers.length > 0) return { findings: [notAdmitted(gateway, hosts, api)] }
  const usable = entrances(bound, options.publicScheme)
  if (usable.length === 0) {
    const message = `Gateway ${nameOf(gateway)} has no HTTP server without redirect and no HTTPS server that terminates TLS (servers: ${serverList(gateway)}).`
    return { findings: [addressFinding('False', 'NoUsableServer', message)] }
  }
  const wished = [...new Set([...configuredHosts(api, options), ...hosts.filter((host) => host !== '*')])]
  const refused = wished.filter(
    (host) => !bound.some((binding) => binding.hosts.some((served) => covers(served, host))),
  )
  const located = addressOn(gateway, usable, api, options, view, blind)
  return {
    ...located,
    findings: [...located.findings, ...refused.map((host) => hostNotAdmitted(nameOf(gateway), host))],
  }
}

/**
 * Without the Gateway nothing says how it is called. A configured host name is published all the same: it does not depend on
 * the Gateway, which Helm deletes and creates again at each upgrade of the Canvas.
 */
function withoutGateway(name: string, api: ExposedApi, options: Configuration): Located {
  const findings = [addressFinding('False', 'GatewayNotFound', `Gateway ${name} does not exist.`)]
  const { publicHost, publicScheme = 'https' } = options
  const [host] = configuredHosts(api, options)
  if (!publicHost || host === undefined) return { findings }
  const port = options.publicPort ?? publicHost.port
  return {
    address: { scheme: publicScheme, host, ...(port !== undefined && { port }), ip: publicHost.host },
    findings,
  }
}

function notAdmitted(gateway: Gateway, hosts: readonly string[], api: ExposedApi): Finding {
  const admitted = [...new Set(gateway.servers.flatMap((server) => server.hosts))].sort().join(', ') || 'none'
  const message = `No server of Gateway ${gateway.metadata.namespace}/${gateway.metadata.name} admits namespace ${api.metadata.namespace} with host ${hosts.join(', ')} (hosts: ${admitted}).`
  return { condition: 'RouteProgrammed', status: 'False', reason: 'NotAllowedByGateway', message }
}

function hostNotAdmitted(name: string, host: string): Finding {
  const message = `No server of Gateway ${name} admits host ${host}: requests with it are answered 404.`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'NotAllowedByGateway', message }
}
