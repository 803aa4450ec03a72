/** A gateway of two kinds of objects, where the one that protects names the paths that it protects. */
import type {
  ExposedApi,
  Finding,
  GatewayAdapter,
  Index,
  Kind,
  KubeObject,
  Observation,
  PolicyRequests,
  PolicyVerdict,
  Rendered,
  RouteRequest,
  View,
} from '../src/index.ts'

interface Edge extends KubeObject {
  readonly host?: string
}

/** What listens, and under which host. */
export const EDGE: Kind<Edge> = {
  group: 'acme.example',
  versions: ['v2', 'v1'],
  kind: 'Edge',
  plural: 'edges',
  project: (object) => {
    const host = (object as { spec?: { host?: unknown } | null }).spec?.host
    return { ...object, ...(typeof host === 'string' && { host }) }
  },
}
const ROUTE: Kind = {
  group: 'acme.example',
  versions: ['v2', 'v1'],
  kind: 'Route',
  plural: 'routes',
  project: (o) => o,
}
const GUARD: Kind = { ...ROUTE, kind: 'Guard', plural: 'guards' }

/** Nested paths first, API keys enforced by an object of their own, the address from a Gateway, a word about the written route. */
export class EdgeGateway implements GatewayAdapter {
  readonly name = 'edge'
  readonly kinds = [
    { kind: EDGE, use: 'read', scope: 'cluster' },
    { kind: GUARD, use: 'own', optional: true },
    { kind: ROUTE, use: 'own' },
  ] as const
  readonly indexes: readonly Index[] = []
  readonly precedence = 'written-order'

  hosts(api: ExposedApi): readonly string[] {
    return [api.spec.hostname ?? '*']
  }

  verdicts(_api: ExposedApi, policies: PolicyRequests, view: View): readonly PolicyVerdict[] {
    return (Object.keys(policies) as PolicyVerdict['policy'][]).map((policy) => {
      const state = policy === 'apiKeyVerification' && view.serves(GUARD) ? 'Enforced' : 'Unsupported'
      return { policy, state, reason: state, message: `${state} by edge.` }
    })
  }

  render({ route, nested }: RouteRequest, view: View): readonly Rendered[] {
    const [apiVersion, guardVersion] = [view.serves(ROUTE), view.serves(GUARD)]
    if (apiVersion === undefined) return []
    const metadata = route.meta
    const rules = [...nested, route].flatMap(({ paths, denied, api }) =>
      paths.map((path) => ({ path, ...(denied === undefined ? { to: destination(api) } : { status: 503 }) })),
    )
    const published = { apiVersion, kind: 'Route', metadata, spec: { hosts: route.hosts, rules } }
    const { apiKeyVerification } = route.policies
    if (!apiKeyVerification || guardVersion === undefined) return [{ object: published }]
    const spec = { paths: route.paths, key: apiKeyVerification.location }
    const guard = { apiVersion: guardVersion, kind: 'Guard', metadata, spec }
    return [{ object: guard, enforces: [{ policy: 'apiKeyVerification' }] }, { object: published }]
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(ROUTE)
    if (apiVersion === undefined) {
      const message = 'The cluster does not serve Routes.'
      return { findings: [{ condition: 'RouteProgrammed', status: 'False', reason: 'CrdMissing', message }] }
    }
    const { namespace, name } = route.meta
    const host = view.get(EDGE, 'edge-system', 'edge')?.host
    const address = host !== undefined && { scheme: 'https' as const, host: route.api.spec.hostname ?? host }
    return {
      published: { apiVersion, kind: 'Route', metadata: route.meta },
      ...(address && { address }),
      findings: [...addressFindings(host), ...(view.get(ROUTE, namespace ?? '', name) ? [TAKEN] : [])],
    }
  }
}

const TAKEN: Finding = {
  condition: 'RouteProgrammed',
  status: 'True',
  reason: 'ReportedByGateway',
  message: 'The Edge has taken the Route.',
}

function addressFindings(host: string | undefined): readonly Finding[] {
  if (host !== undefined) return []
  const message = 'No Edge edge-system/edge.'
  return [{ condition: 'AddressAssigned', status: 'False', reason: 'GatewayNotFound', message }]
}

function destination({ metadata, spec }: ExposedApi): string {
  return `${spec.implementation}.${metadata.namespace}:${spec.port}`
}
