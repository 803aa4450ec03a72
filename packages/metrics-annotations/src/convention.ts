/** What differs between the conventions of scrapers; everything else is the same for all. */
import type { ExposedApi, Finding, ServicePort } from '@exposedapi/core'
import type { Pod } from './pod.ts'

/** Annotations by key. */
export type Annotations = Readonly<Record<string, string>>

/** Why a Pod is not annotated. Continues to a {@link Finding} on `MetricsConfigured`. */
export interface Obstacle {
  readonly status: 'False' | 'Unknown'
  readonly reason: Finding['reason']
  readonly message: string
}

/** How one family of scrapers wants Pods to be annotated. */
export interface Convention {
  /** Start of its annotation keys, `prometheus.io/`. */
  readonly prefix: string
  /** The complete set that makes a scraper find this API on this Pod, or why there is none. */
  annotations(api: ExposedApi, port: ServicePort, pod: Pod): Annotations | Obstacle
  /** Why the Pod must be left alone, whatever the annotations are. */
  handsOff?(uid: string, pod: Pod): Obstacle | undefined
}

/** Tells the two results of {@link Convention.annotations} apart: no annotation key is a bare `reason`. */
export function isObstacle(result: Annotations | Obstacle): result is Obstacle {
  return 'reason' in result
}

/** The finding that an obstacle amounts to. */
export function findingOf(obstacle: Obstacle): Finding {
  return { condition: 'MetricsConfigured', ...obstacle }
}
