/**
 * A complete adapter for an imaginary product: a Route that names Plugins, as Kong has it. Each Plugin is a policy, waits for the
 * product's yes before the route is written, and is refused or awaited by itself. The faults of `mutants.ts` are planted in it.
 */
import {
  type Address,
  byLengthThenPath,
  type Enforcement,
  type ExposedApi,
  type Finding,
  type GatewayAdapter,
  type Index,
  type KindUse,
  type KubeObject,
  nameOf,
  type Observation,
  type PolicyName,
  type PolicyReport,
  type PolicyRequests,
  type PolicyVerdict,
  type Rendered,
  type RenderedObject,
  type RouteIntent,
  type RouteRequest,
  SERVICE,
  type View,
} from '../../src/index.ts'
import { PLUGIN, ROUTE, type TwoObject } from './kinds.ts'
import { boundedName } from './names.ts'
import { configOf, PLUGGABLE, type Pluggable, unsupported, verdictOn } from './plugins.ts'

/** One rule of a Route. */
export interface Rule {
  readonly hosts: readonly string[]
  readonly match: 'segments' | 'exact'
  readonly path: string
  readonly backend?: { readonly namespace: string; readonly service: string; readonly port: number }
  /** `namespace/name` of each. */
  readonly plugins?: readonly string[]
  readonly respond?: { readonly status: number; readonly body: string }
  readonly strip?: boolean
}

/** Host under which all APIs are served. */
export const PUBLIC_HOST = 'public.example'

const KINDS: readonly KindUse[] = [
  { kind: PLUGIN, use: 'own', optional: true },
  { kind: ROUTE, use: 'own', optional: true },
  { kind: SERVICE, use: 'read', scope: 'cluster' },
] as readonly unknown[] as readonly KindUse[]

/** The adapter, in parts that can be exchanged. */
export class TwoObjectGateway implements GatewayAdapter {
  readonly name = 'two-object'
  readonly kinds: readonly KindUse[] = KINDS
  readonly indexes: readonly Index[] = []
  readonly precedence: GatewayAdapter['precedence']

  constructor(precedence: GatewayAdapter['precedence'] = 'written-order') {
    this.precedence = precedence
  }

  hosts({ spec }: ExposedApi): readonly string[] {
    return [PUBLIC_HOST, ...(spec.hostname === undefined ? [] : [spec.hostname.toLowerCase()])]
  }

  verdicts(_api: ExposedApi, policies: PolicyRequests, view: View): readonly PolicyVerdict[] {
    const isServed = view.serves(PLUGIN) !== undefined
    return (Object.keys(policies) as PolicyName[]).map((policy) => ({
      policy,
      ...(isServed ? this.verdict(policy, policies) : unsupported('Unsupported', 'The cluster has no Plugins.')),
    }))
  }

  verdict(policy: PolicyName, policies: PolicyRequests): Omit<PolicyVerdict, 'policy'> {
    return verdictOn(policy, policies)
  }

  render(request: RouteRequest, view: View): readonly Rendered[] {
    const apiVersion = view.serves(ROUTE)
    if (apiVersion === undefined) return []
    const route = {
      apiVersion,
      kind: 'Route',
      metadata: request.route.meta,
      spec: { rules: this.rules(request) },
    }
    return [...this.plugins(request.route, view), { object: route, routes: true, enforces: enforcements(request) }]
  }

  plugins(route: RouteIntent, view: View): readonly Rendered[] {
    const apiVersion = view.serves(PLUGIN)
    if (apiVersion === undefined) return []
    return pluggedInto(route).map((policy) => {
      const metadata = { ...route.meta, name: this.pluginName(route, policy) }
      const object: RenderedObject = { apiVersion, kind: 'Plugin', metadata, spec: this.plugin(policy, route.policies) }
      return { object, enforces: [{ policy }], ready: isAccepted }
    })
  }

  plugin(policy: Pluggable, policies: PolicyRequests): object {
    return { type: policy, config: configOf(policy, policies) }
  }

  pluginName({ meta }: RouteIntent, policy: Pluggable): string {
    return boundedName(`${meta.name}.plugin.${policy.toLowerCase()}`)
  }

