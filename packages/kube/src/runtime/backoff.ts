/** Exponential back-off with jitter. */
import type { Clock } from './clock.ts'

/** Settings of a back-off. */
export interface BackoffOptions {
  /** First delay in ms, before jitter. */
  readonly initialMs: number
  /** Upper limit in ms, before jitter. */
  readonly maxMs: number
  /** A delay is drawn from [d, d × (1 + jitter)]. Default 1, as in client-go's reflector. */
  readonly jitter?: number
  /** Start again from `initialMs` when the last failure is longer ago than this (ms). Default never. */
  readonly resetMs?: number
}

/** client-go's reflector: 800 ms → 30 s, doubled, jitter 1, forgotten after two minutes without a failure. */
export const REFLECTOR_BACKOFF: BackoffOptions = { initialMs: 800, maxMs: 30_000, jitter: 1, resetMs: 120_000 }

/** Delays of one thing that keeps failing. */
export class Backoff {
  readonly #clock: Clock
  readonly #options: BackoffOptions
  #base: number
  #lastAt = -Infinity

  constructor(options: BackoffOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#base = options.initialMs
  }

  /** The delay in ms before the next try. */
  next(): number {
    const { initialMs, maxMs, jitter = 1, resetMs = Infinity } = this.#options
    const now = this.#clock.now()
    if (now - this.#lastAt > resetMs) this.#base = initialMs
    const delay = this.#base * (1 + jitter * this.#clock.random())
    this.#base = Math.min(this.#base * 2, maxMs)
    // The wait itself is no time without failures.
    this.#lastAt = now + delay
    return delay
  }

  /** Forgets all failures. */
  reset(): void {
    this.#base = this.#options.initialMs
    this.#lastAt = -Infinity
  }
}
