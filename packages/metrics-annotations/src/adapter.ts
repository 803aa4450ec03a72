/**
 * Annotates the Pods behind a metrics API: all of them, new ones too, and none of anybody else.
 *
 * Annotations die with their Pod, so every Pod of the Service is read, and one that comes queues the API again. A key that
 * somebody else set is never changed, and a Pod with such a key gets nothing: half a set would be scraped wrongly.
 */
import {
  type AppliedAnnotations,
  type ExposedApi,
  type MetricsAdapter,
  type MetricsObservation,
  nameOf,
  type RenderedMetrics,
  servicePortOf,
  type View,
} from '@exposedapi/core'
import { conflict } from './conflict.ts'
import { type Annotations, type Convention, findingOf, isObstacle, type Obstacle } from './convention.ts'
import {
  type Claimant,
  keeperOf,
  METRICS_API_BY_SERVICE,
  olderClaimants,
  SERVICE_BY_SELECTOR_PAIR,
} from './older-claimants.ts'
import { POD, POD_BY_API, POD_BY_LABEL, type Pod } from './pod.ts'
import { podsOf } from './target.ts'

/** One Pod behind a metrics API. */
interface Target {
  readonly pod: Pod
  readonly wanted: Annotations | Obstacle
  /** Why it gets nothing. */
  readonly obstacle?: Obstacle
}

/** Annotations on Pods, by one convention. */
export class AnnotationMetrics implements MetricsAdapter {
  readonly kinds = [{ kind: POD, use: 'annotate' }] as const
  readonly indexes = [POD_BY_LABEL, POD_BY_API, METRICS_API_BY_SERVICE, SERVICE_BY_SELECTOR_PAIR]
  readonly annotated = POD_BY_API
  readonly name: string
  readonly #convention: Convention

  constructor(name: string, convention: Convention) {
    this.name = name
    this.#convention = convention
  }

  render(api: ExposedApi, view: View): RenderedMetrics {
    const { targets } = this.#look(api, view)
    const annotations = targets.flatMap(({ pod, wanted, obstacle }) =>
      obstacle || isObstacle(wanted) ? [] : [{ kind: POD, object: pod, annotations: wanted }],
    )
    return { objects: [], annotations }
  }

  observe(api: ExposedApi, view: View): MetricsObservation {
    const { targets, problem } = this.#look(api, view)
    if (problem) return { findings: [findingOf(problem)] }
    return { findings: firstOfEach(targets.flatMap(({ obstacle }) => obstacle ?? [])).map(findingOf) }
  }

  /** The Pods behind the API, each with what it shall get or why not; or why there are none. */
  #look(api: ExposedApi, view: View): { readonly targets: readonly Target[]; readonly problem?: Obstacle } {
    const found = servicePortOf(api, view)
    // Charts may create the Service after the API; a wrong port stays wrong.
    if (found.problem) return none(found.lasting ? 'False' : 'Unknown', found.problem, found.message)
    const { service, port } = found
    if (Object.keys(service.spec.selector ?? {}).length === 0) {
      return none(
        'False',
        'ServiceHasNoSelector',
        `Service ${nameOf(service)} has no selector, so its Pods cannot be found.`,
      )
    }
    const pods = podsOf(service, view)
    if (pods.length === 0)
      return none('Unknown', 'NoPods', `Service ${nameOf(service)} does not select any running Pod yet.`)
    const older = olderClaimants(api, pods, view)
    const targets = pods.map((pod): Target => {
      const wanted = this.#convention.annotations(api, port, pod)
      const obstacle = isObstacle(wanted) ? wanted : this.#obstacle(api, wanted, pod, older, view)
      return { pod, wanted, ...(obstacle && { obstacle }) }
    })
    return { targets }
  }

  /**
   * Only keys of this convention: after a change of mode the other adapter answers for its own. Terminating Pods are left
   * out: they take their annotations with them, and each rollout would cost a write per Pod.
   */
  applied(uid: string, view: View): readonly AppliedAnnotations[] {
    return view.by(POD_BY_API, uid).flatMap((pod): readonly AppliedAnnotations[] => {
      const current = pod.metadata.annotations ?? {}
      const entries = (pod.applied[uid] ?? [])
        .filter((key) => key.startsWith(this.#convention.prefix))
        .flatMap((key): [string, string][] => (current[key] === undefined ? [] : [[key, current[key]]]))
      if (entries.length === 0 || pod.metadata.deletionTimestamp !== undefined) return []
      return [{ kind: POD, object: pod, annotations: Object.fromEntries(entries) }]
    })
  }

  #obstacle(
    api: ExposedApi,
    wanted: Annotations,
    pod: Pod,
    older: readonly Claimant[],
    view: View,
  ): Obstacle | undefined {
    const uid = api.metadata.uid ?? ''
    const handsOff = this.#convention.handsOff?.(uid, pod)
    if (handsOff) return handsOff
    const keeper = keeperOf(wanted, pod, older, this.#convention)
    if (keeper) {
      const message = `Annotation ${keeper.key} of Pod ${nameOf(pod)} belongs to the older ExposedAPI ${nameOf(keeper.api)}.`
      return { status: 'False', reason: 'AnnotationConflict', message }
    }
    return conflict(uid, wanted, pod, view)
  }
}

/** One Pod speaks for all with the same problem: a hundred replicas are not a hundred sentences. */
function firstOfEach(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  const seen = new Map<string, Obstacle>()
  for (const obstacle of obstacles) {
    const key = `${obstacle.status} ${obstacle.reason}`
    if (!seen.has(key)) seen.set(key, obstacle)
  }
  return [...seen.values()]
}

function none(status: Obstacle['status'], reason: Obstacle['reason'], message: string) {
  return { targets: [], problem: { status, reason, message } }
}