  /** Longest first, those of nested APIs among them. */
  rules({ route, nested }: RouteRequest): readonly Rule[] {
    const copies = nested.flatMap((intent) => {
      const hosts = intent.hosts.filter((host) => route.hosts.includes(host))
      const paths = hosts.length > 0 ? intent.paths.filter((path) => !route.paths.includes(path)) : []
      return paths.map((path) => this.rule({ ...intent, hosts }, path))
    })
    const own = route.paths.map((path) => this.rule(route, path))
    return [...copies, ...own].sort((a, b) => byLengthThenPath(a.path, b.path))
  }

  rule(intent: RouteIntent, path: string): Rule {
    const { api, hosts, denied } = intent
    const { namespace } = api.metadata
    const covered = { hosts, match: 'segments' as const, path }
    if (denied !== undefined) return { ...covered, respond: { status: 503, body: denied } }
    const plugins = pluggedInto(intent).map((policy) => `${namespace}/${this.pluginName(intent, policy)}`)
    const { implementation: service, port } = api.spec
    return { ...covered, backend: { namespace, service, port }, plugins }
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(ROUTE)
    if (apiVersion === undefined) return { findings: [CRD_MISSING] }
    const { namespace = '', name } = route.meta
    const stored = view.get(ROUTE, namespace, name)
    const address = this.address(route, view)
    return {
      published: { apiVersion, kind: 'Route', metadata: route.meta },
      ...(address && { address }),
      findings: [...(address ? [] : [NO_ADDRESS]), ...this.findings(stored)],
      policies: pluggedInto(route).flatMap((policy) => this.report(policy, route, stored, view)),
      awaiting: stored?.state === 'waiting',
    }
  }

  findings(stored: TwoObject | undefined): readonly Finding[] {
    if (stored?.state !== 'no') return []
    const message = `The product refuses Route ${nameOf(stored)}: ${stored.words}.`
    return [{ condition: 'RouteProgrammed', status: 'False', reason: 'ReportedByGateway', message, foreign: true }]
  }

  report(policy: Pluggable, route: RouteIntent, stored: TwoObject | undefined, view: View): readonly PolicyReport[] {
    const { namespace } = route.api.metadata
    const plugin = view.get(PLUGIN, namespace, this.pluginName(route, policy))
    const both = [plugin, stored].filter((one) => one !== undefined)
    const refused = both.find(({ state }) => state === 'no')
    if (refused) return [{ policy, state: 'Refused', message: `${refused.kind} ${nameOf(refused)}: ${refused.words}.` }]
    const waiting = both.find(({ state }) => state === 'waiting')
    if (waiting) return [{ policy, state: 'Pending', message: `The product has yet to take ${nameOf(waiting)}.` }]
    return plugin ? [{ policy, state: 'Enforced', message: `The product has taken ${nameOf(plugin)}.` }] : []
  }

  address({ api }: RouteIntent, view: View): Address | undefined {
    const [point] = view.get(SERVICE, 'two-system', 'two')?.status.ingress ?? []
    const ip = point?.ip
    return ip === undefined ? undefined : { scheme: 'https', host: api.spec.hostname ?? PUBLIC_HOST, ip }
  }
}

/** The policies of a route that Plugins enforce, in write order. */
export function pluggedInto({ policies }: RouteIntent): readonly Pluggable[] {
  return PLUGGABLE.filter((policy) => policies[policy] !== undefined)
}

/** A Route that does not name the Plugin does not enforce the policy. */
function enforcements({ route, nested }: RouteRequest): readonly Enforcement[] {
  const copied = nested.filter(({ denied }) => denied === undefined)
  return [
    ...(route.denied === undefined ? pluggedInto(route).map((policy) => ({ policy })) : []),
    ...copied.flatMap((intent) => pluggedInto(intent).map((policy) => ({ policy, api: nameOf(intent.api) }))),
  ]
}

function isAccepted(stored: KubeObject): boolean {
  return (stored as TwoObject).state === 'yes'
}

const CRD_MISSING: Finding = {
  condition: 'RouteProgrammed',
  status: 'False',
  reason: 'CrdMissing',
  message: 'The cluster has no Routes.',
}

const NO_ADDRESS: Finding = {
  condition: 'AddressAssigned',
  status: 'False',
  reason: 'AddressPending',
  message: 'Service two-system/two has no address.',
}
