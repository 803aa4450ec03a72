/**
 * Would a restart of the process help?
 *
 * Only what has been dead for longer than its limit counts. An API server that is away, throttles or denies something is
 * no reason, since a new process would fare no better. A loop that has stopped is one, whatever else still answers.
 */

import type { ClusterHealth, KindHealth } from './kinds/health.ts'
import type { QueueHealth } from './queue/work-queue.ts'
import { type Clock, systemClock, type Timer } from './runtime/clock.ts'

/** What is judged. */
export interface LivenessOptions {
  readonly cluster: { health(): ClusterHealth }
  readonly queues: readonly { health(): QueueHealth }[]
  readonly clock?: Clock
  /**
   * A watch that cannot reach the API server for so long (ms), while others can, counts as dead. Default 30 minutes.
   */
  readonly unreachableMs?: number
}

/** Twice the time after which a silent watch is opened again: a loop that has not even tried is not coming back. */
const DEAD_MS = 140_000
/** A single run may wait for `Retry-After` again and again. */
const ENDLESS_RUN_MS = 3600_000
const BEAT_MS = 1000

/** Judges watches, workers and the event loop. */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #clock: Clock
  #beatAt: number | undefined
  #timer: Timer | undefined

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Begins to check that the event loop turns. */
  start(): void {
    this.#beatAt = this.#clock.now()
    this.#timer = this.#clock.setTimeout(() => this.start(), BEAT_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#beatAt = undefined
  }

  /** What is dead, one line each. */
  dead(): readonly string[] {
    const { cluster, queues } = this.#options
    const { kinds } = cluster.health()
    return [
      ...this.#eventLoop(),
      ...kinds.flatMap((kind) => this.#watch(kind, kinds)),
      ...queues.flatMap((queue) => workers(queue.health())),
    ]
  }

  #eventLoop(): readonly string[] {
    const ageMs = this.#beatAt === undefined ? 0 : this.#clock.now() - this.#beatAt
    return ageMs > DEAD_MS ? [`event loop: no timer has fired for ${seconds(ageMs)}`] : []
  }

  #watch(kind: KindHealth, all: readonly KindHealth[]): readonly string[] {
    const { resource, aliveAgeMs = 0, lastEventAgeMs = 0, lastErrorCode, lastError } = kind
    if (aliveAgeMs > DEAD_MS) return [`watch of ${resource}: no sign of life for ${seconds(aliveAgeMs)}`]
    const { unreachableMs = 1_800_000 } = this.#options
    // Any answer other than 401 shows that the API server is reachable: a restart would not cure what it says.
    const cannotReach = lastErrorCode === 0 || lastErrorCode === 401
    if (!cannotReach || lastEventAgeMs <= unreachableMs || !all.some((other) => isHeard(other))) return []
    return [
      `watch of ${resource}: API server unreachable for ${seconds(lastEventAgeMs)} while other watches work: ${lastError}`,
    ]
  }
}

/** Bookmarks come every minute. */
function isHeard({ lastEventAgeMs = Infinity, lastErrorCode }: KindHealth): boolean {
  return lastEventAgeMs < 90_000 && lastErrorCode === undefined
}

function workers({ name, waiting, running, concurrency, stalledMs, oldestRunMs, oldestKey }: QueueHealth): string[] {
  if (oldestRunMs > ENDLESS_RUN_MS) return [`queue ${name}: ${oldestKey} has been running for ${seconds(oldestRunMs)}`]
  if (waiting === 0 || running >= concurrency || stalledMs <= DEAD_MS) return []
  return [`queue ${name}: no worker has taken any of ${waiting} waiting keys for ${seconds(stalledMs)}`]
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
