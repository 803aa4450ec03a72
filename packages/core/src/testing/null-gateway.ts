/**
 * The reference adapter: keeps the contract and renders one ConfigMap per route. Copy it to start an adapter of your own.
 */

import type { Kind, KubeObject, View } from '@exposedapi/objects'
import type { GatewayAdapter, Observation, RouteIntent, RouteRequest } from '../adapters/gateway.ts'
import type { MetricsAdapter, MetricsObservation, RenderedMetrics } from '../adapters/metrics.ts'
import type { Rendered } from '../adapters/rendered.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import type { PolicyName, PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'

/** The kind that {@link NullGateway} writes. */
export const CONFIG_MAP: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ConfigMap',
  plural: 'configmaps',
  project: (object) => object,
}

/** A gateway that serves everything at `https://null.example` and enforces no policy. */
export class NullGateway implements GatewayAdapter {
  readonly name = 'null'
  readonly kinds = [{ kind: CONFIG_MAP, use: 'own' }] as const
  readonly indexes = []
  readonly precedence = 'written-order'

  hosts(): readonly string[] {
    return ['*']
  }

  verdicts(_api: ExposedApi, policies: PolicyRequests): readonly PolicyVerdict[] {
    return Object.keys(policies).map((policy) => ({
      policy: policy as PolicyName,
      state: 'Unsupported',
      reason: 'Unsupported',
      message: 'The null gateway enforces nothing.',
    }))
  }

  render({ route, nested }: RouteRequest, view: View): readonly Rendered[] {
    const apiVersion = view.serves(CONFIG_MAP)
    if (apiVersion === undefined) return []
    const data = {
      // What is nested comes first, so that it is found before the path above it.
      nested: nested.flatMap(({ paths }) => paths).join(' '),
      nestedTo: nested.map(destination).join(' '),
      paths: route.paths.join(' '),
      to: destination(route),
      denied: route.denied ?? '',
    }
    return [{ object: { apiVersion, kind: 'ConfigMap', metadata: route.meta, data } }]
  }

  observe({ route }: RouteRequest, view: View): Observation {
    if (view.serves(CONFIG_MAP) === undefined) {
      const message = 'The cluster does not serve ConfigMaps.'
      return { findings: [{ condition: 'RouteProgrammed', status: 'False', reason: 'CrdMissing', message }] }
    }
    const published = { apiVersion: 'v1', kind: 'ConfigMap', metadata: route.meta }
    const { hostname = 'null.example' } = route.api.spec
    return { published, address: { scheme: 'https', host: hostname }, findings: [] }
  }
}

/** A denied route must not even name the implementation: nothing can then reach it by accident. */
function destination({ api: { metadata, spec }, denied }: RouteIntent): string {
  return denied === undefined ? `${spec.implementation}.${metadata.namespace}:${spec.port}` : ''
}

/** A metrics adapter that does nothing, and finds nothing wrong with that. */
export class NullMetrics implements MetricsAdapter {
  readonly name = 'null'
  readonly kinds = []
  readonly indexes = []

  render(): RenderedMetrics {
    return { objects: [], annotations: [] }
  }

  observe(): MetricsObservation {
    return { findings: [] }
  }
}

/** Gives an object the uid and resourceVersion that an API server would give it: for tests that write by hand. */
export function asStored(object: KubeObject, uid = `uid-${object.kind}-${object.metadata.name}`): KubeObject {
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: '1' } }
}
