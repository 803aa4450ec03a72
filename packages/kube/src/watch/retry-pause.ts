/** The wait between two attempts, which ends early when somebody else succeeds where this one has failed. */
import type { ApiError } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { type Clock, sleep } from '../runtime/clock.ts'
import type { GrantedRights } from './granted-rights.ts'

/** What a pause listens to. */
export interface RetryPauseOptions {
  readonly clock: Clock
  readonly client: Pick<RestClient, 'reachability'>
  readonly rights?: GrantedRights | undefined
}

type Failure = Pick<ApiError, 'code'>

const WAKE_EVERY_MS = 30_000

/** Pauses of one loop: not each of them ends early, since the server may go on to reject this loop alone. */
export class RetryPause {
  readonly #options: RetryPauseOptions
  #wokenAt = -Infinity

  constructor(options: RetryPauseOptions) {
    this.#options = options
  }

  /** Resolves after `ms`, on the signal, or when there is new hope after `failure`; never rejects. */
  async wait(ms: number, failure: Failure | undefined, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const woken = new AbortController()
    const mayWake = clock.now() - this.#wokenAt >= WAKE_EVERY_MS
    const withdraw = mayWake ? this.#onceHopeful(failure, () => woken.abort()) : undefined
    await sleep(clock, ms, AbortSignal.any([signal, woken.signal]))
    withdraw?.()
    if (woken.signal.aborted) this.#wokenAt = clock.now()
  }

  #onceHopeful(failure: Failure | undefined, wake: () => void): (() => void) | undefined {
    const { client, rights } = this.#options
    if (failure?.code === 403) return rights?.onceGranted(wake)
    return failure?.code === 0 ? client.reachability.onceBack(wake) : undefined
  }
}
