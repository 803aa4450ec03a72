/**
 * When to look again which kinds the cluster serves.
 *
 * When one of our CRDs says something else than what is known, shortly afterwards, since a schema change comes as several
 * events; again and again while discovery fails or disagrees with the CRDs; on each 404 of a collection; and every ten
 * minutes where CRDs may not be read.
 */

import type { KubeObject } from '@exposedapi/objects'
import type { RestClient } from '../client/rest-client.ts'
import { Backoff } from '../runtime/backoff.ts'
import type { Clock, Timer } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import { discover, type Served } from './discovery.ts'
import type { KindCache } from './kind-cache.ts'
import { ServedByCrds } from './served-by-crds.ts'

/** What a rediscovery needs. */
export interface RediscoveryOptions {
  readonly client: RestClient
  readonly clock: Clock
  readonly log: Logger
  readonly caches: readonly KindCache[]
  readonly crds: KindCache
  /** Called when a kind begins or ceases to be served, or is served otherwise. */
  readonly onServed: (cache: KindCache) => void
}

const DEBOUNCE_MS = 100
const BLIND_INTERVAL_MS = 600_000

/** Looks when asked, one look at a time. */
export class Rediscovery {
  readonly #options: RediscoveryOptions
  readonly #servedByCrds: ServedByCrds
  readonly #backoff: Backoff
  readonly #stop = new AbortController()
  #timer: { readonly at: number; readonly timer: Timer } | undefined
  #running = false
  #again = false

  constructor(options: RediscoveryOptions) {
    this.#options = options
    this.#servedByCrds = new ServedByCrds(options.caches.map(({ use }) => use.kind))
    this.#backoff = new Backoff({ initialMs: 200, maxMs: 30_000, jitter: 0.5 }, options.clock)
  }

  /** Asks for a look in `ms`, 100 by default; the earliest of several wishes wins. */
  request(ms: number = DEBOUNCE_MS): void {
    if (this.#stop.signal.aborted) return
    if (this.#running) {
      this.#again = true
      return
    }
    const { clock } = this.#options
    const at = clock.now() + ms
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.timer.cancel()
    const timer = clock.setTimeout(() => {
      this.#look().catch((error: unknown) => this.#failed(error))
    }, ms)
    this.#timer = { at, timer }
  }

  /** A CRD as it arrives, whatever it contains. */
  seen(crd: KubeObject): void {
    if (!this.#servedByCrds.note(crd)) return
    const cache = this.#options.caches.find(({ name }) => name === crd.metadata.name)
    if (!cache || !this.#servedByCrds.confirms(cache.use.kind, cache.served)) this.request()
  }

  /** A CRD is gone. */
  deleted(name: string): void {
    this.#servedByCrds.forget(name)
    if (this.#servedByCrds.isOurs(name)) this.request()
  }

  /** Ends it for good. */
  stop(): void {
    this.#stop.abort()
    this.#timer?.timer.cancel()
  }

  /** A bug, of ours or of a listener, must not end rediscovery. */
  #failed(error: unknown): void {
    this.#running = false
    this.#options.log.error({ err: error }, 'bug in rediscovery, trying again')
    this.request(this.#backoff.next())
  }

  async #look(): Promise<void> {
    const { client, caches, log } = this.#options
    this.#timer = undefined
    this.#running = true
    let isFinal = true
    const byKind = new Map(caches.map((cache) => [cache.use.kind, cache]))
    const found = await discover(
      client,
      byKind.keys(),
      (kind, error) => {
        isFinal = false
        if (!this.#stop.signal.aborted) log.warn({ kind: kind.kind, err: error }, 'discovery failed, trying again')
      },
      this.#stop.signal,
    )
    this.#running = false
    if (this.#stop.signal.aborted) return
    for (const [kind, served] of found) {
      const cache = byKind.get(kind)
      if (cache && !this.#take(cache, served)) isFinal = false
    }
    this.#plan(isFinal)
  }

  /** Returns false when the answer contradicts the CRD and must be asked for again. */
  #take(cache: KindCache, served: Served | 'absent'): boolean {
    const agrees = this.#servedByCrds.agrees(cache.use.kind, served)
    // Discovery does not show an established CRD: the API server is still starting, so the cache is kept.
    if (!agrees && served === 'absent') return false
    if (cache.serve(served)) this.#options.onServed(cache)
    // A required kind that is absent is looked for again: an aggregated API comes without an event of a CRD.
    return agrees && (served !== 'absent' || cache.use.optional)
  }

  #plan(isFinal: boolean): void {
    const again = this.#again
    this.#again = false
    if (isFinal) this.#backoff.reset()
    if (again) this.request()
    if (!isFinal) this.request(this.#backoff.next())
    else if (this.#options.crds.health()?.lastErrorCode === 403 || !this.#options.crds.served)
      this.request(BLIND_INTERVAL_MS)
  }
}
