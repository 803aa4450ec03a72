/**
 * Other metrics APIs on the same Pods.
 *
 * A key has room for one value, so the older ExposedAPI keeps it. Who was first is not asked: after a rollout all Pods are
 * new, and the answer must be the same on each of them, whichever API is decided first.
 */
import {
  compareAge,
  EXPOSED_API,
  type ExposedApi,
  type Index,
  isExternal,
  isMetricsApi,
  SERVICE,
  type Service,
  tcpPort,
  type View,
} from '@exposedapi/core'
import { type Annotations, type Convention, isObstacle } from './convention.ts'
import { labelPairs, type Pod } from './pod.ts'
import { selects } from './target.ts'

/** Metrics APIs by `namespace/service`. Refused, external and terminating ones claim nothing. */
export const METRICS_API_BY_SERVICE: Index<ExposedApi> = {
  name: 'exposedapis.metrics-service',
  kind: EXPOSED_API,
  values: (api) => (isClaimant(api) ? [`${api.metadata.namespace}/${api.spec.implementation}`] : []),
}

/**
 * Services by `namespace/key=value` of one pair of their selector. One suffices: a Service that selects a Pod has all of its
 * pairs among the Pod's labels, so whoever asks for each label of the Pod finds it.
 */
export const SERVICE_BY_SELECTOR_PAIR: Index<Service> = {
  name: 'services.selector-pair',
  kind: SERVICE,
  values: ({ metadata, spec }) => labelPairs(metadata.namespace, spec.selector).toSorted().slice(0, 1),
}

/** An API with its Service. */
export interface Claimant {
  readonly api: ExposedApi
  readonly service: Service
}

/** Older metrics APIs whose Service selects one of the Pods, oldest first. */
export function olderClaimants(api: ExposedApi, pods: readonly Pod[], view: View): readonly Claimant[] {
  const pairs = new Set(pods.flatMap(({ metadata }) => labelPairs(metadata.namespace, metadata.labels)))
  return [...pairs]
    .flatMap((pair) => view.by(SERVICE_BY_SELECTOR_PAIR, pair))
    .filter((service) => pods.some((pod) => selects(service, pod)))
    .flatMap((service) =>
      view
        .by(METRICS_API_BY_SERVICE, `${service.metadata.namespace}/${service.metadata.name}`)
        .map((other) => ({ api: other, service })),
    )
    .filter((other) => compareAge(other.api, api) < 0)
    .sort((a, b) => compareAge(a.api, b.api))
}

/**
 * The older API that keeps a key of the Pod which this one wants another value for. Who lost to an even older one keeps
 * nothing; equal values are shared: two versions of an API may have one path.
 */
export function keeperOf(
  wanted: Annotations,
  pod: Pod,
  older: readonly Claimant[],
  convention: Convention,
): { readonly api: ExposedApi; readonly key: string } | undefined {
  const keepers: { api: ExposedApi; annotations: Annotations }[] = []
  for (const { api, service } of older) {
    const port = tcpPort(service, api.spec.port)
    if (!port || !selects(service, pod)) continue
    const annotations = convention.annotations(api, port, pod)
    if (isObstacle(annotations) || keepers.some((keeper) => disputed(keeper.annotations, annotations))) continue
    const key = disputed(annotations, wanted)
    if (key !== undefined) return { api, key }
    keepers.push({ api, annotations })
  }
  return undefined
}

function disputed(a: Annotations, b: Annotations): string | undefined {
  return Object.keys(b).find((key) => a[key] !== undefined && a[key] !== b[key])
}

function isClaimant(api: ExposedApi): boolean {
  return (
    isMetricsApi(api) && !isExternal(api) && api.problems.length === 0 && api.metadata.deletionTimestamp === undefined
  )
}
