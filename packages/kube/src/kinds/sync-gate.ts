/** Opens once the caches are complete, and logs from time to time what is still missing. */
import type { Clock } from '../runtime/clock.ts'
import { deferred } from '../runtime/deferred.ts'
import type { Logger } from '../runtime/log.ts'

/** Open for good once nothing is missing. */
export class SyncGate {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #missing: () => readonly string[]
  readonly #passed = deferred()
  #isOpen = false

  constructor(clock: Clock, log: Logger, missing: () => readonly string[]) {
    this.#clock = clock
    this.#log = log
    this.#missing = missing
  }

  /** To be called when what is missing may have changed. */
  look(): void {
    if (!this.#isOpen && this.#missing().length === 0) this.open()
  }

  /** Opens it, whatever is missing: the process is ending. */
  open(): void {
    this.#isOpen = true
    this.#passed.resolve()
  }

  opened(): Promise<void> {
    this.#remind(5_000)
    return this.#passed.promise
  }

  #remind(ms: number): void {
    const timer = this.#clock.setTimeout(() => {
      if (this.#isOpen) return
      const waitingFor = this.#missing()
      if (waitingFor.length > 0) this.#log.warn({ waitingFor }, 'still waiting for the caches to fill')
      this.#remind(Math.min(ms * 2, 60_000))
    }, ms)
    void this.#passed.promise.then(() => timer.cancel())
  }
}
