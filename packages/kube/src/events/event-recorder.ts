/**
 * Kubernetes Events: what a user sees under `kubectl describe`.
 *
 * Events are a courtesy. They are sent one after the other beside the real work, never retried, and dropped (and counted)
 * where they would cost more than they are worth: a failed request, an object with too many of them, a full queue.
 */
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { type Clock, systemClock, type Timer } from '../runtime/clock.ts'
import { deferred } from '../runtime/deferred.ts'
import { type Logger, noLog } from '../runtime/log.ts'
import { noTelemetry, type Telemetry } from '../runtime/telemetry.ts'
import { BoundedMap, TokenBucket } from './event-limits.ts'
import { type EventInput, eventName, eventOf, type Reporter, seriesKey, seriesOf } from './event-object.ts'

/** Where Events go. */
export interface EventSink {
  /** Never blocks and never throws. */
  record(event: EventInput): void
}

/** What a recorder is made of. */
export interface EventRecorderOptions extends Reporter {
  readonly client: RestClient
  /** Asked before each Event; what may not be written is dropped. Default always. */
  readonly mayWrite?: () => boolean
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
}

/** Equal Events within this time are one series. */
const SERIES_MS = 600_000
/** Repetitions are gathered for so long before their count is sent. */
const REPEAT_MS = 10_000
/** Events waiting to be sent, and series and objects remembered. */
const MOST = 1000

interface Series {
  readonly input: EventInput
  readonly namespace: string
  readonly name: string
  readonly firstAt: number
  count: number
  lastAt: number
  /** How many of `count` the API server knows; 0 before the Event exists. */
  sent: number
}

/** Sends Events: equal ones as one object with a count, few for each object, none when that fails. */
export class EventRecorder implements EventSink {
  readonly #options: EventRecorderOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #telemetry: Telemetry
  readonly #series = new BoundedMap<string, Series>(MOST)
  readonly #buckets = new BoundedMap<string, TokenBucket>(MOST)
  readonly #waiting = new Set<Series>()
  readonly #repeated = new Set<Series>()
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #names = 0

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? noLog
    this.#telemetry = options.telemetry ?? noTelemetry
  }

  record(input: EventInput): void {
    try {
      this.#record(input)
    } catch (error) {
      this.#count('failed')
      this.#log.warn({ err: error }, 'could not record an Event')
    }
  }

  /** Sends what waits, counts of repetitions included. Resolves after `limitMs` at the latest; never rejects. */
  async flush(limitMs = 2000): Promise<void> {
    this.#sendRepeated()
    const limit = deferred()
    const timer = this.#clock.setTimeout(limit.resolve, limitMs)
    await Promise.race([this.#sending, limit.promise])
    timer.cancel()
    this.#count('dropped', this.#waiting.size)
    this.#waiting.clear()
  }

  #record(input: EventInput): void {
    const now = this.#clock.now()
    const key = seriesKey(input)
    const known = this.#series.get(key)
    if (known && now - known.lastAt < SERIES_MS) {
      known.count++
      known.lastAt = now
      if (known.sent > 0) this.#repeat(known)
      return
    }
    if (!this.#mayReport(input.regarding.metadata.uid ?? '', now) || this.#waiting.size >= MOST) {
      this.#count('dropped')
      return
    }
    const { namespace = 'default' } = input.regarding.metadata
    const name = eventName(input.regarding.metadata.name, now, this.#names++)
    const series = { input, namespace, name, firstAt: now, count: 1, lastAt: now, sent: 0 }
    this.#series.set(key, series)
    this.#enqueue(series)
  }

  /** Ten at once, then one a minute for each object. */
  #mayReport(uid: string, now: number): boolean {
    const bucket = this.#buckets.get(uid) ?? new TokenBucket(10, 60_000, now)
    this.#buckets.set(uid, bucket)
    return bucket.take(now)
  }

  #repeat(series: Series): void {
    this.#repeated.add(series)
    this.#timer ??= this.#clock.setTimeout(() => this.#sendRepeated(), REPEAT_MS)
  }

  #sendRepeated(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const series of this.#repeated) this.#enqueue(series)
    this.#repeated.clear()
  }

  #enqueue(series: Series): void {
    this.#waiting.add(series)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  async #sendAll(): Promise<void> {
    // Not in the caller's turn: a burst of equal Events becomes one request.
    await null
    for (const series of this.#waiting) {
      this.#waiting.delete(series)
      await this.#send(series)
    }
  }

  async #send(series: Series): Promise<void> {
    if (this.#options.mayWrite?.() === false) return this.#lost(series, 'dropped')
    const { client } = this.#options
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(series.namespace)}/events`
    const { count, sent } = series
    try {
      const limits = { timeoutMs: 5000, retry: false } as const
      if (sent === 0) await client.request({ method: 'POST', path, body: eventOf(series, this.#options), ...limits })
      else {
        await client.request({
          method: 'PATCH',
          path: `${path}/${encodeURIComponent(series.name)}`,
          contentType: 'application/merge-patch+json',
          body: { series: seriesOf(series) },
          ...limits,
        })
      }
      series.sent = count
      this.#count(sent === 0 ? 'created' : 'repeated')
      if (series.count > count) this.#repeat(series)
    } catch (error) {
      this.#log.debug({ code: codeOf(error), err: error, reason: series.input.reason }, 'could not send an Event')
      this.#lost(series, 'failed')
    }
  }

  /** The next of its kind starts anew: an Event expires after an hour, and what failed may work by then. */
  #lost(series: Series, outcome: 'failed' | 'dropped'): void {
    this.#series.delete(seriesKey(series.input))
    this.#count(outcome)
  }

  #count(outcome: 'created' | 'repeated' | 'failed' | 'dropped', by = 1): void {
    if (by > 0) this.#telemetry.count('events_total', { outcome }, by)
  }
}
