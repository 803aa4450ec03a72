/** The contract suites, run on the reference adapters and on small adapters that support what those do not. */

import type { Index, Kind, KubeObject, View } from '@exposedapi/objects'
import { expect, it } from 'vitest'
import type { GatewayAdapter, Observation, RouteRequest } from '../adapters/gateway.ts'
import {
  type AppliedAnnotations,
  FIELD_MANAGER_PREFIX,
  type MetricsAdapter,
  type MetricsObservation,
  type RenderedMetrics,
} from '../adapters/metrics.ts'
import type { Rendered } from '../adapters/rendered.ts'
import type { Finding } from '../findings/finding.ts'
import { childMeta } from '../model/child-meta.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import { SERVICE } from '../model/kinds.ts'
import type { PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import { World, watched } from './contract-world.ts'
import { gatewayContract, metricsContract, NullGateway, NullMetrics } from './index.ts'

gatewayContract({ name: 'null', make: () => new NullGateway(), supports: { nestedPaths: false, policies: [] } })

metricsContract({ name: 'null', make: () => new NullMetrics(), supports: { objects: false, annotations: false } })

interface Edge extends KubeObject {
  readonly host?: string
}

const EDGE: Kind<Edge> = {
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
class EdgeGateway implements GatewayAdapter {
  readonly name = 'edge'
  readonly kinds = [
    { kind: EDGE, use: 'read', scope: 'cluster' },
    { kind: ROUTE, use: 'own' },
    { kind: GUARD, use: 'own', optional: true },
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
      paths.map((path) => ({ path, ...(denied === undefined ? { to: api.spec.implementation } : { status: 503 }) })),
    )
    const published = { apiVersion, kind: 'Route', metadata, spec: { hosts: route.hosts, rules } }
    const guard =
      route.policies.apiKeyVerification && guardVersion !== undefined
        ? [
            {
              object: { apiVersion: guardVersion, kind: 'Guard', metadata, spec: { paths: route.paths } },
              enforces: [{ policy: 'apiKeyVerification' } as const],
            },
          ]
        : []
    return [...guard, { object: published }]
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(ROUTE)
    if (apiVersion === undefined) {
      const message = 'The cluster does not serve Routes.'
      return { findings: [{ condition: 'RouteProgrammed', status: 'False', reason: 'CrdMissing', message }] }
    }
    const { namespace, name } = route.api.metadata
    const host = view.get(EDGE, 'edge-system', 'edge')?.host
    return {
      published: { apiVersion, kind: 'Route', metadata: route.meta },
      ...(host !== undefined && { address: { scheme: 'https', host } as const }),
      findings: [...addressFindings(host), ...(view.get(ROUTE, namespace, name) ? [TAKEN] : [])],
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

gatewayContract({
  name: 'edge (only here)',
  make: () => new EdgeGateway(),
  world: (view) => {
    const metadata = { name: 'edge', namespace: 'edge-system' }
    view.add(EDGE, { apiVersion: 'acme.example/v2', kind: 'Edge', metadata, ...{ spec: { host: 'edge.example' } } })
  },
  supports: { nestedPaths: true, policies: ['apiKeyVerification'] },
})

interface Pod extends KubeObject {
  readonly holds: Readonly<Record<string, readonly string[]>>
}

interface ManagedObject {
  readonly metadata: {
    readonly managedFields?: readonly { manager: string; fieldsV1: { 'f:metadata'?: { 'f:annotations'?: object } } }[]
  }
}

const POD: Kind<Pod> = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  project: (object) => {
    const entries = (object as ManagedObject).metadata.managedFields ?? []
    const ours = entries.filter(({ manager }) => manager.startsWith(FIELD_MANAGER_PREFIX))
    const keys = ours.map(({ manager, fieldsV1 }) => {
      const annotations = Object.keys(fieldsV1['f:metadata']?.['f:annotations'] ?? {})
      return [manager.slice(FIELD_MANAGER_PREFIX.length), annotations.map((key) => key.slice(2))] as const
    })
    return { ...object, holds: Object.fromEntries(keys) }
  },
}
const PODS_BY_APP: Index<Pod> = {
  name: 'pods.app',
  kind: POD,
  values: ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.app}`],
}
const PODS_BY_HOLDER: Index<Pod> = { name: 'pods.holder', kind: POD, values: ({ holds }) => Object.keys(holds) }
const MONITOR: Kind = { ...ROUTE, kind: 'Monitor', plural: 'monitors' }

/** Renders a Monitor and annotates the Pods of the Service. */
class PodMetrics implements MetricsAdapter {
  readonly name = 'pods'
  readonly kinds = [
    { kind: POD, use: 'annotate' },
    { kind: MONITOR, use: 'own', optional: true },
  ] as const
  readonly indexes = [PODS_BY_APP, PODS_BY_HOLDER] as unknown as readonly Index[]
  readonly annotated = PODS_BY_HOLDER as unknown as Index

  render(api: ExposedApi, view: View): RenderedMetrics {
    const { namespace } = api.metadata
    const app = view.get(SERVICE, namespace, api.spec.implementation)?.spec.selector?.app
    const apiVersion = view.serves(MONITOR)
    if (app === undefined || apiVersion === undefined) return { objects: [], annotations: [] }
    const annotations = view.by(PODS_BY_APP, `${namespace}/${app}`).map((object) => {
      return { kind: POD as unknown as Kind, object, annotations: { 'acme.example/scrape': 'true' } }
    })
    const object = { apiVersion, kind: 'Monitor', metadata: childMeta(api), spec: { app } }
    return { objects: [{ object }], annotations }
  }

  observe(api: ExposedApi, view: View): MetricsObservation {
    const service = view.get(SERVICE, api.metadata.namespace, api.spec.implementation)
    if (service && view.serves(MONITOR) !== undefined) return { findings: [] }
    const reason = service ? 'CrdMissing' : 'ServiceNotFound'
    return { findings: [{ condition: 'MetricsConfigured', status: 'False', reason, message: `${reason} here.` }] }
  }

  applied(uid: string, view: View): readonly AppliedAnnotations[] {
    return view.by(PODS_BY_HOLDER, uid).map((object) => {
      const keys = object.holds[uid] ?? []
      const annotations = Object.fromEntries(keys.map((key) => [key, object.metadata.annotations?.[key] ?? '']))
      return { kind: POD as unknown as Kind, object, annotations }
    })
  }
}

metricsContract({
  name: 'pods (only here)',
  make: () => new PodMetrics(),
  world: (view) => {
    for (const name of ['pod-b', 'pod-a']) {
      const metadata = { name, namespace: 'components', uid: name, labels: { app: 'catalog' } }
      view.add(POD, { apiVersion: 'v1', kind: 'Pod', metadata })
    }
  },
  supports: { objects: true, annotations: true },
})

it('a watched view fails a test that reads an undeclared kind or index', () => {
  const view = watched(new World(), [{ kind: POD as unknown as Kind, use: 'read' }], [])
  expect(() => view.get(POD, 'n', 'x')).not.toThrow()
  expect(() => view.get(EDGE, 'n', 'x')).toThrow(/kind Edge is read and not declared/)
  expect(() => view.serves(EDGE)).toThrow(/Edge/)
  expect(() => view.by(PODS_BY_APP, 'x')).toThrow(/index pods.app is read and not declared/)
})
