/**
 * Time and chance, injectable.
 *
 * Every timer and every jitter of the engine goes through this interface; otherwise no fault test could be repeated.
 */

/** A pending call. */
export interface Timer {
  /** Does nothing when the call has already happened. */
  cancel(): void
}

/** Source of time, timers and jitter. */
export interface Clock {
  /** Milliseconds since the epoch; never goes backwards, even when the wall clock is set. */
  now(): number
  /** Calls once after `ms` milliseconds. The callback must not throw. */
  setTimeout(callback: () => void, ms: number): Timer
  /** Uniform in [0, 1). */
  random(): number
}

/** The clock of the machine. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout(callback, ms) {
    const handle = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(handle) }
  },
  random: Math.random,
}

/** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      timer.cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
