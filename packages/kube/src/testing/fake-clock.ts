/** A clock that stands still until a test advances it. */
import type { Clock, Timer } from '../runtime/clock.ts'

/** Timers fire in order of time during `advance`; `random` is fixed. */
export class FakeClock implements Clock {
  /** What `random` returns; 0 means: no jitter. */
  chance = 0
  #now = 1_000_000
  #timers: { at: number; callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  random(): number {
    return this.chance
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const timer = { at: this.#now + ms, callback }
    this.#timers.push(timer)
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
    return { cancel }
  }

  /** Delays of the pending timers from now, sorted. */
  pending(): number[] {
    return this.#timers.map((timer) => timer.at - this.#now).sort((a, b) => a - b)
  }

  /** Time passes while the process is stopped: no timer fires until the next `advance`. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** Lets time pass. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }
}
