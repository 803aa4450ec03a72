/**
 * Keys waiting to be worked on.
 *
 * A key says where to look, never what happened. It never runs twice at once; a key that is added while it runs, runs
 * again afterwards. Failures cost only that key: a back-off, a log line, a metric.
 */
import { ApiError, ConflictError } from '../client/api-error.ts'
import { Backoff, type BackoffOptions } from '../runtime/backoff.ts'
import { type Clock, systemClock, type Timer } from '../runtime/clock.ts'
import { type Logger, noLog } from '../runtime/log.ts'
import { type Labels, noTelemetry, type Telemetry } from '../runtime/telemetry.ts'
import { type Priority, PriorityFifo } from './priority-fifo.ts'

/** What a run may ask for. */
export interface WorkResult {
  /** Look again after so many ms, even if nothing changes. */
  readonly requeueAfterMs?: number | undefined
}

/** What a queue is made of. */
export interface WorkQueueOptions {
  /** For metrics and logs. */
  readonly name: string
  /** Works on one key. A rejection is retried with back-off for ever. */
  readonly work: (key: string) => Promise<WorkResult | undefined>
  /** Runs at once. Default 16. */
  readonly concurrency?: number
  /** Per key. Default 5 ms → 60 s, doubled, with jitter. */
  readonly backoff?: BackoffOptions
  /** Called after each run that leaves the key neither waiting nor running. */
  readonly onSettled?: (key: string) => void
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
}

/** State of a queue, for probes. */
export interface QueueHealth {
  readonly name: string
  readonly concurrency: number
  readonly waiting: number
  readonly running: number
  /** Since a run ended, or the first of the waiting keys came; 0 while nothing waits or may be handed out. */
  readonly stalledMs: number
  readonly oldestRunMs: number
  readonly oldestKey: string | undefined
}

/** client-go's priority queue starts at 5 ms too, but ends at 1000 s. */
const KEY_BACKOFF: BackoffOptions = { initialMs: 5, maxMs: 60_000, jitter: 0.5 }

