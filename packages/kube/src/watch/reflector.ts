/**
 * Keeps the store of one kind equal to the API server: list, then watch, for ever.
 *
 * A silently dead watch is the worst fault of an operator, so there is no way out of the loop but `stop`: each failure
 * ends in another attempt, from the same resourceVersion wherever that is still valid.
 */

import type { IncomingMessage } from 'node:http'
import type { KubeObject } from '@exposedapi/objects'
import type { ListTransaction } from '../cache/store.ts'
import { ApiError, errorOfNetwork, isExpired } from '../client/api-error.ts'
import type { RequestOptions } from '../client/rest-request.ts'
import { type Frame, runWatch, type WatchEnd } from '../client/watch-stream.ts'
import { isNewer } from '../objects/resource-version.ts'
import { Backoff, type BackoffOptions, REFLECTOR_BACKOFF } from '../runtime/backoff.ts'
import type { ReflectorHealth, ReflectorOptions } from './reflector-options.ts'
import { RetryPause } from './retry-pause.ts'
import { isRefusedStream, noStreamingList } from './streaming-list.ts'

const PAGE = 500
/** A larger `Retry-After` is not believed. */
const LONGEST_WAIT_MS = 300_000
const RELIST_MS = 10 * 3600_000
/** A streaming list that is silent for so long is not going to come: the server ignores it, or cannot serve it now. */
const STREAM_PATIENCE_MS = 10_000
/** While it is forbidden. With little jitter: somebody may be waiting for a role that has just come. */
const FORBIDDEN_BACKOFF: BackoffOptions = { ...REFLECTOR_BACKOFF, jitter: 0.2 }
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

/** List and watch of one collection. */
export class Reflector {
  readonly #options: ReflectorOptions
  readonly #backoff: Backoff
  readonly #forbidden: Backoff
  readonly #retry: RetryPause
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #state: ReflectorHealth['state'] = 'listing'
  #synced = false
  #aliveAt: number
  #heardAt: number
  #lastError: ApiError | undefined
  /** From a refusal until something is allowed, whatever fails in between. */
  #isForbidden = false
  /** Newest version seen; the watch goes on from here. */
  #version = ''
  /** Why a full list is due, or undefined while the watch can go on. */
  #relist: string | undefined = 'start'
  /** The next list must be a consistent read: asking for a known version has failed. */
  #readLatest = true
  #streaming: boolean
  #listedAt = 0
  /** A frame has arrived since the last list. */
  #progressed = false
  /** Events seen so far; bookmarks do not count. */
  #frames = 0

  constructor(options: ReflectorOptions) {
    this.#options = options
    this.#backoff = new Backoff(REFLECTOR_BACKOFF, options.clock)
    this.#forbidden = new Backoff(FORBIDDEN_BACKOFF, options.clock)
    this.#retry = new RetryPause(options)
    this.#streaming = options.streamingList ?? true
    this.#aliveAt = this.#heardAt = options.clock.now()
  }

