/**
 * A gateway of another shape, as the Gateway API has it: a route that leads to a back-end object, CORS in the route itself, and a limit
 * that names its target. It answers for the route alone, by a status for each parent, and takes the longest path by itself.
 */
import {
  type Enforcement,
  type ExposedApi,
  type Finding,
  type GatewayAdapter,
  type Index,
  isRecord,
  type Kind,
  type KubeObject,
  type Observation,
  type PolicyRequests,
  type PolicyVerdict,
  type Rendered,
  type RouteRequest,
  type View,
} from '../src/index.ts'

interface Route extends KubeObject {
  readonly spec?: unknown
  readonly accepted?: boolean
}

const KEPT: Kind = { group: 'target.example', versions: ['v1'], kind: 'Backend', plural: 'backends', project: (o) => o }
const BACKEND = KEPT
const LIMIT: Kind = { ...KEPT, kind: 'Limit', plural: 'limits' }
/** What listens; its host is in its status. */
export const LISTENER: Kind = { ...KEPT, kind: 'Listener', plural: 'listeners' }
const ROUTE: Kind<Route> = {
  ...KEPT,
  kind: 'Route',
  plural: 'routes',
  project: (object) => {
    const { spec, status } = object as KubeObject & { readonly spec?: unknown; readonly status?: unknown }
    const parents = isRecord(status) && Array.isArray(status.parents) ? status.parents.filter(isRecord) : []
    const ours = parents.find(({ controller }) => controller === 'target.example/controller')
    const isCurrent = ours?.observedGeneration === (object.metadata as { readonly generation?: number }).generation
    const { apiVersion, kind, metadata } = object
    const told = isCurrent && typeof ours?.accepted === 'boolean' ? { accepted: ours.accepted } : {}
    return { apiVersion, kind, metadata, spec, ...told }
  },
}

/** The adapter. */
export class TargetGateway implements GatewayAdapter {
  readonly name = 'target'
  readonly kinds = [
    { kind: BACKEND, use: 'own' },
    { kind: LIMIT, use: 'own', optional: true },
    { kind: ROUTE, use: 'own' },
    { kind: LISTENER, use: 'read', scope: 'cluster' },
  ] as readonly unknown[] as GatewayAdapter['kinds']
  readonly indexes: readonly Index[] = []
  readonly precedence = 'longest-path'

  hosts({ spec }: ExposedApi): readonly string[] {
    return [spec.hostname ?? '*']
  }

  verdicts(_api: ExposedApi, policies: PolicyRequests, view: View): readonly PolicyVerdict[] {
    return (Object.keys(policies) as PolicyVerdict['policy'][]).map((policy) => {
      const isDone = policy === 'cors' || (policy === 'rateLimit' && view.serves(LIMIT) !== undefined)
      const state = isDone ? 'Enforced' : 'Unsupported'
      return { policy, state, reason: state, message: `${state} by target.` }
    })
  }

  render({ route }: RouteRequest, view: View): readonly Rendered[] {
    const [apiVersion, backendVersion] = [view.serves(ROUTE), view.serves(BACKEND)]
    if (apiVersion === undefined || backendVersion === undefined) return []
    const { meta: metadata, api, hosts, paths, policies, denied } = route
    const { implementation: service, port } = api.spec
    const backend = { apiVersion: backendVersion, kind: 'Backend', metadata, spec: { service, port } }
    const to = denied === undefined ? { backend: metadata.name } : { status: 503 }
    const spec = {
      hosts: hosts.filter((host) => host !== '*'),
      paths,
      ...to,
      ...(policies.cors && { cors: policies.cors }),
    }
    const enforces: readonly Enforcement[] = policies.cors ? [{ policy: 'cors' }] : []
    return [
      ...(denied === undefined ? [{ object: backend }] : []),
      ...limits(route, view),
      { object: { apiVersion, kind: 'Route', metadata, spec }, routes: true, enforces },
    ]
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(ROUTE)
    if (apiVersion === undefined || view.serves(BACKEND) === undefined) return { findings: [CRD_MISSING] }
    const { namespace = '', name } = route.meta
    const stored = view.get(ROUTE, namespace, name)
    const listener = view.get(LISTENER, 'target-system', 'target') as { readonly status?: unknown } | undefined
    const listens = isRecord(listener?.status) ? listener.status.host : undefined
    const address = typeof listens === 'string' && {
      scheme: 'https' as const,
      host: route.api.spec.hostname ?? listens,
    }
    return {
      published: { apiVersion, kind: 'Route', metadata: route.meta },
      ...(address && { address }),
      findings: [...(address ? [] : [NO_LISTENER]), ...(stored?.accepted === false ? [REFUSED] : [])],
      awaiting: stored !== undefined && stored.accepted === undefined,
      policies: stored?.accepted === false && route.policies.cors ? [CORS_REFUSED] : [],
    }
  }
}

function limits({ meta, policies: { rateLimit } }: RouteRequest['route'], view: View): readonly Rendered[] {
  const apiVersion = view.serves(LIMIT)
  if (!rateLimit || apiVersion === undefined) return []
  const spec = { target: { kind: 'Route', name: meta.name }, ...rateLimit }
  return [{ object: { apiVersion, kind: 'Limit', metadata: meta, spec }, enforces: [{ policy: 'rateLimit' }] }]
}

const CRD_MISSING: Finding = {
  condition: 'RouteProgrammed',
  status: 'False',
  reason: 'CrdMissing',
  message: 'The cluster has no Routes, or no Backends.',
}
const NO_LISTENER: Finding = {
  condition: 'AddressAssigned',
  status: 'Unknown',
  reason: 'GatewayNotFound',
  message: 'Listener target-system/target has no host.',
}
const REFUSED: Finding = {
  condition: 'RouteProgrammed',
  status: 'False',
  reason: 'ReportedByGateway',
  message: 'The product refuses the Route.',
}
const CORS_REFUSED = {
  policy: 'cors',
  state: 'Refused',
  message: 'The product refuses the Route that holds it.',
} as const