/** A queue of keys and its workers. */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #telemetry: Telemetry
  readonly #concurrency: number
  readonly #labels: Labels
  readonly #waiting = new PriorityFifo()
  /** Running keys and when they began. */
  readonly #active = new Map<string, number>()
  /** Keys added while running, to be run again. */
  readonly #again = new Map<string, Priority>()
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: Timer }>()
  readonly #backoffs = new Map<string, Backoff>()
  #idleWaiters: (() => void)[] = []
  #scheduled = false
  #started = false
  #draining = false
  /** When a run ended, or a key came that waits alone. */
  #movedAt = 0

  constructor(options: WorkQueueOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? noLog
    this.#telemetry = options.telemetry ?? noTelemetry
    this.#concurrency = options.concurrency ?? 16
    this.#labels = { name: options.name, controller: options.name }
    this.#telemetry.gauge(
      'controller_runtime_max_concurrent_reconciles',
      { controller: options.name },
      this.#concurrency,
    )
  }

  /** Begins to hand out keys; until then they wait. */
  start(): void {
    this.#started = true
    this.#movedAt = this.#clock.now()
    this.#schedule()
  }

  /** Wants the key to run. One that waits already can only rise in priority. Ends a delay. */
  add(key: string, priority: Priority = 'normal'): void {
    if (this.#draining) return
    this.#undelay(key)
    if (this.#active.has(key)) {
      if (this.#again.get(key) !== 'normal') this.#again.set(key, priority)
      return
    }
    if (this.#waiting.size === 0) this.#movedAt = this.#clock.now()
    if (this.#waiting.add(key, priority, this.#clock.now())) {
      this.#telemetry.count('workqueue_adds_total', this.#labels)
    }
    this.#schedule()
  }

  /** Wants the key to run in `ms`. The earliest of several wishes wins; `add` overrules all of them. */
  addAfter(key: string, ms: number): void {
    if (this.#draining) return
    if (ms <= 0) {
      this.add(key)
      return
    }
    const at = this.#clock.now() + ms
    const known = this.#delayed.get(key)
    if (known && known.at <= at) return
    known?.timer.cancel()
    const timer = this.#clock.setTimeout(() => this.add(key), ms)
    this.#delayed.set(key, { at, timer })
  }

  /** Waiting or running. A key in its back-off, or wanted for later, is not pending. */
  isPending(key: string): boolean {
    return this.#active.has(key) || this.#waiting.has(key)
  }

  /** Moves a waiting start-up key among the normal ones; anything else stays as it is. */
  promote(key: string): void {
    if (this.#waiting.has(key)) this.#waiting.add(key, 'normal', this.#clock.now())
    else if (this.#again.has(key)) this.#again.set(key, 'normal')
  }

  /** Forgets a key that will not come back: its delay and its back-off. */
  forget(key: string): void {
    this.#undelay(key)
    this.#backoffs.delete(key)
  }

  /** Resolves when nothing waits or runs. Keys in their back-off, or wanted for later, do not count. */
  whenIdle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Hands out nothing more and resolves when the runs in flight have ended. Further keys are ignored. */
  drain(): Promise<void> {
    this.#draining = true
    for (const { timer } of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#waiting.clear()
    this.#again.clear()
    return this.whenIdle()
  }

  /** The state right now. */
  health(): QueueHealth {
    const now = this.#clock.now()
    // Runs are kept in the order in which they began.
    const [oldest] = this.#active
    return {
      name: this.#options.name,
      concurrency: this.#concurrency,
      waiting: this.#waiting.size,
      running: this.#active.size,
      stalledMs: this.#started && this.#waiting.size > 0 ? now - this.#movedAt : 0,
      oldestRunMs: oldest ? now - oldest[1] : 0,
      oldestKey: oldest?.[0],
    }
  }

  /** Writes the gauges that change by themselves; call it before they are read. */
  sample(): void {
    const now = this.#clock.now()
    const ages = [...this.#active.values()].map((since) => (now - since) / 1000)
    const gauge = (
      name: 'workqueue_unfinished_work_seconds' | 'workqueue_longest_running_processor_seconds',
      value: number,
    ) => this.#telemetry.gauge(name, this.#labels, value)
    gauge(
      'workqueue_unfinished_work_seconds',
      ages.reduce((sum, age) => sum + age, 0),
    )
    gauge('workqueue_longest_running_processor_seconds', Math.max(0, ...ages))
    for (const priority of ['normal', 'startup'] as const) {
      this.#telemetry.gauge('workqueue_depth', { ...this.#labels, priority }, this.#waiting.sizeOf(priority))
    }
    this.#telemetry.gauge('controller_runtime_active_workers', { controller: this.#options.name }, this.#active.size)
  }

  get #isIdle(): boolean {
    return this.#active.size === 0 && this.#waiting.size === 0
  }

  /**
   * Keys are handed out once a turn of the event loop, so that thousands of runs without any I/O cannot block it, and
   * a burst of changes in one chunk of a watch costs each key one run.
   */
  #schedule(): void {
    if (this.#scheduled || !this.#started) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#active.size < this.#concurrency) {
        const next = this.#waiting.take()
        if (!next) break
        this.#telemetry.observe(
          'workqueue_queue_duration_seconds',
          this.#labels,
          (this.#clock.now() - next.since) / 1000,
        )
        void this.#run(next.key)
      }
    })
  }

  async #run(key: string): Promise<void> {
    const startedAt = this.#clock.now()
    this.#active.set(key, startedAt)
    let result = 'success'
    try {
      const wish = await this.#options.work(key)
      this.#backoffs.delete(key)
      if (wish?.requeueAfterMs !== undefined) {
        result = 'requeue_after'
        this.addAfter(key, wish.requeueAfterMs)
      }
    } catch (error) {
      result = this.#failed(key, error)
    }
    this.#active.delete(key)
    this.#movedAt = this.#clock.now()
    this.#measure(startedAt, result)
    this.#afterRun(key)
  }

  #afterRun(key: string): void {
    const priority = this.#again.get(key)
    this.#again.delete(key)
    if (priority) this.add(key, priority)
    else if (!this.#waiting.has(key)) this.#settled(key)
    this.#schedule()
    if (!this.#isIdle) return
    const waiters = this.#idleWaiters
    this.#idleWaiters = []
    for (const resolve of waiters) resolve()
  }

  #failed(key: string, error: unknown): string {
    const { name, backoff = KEY_BACKOFF } = this.#options
    const delays = this.#backoffs.get(key) ?? new Backoff(backoff, this.#clock)
    this.#backoffs.set(key, delays)
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
    const wait = Math.max(delays.next(), asked)
    this.addAfter(key, wait)
    this.#telemetry.count('workqueue_retries_total', this.#labels)
    // Somebody else was faster: expected, and cured by the next run.
    if (error instanceof ConflictError) {
      this.#log.debug({ queue: name, key, err: error.message }, 'conflict, trying again')
      return 'requeue'
    }
    this.#telemetry.count('controller_runtime_reconcile_errors_total', { controller: name })
    if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) {
      this.#telemetry.count('controller_runtime_reconcile_panics_total', { controller: name })
    }
    this.#log.error({ queue: name, key, retryInMs: Math.round(wait), err: error }, 'could not reconcile, trying again')
    return 'error'
  }

  #settled(key: string): void {
    try {
      this.#options.onSettled?.(key)
    } catch (error) {
      this.#log.error({ queue: this.#options.name, key, err: error }, 'bug in onSettled')
    }
  }

  #measure(startedAt: number, result: string): void {
    const seconds = (this.#clock.now() - startedAt) / 1000
    const controller = this.#options.name
    this.#telemetry.count('controller_runtime_reconcile_total', { controller, result })
    this.#telemetry.observe('controller_runtime_reconcile_time_seconds', { controller }, seconds)
    this.#telemetry.observe('workqueue_work_duration_seconds', this.#labels, seconds)
  }

  #undelay(key: string): void {
    this.#delayed.get(key)?.timer.cancel()
    this.#delayed.delete(key)
  }
}