  /** Begins; failures are never thrown. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Aborts what is in flight. Nothing reaches the sink afterwards. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** The state right now. */
  health(): ReflectorHealth {
    return {
      state: this.#state,
      synced: this.#synced,
      aliveAt: this.#aliveAt,
      heardAt: this.#heardAt,
      lastError: this.#lastError?.message,
      lastErrorCode: this.#lastError?.code,
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#options
    while (!this.#stop.signal.aborted) {
      this.#aliveAt = clock.now()
      let wait: number | undefined
      try {
        if (this.#relist !== undefined && !this.#streaming) await this.#list()
        const startedAt = clock.now()
        const frames = this.#frames
        wait = this.#afterEnd(startedAt, frames, await this.#watch())
      } catch (error) {
        wait = this.#afterFailureSafely(error)
      }
      if (wait === undefined || this.#stop.signal.aborted) continue
      this.#state = 'waiting'
      // A planned wait does not count as silence.
      this.#aliveAt = clock.now() + wait
      await this.#retry.wait(wait, this.#lastError, this.#stop.signal)
    }
    this.#state = 'stopped'
  }

  /** The server has let us in. */
  #admitted(): void {
    if (!this.#isForbidden) return
    this.#isForbidden = false
    this.#lastError = undefined
    const { rights, onAdmitted } = this.#options
    onAdmitted?.()
    rights?.granted()
  }

  // ---- list

  async #list(): Promise<void> {
    const { client, path, sink } = this.#options
    this.#state = 'listing'
    const transaction = sink.beginList()
    // With a limit and an old version, `NotOlderThan` would bypass the watch cache; client-go leaves it out as well.
    let query: Record<string, string | number | undefined> = this.#readLatest
      ? { limit: PAGE }
      : { resourceVersion: this.#version, resourceVersionMatch: 'NotOlderThan' }
    for (;;) {
      const page: ListPage = await client.request({
        path,
        query,
        signal: this.#stop.signal,
        timeoutMs: 60_000,
        retry: false,
      })
      if (!Array.isArray(page.items))
        throw new ApiError({ code: 0, reason: 'InvalidResponse', message: `GET ${path}: the answer is not a list` })
      this.#heardAt = this.#aliveAt = this.#options.clock.now()
      for (const item of page.items) transaction.add(this.#typed(item))
      if (!page.metadata?.continue) return this.#commit(transaction, page.metadata?.resourceVersion ?? '')
      query = { limit: PAGE, continue: page.metadata.continue }
    }
  }

  #commit(transaction: ListTransaction, resourceVersion: string): void {
    if (this.#stop.signal.aborted) return
    const { resource, telemetry, clock, onSynced, log } = this.#options
    transaction.commit(resourceVersion)
    telemetry.count('relist_total', { resource, reason: this.#relist ?? 'start' })
    log.debug({ resource, resourceVersion, reason: this.#relist }, 'listed')
    this.#version = resourceVersion
    this.#relist = undefined
    this.#readLatest = false
    this.#progressed = false
    this.#listedAt = clock.now()
    this.#admitted()
    this.#lastError = undefined
    if (this.#synced) return
    this.#synced = true
    onSynced()
  }

  // ---- watch

  #watch(): Promise<WatchEnd> {
    const { clock, path, sink } = this.#options
    const timeoutSeconds = 240 + Math.floor(120 * clock.random())
    const listing = this.#relist === undefined ? undefined : sink.beginList()
    this.#state = listing ? 'listing' : 'watching'
    return runWatch({
      client: { stream: (request) => this.#open(request, listing !== undefined) },
      clock,
      path,
      query: { watch: true, allowWatchBookmarks: true, timeoutSeconds, ...this.#from(listing !== undefined) },
      inactivityMs: () => (this.#relist === undefined ? (this.#options.inactivityMs ?? 70_000) : STREAM_PATIENCE_MS),
      deadlineMs: (timeoutSeconds + 15) * 1000,
      signal: this.#stop.signal,
      onFrame: this.#frameHandler(listing),
      onActivity: () => {
        this.#heardAt = this.#aliveAt = clock.now()
      },
    })
  }

  /** A watch that is opened again shows nothing until something changes: that it is open says that it is allowed. */
  async #open(request: RequestOptions, listing: boolean): Promise<IncomingMessage> {
    const body = await this.#options.client.stream(request)
    if (!listing) this.#admitted()
    return body
  }

  #from(listing: boolean): Record<string, string | boolean | undefined> {
    if (!listing) return { resourceVersion: this.#version }
    const resourceVersion = this.#readLatest ? undefined : this.#version
    return { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion }
  }

  #frameHandler(listing: ListTransaction | undefined): (frame: Frame) => void {
    let pending = listing
    return ({ type, object }) => {
      const version = object.metadata.resourceVersion ?? ''
      if (pending) {
        if (type === 'ADDED') return pending.add(this.#typed(object))
        if (type !== 'BOOKMARK' || object.metadata.annotations?.[INITIAL_EVENTS_END] !== 'true')
          throw noStreamingList(this.#options.path)
        this.#commit(pending, version)
        this.#frames++
        pending = undefined
        this.#state = 'watching'
        return
      }
      this.#progressed = true
      this.#lastError = undefined
      if (type !== 'BOOKMARK') this.#frames++
      if (type === 'BOOKMARK') this.#options.sink.bookmark(version)
      else if (type === 'DELETED') this.#options.sink.remove(object)
      else this.#options.sink.put(object)
      if (isNewer(version, this.#version)) this.#version = version
    }
  }

  #typed(item: KubeObject): KubeObject {
    if (item.apiVersion && item.kind) return item
    return { ...item, apiVersion: this.#options.apiVersion, kind: this.#options.kind }
  }

  // ---- what comes next: ms to wait, or undefined for at once

  #afterEnd(startedAt: number, frames: number, end: WatchEnd): number | undefined {
    if (end === 'stopped') return undefined
    const { clock, telemetry, resource } = this.#options
    telemetry.count('watch_restarts_total', { resource, reason: end })
    if (this.#relist !== undefined) {
      this.#streaming = false
      return end === 'inactive' ? undefined : this.#backoff.next()
    }
    if (clock.now() - this.#listedAt > RELIST_MS * (0.9 + 0.2 * clock.random())) this.#relist = 'periodic'
    // A server that closes each watch at once would otherwise be asked thousands of times a second.
    const inVain = end === 'eof' && frames === this.#frames && clock.now() - startedAt < 1000
    return inVain ? this.#backoff.next() : undefined
  }

  /** The loop must survive even a logger that throws. */
  #afterFailureSafely(thrown: unknown): number | undefined {
    try {
      return this.#afterFailure(thrown)
    } catch {
      return this.#backoff.next()
    }
  }

  #afterFailure(thrown: unknown): number | undefined {
    if (this.#stop.signal.aborted) return undefined
    const { resource, telemetry, log, clock, onFailure, onMissing } = this.#options
    const error = errorOfNetwork(thrown, `watch ${resource}`)
    const listing = this.#relist !== undefined
    if (listing && this.#streaming && isRefusedStream(error)) {
      this.#streaming = false
      return undefined
    }
    this.#lastError = error
    telemetry.count('watch_restarts_total', { resource, reason: error.code === 0 ? error.reason : String(error.code) })
    if (isExpired(error)) return this.#afterExpiry(listing)
    const fields = { resource, code: error.code, reason: error.reason, err: error.message }
    // A missing permission stays missing for long: the owner of the reflector logs it once, with the rule.
    log[error.code === 403 ? 'debug' : 'warn'](fields, 'list or watch failed, trying again')
    if (error.code === 403) this.#isForbidden = true
    onFailure?.(error)
    if (error.code === 404) onMissing()
    if (error.code === 403) return this.#forbidden.next()
    if (error.retryAfterMs === undefined) return this.#backoff.next()
    return Math.min(error.retryAfterMs, LONGEST_WAIT_MS) * (1 + 0.2 * clock.random())
  }

  /** The first time at once; a server for which everything has expired gets the back-off. */
  #afterExpiry(listing: boolean): number | undefined {
    const isOld = this.#options.clock.now() - this.#listedAt > 10_000
    const atOnce = listing ? !this.#readLatest : this.#progressed || isOld
    if (listing) this.#readLatest = true
    this.#relist = 'expired'
    this.#progressed = false
    return atOnce ? undefined : this.#backoff.next()
  }
}

interface ListPage {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly KubeObject[]
}
