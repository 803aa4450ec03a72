/**
 * Looks after our own writes that the watch does not show.
 *
 * A write is in the cache before its event. If the event never came, the cache would show the write for ever, though
 * somebody else has long changed or deleted the object. So after five seconds the object is read.
 */

import type { KubeObject } from '@exposedapi/objects'
import type { KindCache } from '../kinds/kind-cache.ts'
import type { Clock, Timer } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from '../runtime/telemetry.ts'

/** What the checks need. */
export interface UnconfirmedWritesOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** Reads the object into the cache. `uid` is the one that the cache knows. */
  readonly read: (cache: KindCache, namespace: string, name: string, uid: string) => Promise<unknown>
}

interface Check {
  readonly cache: KindCache
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly dueAt: number
}

const PATIENCE_MS = 5000
const TOGETHER_MS = 250

/** Writes that the watch has still to show, oldest first. */
export class UnconfirmedWrites {
  readonly #options: UnconfirmedWritesOptions
  /** By uid: of several writes the last one counts. */
  readonly #checks = new Map<string, Check>()
  #timer: Timer | undefined
  #isStopped = false

  constructor(options: UnconfirmedWritesOptions) {
    this.#options = options
  }

  /** How many writes are remembered; for tests of leaks. */
  get size(): number {
    return this.#checks.size
  }

  /** An object was written or deleted by us. */
  expect(cache: KindCache, { metadata: { namespace = '', name, uid } }: KubeObject): void {
    if (uid === undefined || !cache.store.isAhead(namespace, name, uid)) return
    this.#checks.delete(uid)
    this.#checks.set(uid, { cache, namespace, name, uid, dueAt: this.#options.clock.now() + PATIENCE_MS })
    this.#plan()
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#checks.clear()
  }

  #plan(): void {
    const [first] = this.#checks.values()
    if (this.#timer || !first || this.#isStopped) return
    const { clock } = this.#options
    // Under load a write is due every millisecond: they are looked at together.
    const wait = Math.max(TOGETHER_MS, first.dueAt - clock.now())
    const timer = clock.setTimeout(() => void this.#checkDue(timer), wait)
    this.#timer = timer
  }

  /** Oldest first, so the first that is not due ends it. */
  #takeDue(now: number): Check[] {
    const due: Check[] = []
    for (const check of this.#checks.values()) {
      if (check.dueAt > now) break
      due.push(check)
    }
    for (const { uid } of due) this.#checks.delete(uid)
    return due
  }

  /** One after the other: while the API server is away, nobody needs more than one request that fails. */
  async #checkDue(timer: Timer): Promise<void> {
    const { clock } = this.#options
    const due = this.#takeDue(clock.now())
    for (const [at, check] of due.entries()) {
      if (this.#isStopped || !check.cache.store.isAhead(check.namespace, check.name, check.uid)) continue
      if (await this.#isChecked(check)) continue
      for (const later of due.slice(at)) this.#again(later)
      break
    }
    if (this.#timer === timer) this.#timer = undefined
    this.#plan()
  }

  /** False: the API server did not answer. */
  async #isChecked(check: Check): Promise<boolean> {
    const { telemetry, log, read } = this.#options
    const { cache, namespace, name, uid } = check
    telemetry.count('overlay_timeouts_total', { resource: cache.name })
    try {
      await read(cache, namespace, name, uid)
      return true
    } catch (error) {
      log.debug(
        { resource: cache.name, namespace, name, err: error },
        'could not read an object whose last write the watch has not shown',
      )
      return false
    }
  }

  #again(check: Check): void {
    if (this.#isStopped || this.#checks.has(check.uid)) return
    this.#checks.set(check.uid, { ...check, dueAt: this.#options.clock.now() + PATIENCE_MS })
  }
}
