/**
 * The domain loop: changes of the cluster become keys, keys become decisions, decisions become writes.
 *
 * Nobody writes watch mappings: whoever read what has changed is queued again. Only an object that is seen for the
 * first time is queued by its own name, since nobody can have read it.
 */
import { EXPOSED_API } from '@exposedapi/core'
import { COMPONENT, isBehind, type Rules } from '@exposedapi/core/engine'
import {
  type Clock,
  type Cluster,
  type EventRecorder,
  Liveness,
  type Logger,
  noLog,
  noTelemetry,
  type Priority,
  systemClock,
  type Telemetry,
  WorkQueue,
} from '@exposedapi/kube'
import type { Change, KubeObject } from '@exposedapi/objects'
import { ApiLoop, type Next } from './api-loop.ts'
import { ComponentLoop } from './component-loop.ts'
import { apiKey, componentKey, subjectOf } from './keys.ts'

/** What the controller stands on. */
export interface ControllerOptions {
  readonly cluster: Cluster
  readonly rules: Rules
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
  /** Tells users what changed. Default nobody does. */
  readonly events?: EventRecorder
  /** Decisions in flight at once. Default 16: the work is waiting for the API server, and more buys nothing. */
  readonly concurrency?: number
}

/** State for probes, one line for each thing that is wrong. */
export interface ControllerHealth {
  /** A restart of the process would help. */
  readonly dead: readonly string[]
  /** Why the caches are not in sync yet. */
  readonly notReady: readonly string[]
  /** What is not permitted and therefore not seen, though the rest works. */
  readonly notes: readonly string[]
}

/** Runs the decisions of core on the engine of kube. */
export class Controller {
  readonly #cluster: Cluster
  readonly #queue: WorkQueue
  readonly #apis: ApiLoop
  readonly #components: ComponentLoop
  readonly #events: EventRecorder | undefined
  readonly #liveness: Liveness
  readonly #log: Logger
  #synced = false
  /** The first pass over annotations of deleted APIs, once we work. */
  #sweep: Promise<void> | undefined

  constructor(options: ControllerOptions) {
    const { cluster, rules, clock = systemClock, log = noLog, telemetry = noTelemetry, concurrency = 16 } = options
    this.#cluster = cluster
    this.#events = options.events
    this.#log = log
    this.#queue = new WorkQueue({
      name: 'exposedapi',
      concurrency,
      clock,
      log,
      telemetry,
      work: (key) => this.#work(key),
      onSettled: (key) => this.#components.apiSettled(key),
    })
    this.#apis = new ApiLoop({ cluster, rules, clock, log, ...(options.events && { events: options.events }) })
    this.#components = new ComponentLoop({ cluster, queue: this.#queue, clock })
    this.#liveness = new Liveness({ cluster, queues: [this.#queue], clock })
    cluster.onChange((change, readers) => this.#changed(change, readers))
  }

  /** Fills the caches and keeps them in sync; resolves once they are. Writes nothing: this is all that a standby does. */
  async sync(): Promise<void> {
    this.#liveness.start()
    await this.#cluster.start()
    this.#synced = true
  }

  /** Decides about everything, removes annotations of deleted APIs, and works from then on. Call once, after `sync`. */
  async work(): Promise<void> {
    // Whatever was there before waits behind what a user changes meanwhile; what changed while nobody looked comes first.
    const apis = [...this.#cluster.all(EXPOSED_API)]
    for (const { metadata } of apis.filter(isBehind)) this.#add(EXPOSED_API, metadata, 'startup')
    for (const { metadata } of apis) this.#add(EXPOSED_API, metadata, 'startup')
    for (const { metadata } of this.#cluster.all(COMPONENT)) this.#add(COMPONENT, metadata, 'startup')
    this.#queue.start()
    this.#sweep = this.#apis.sweep().catch((error: unknown) => {
      // Nothing that lives depends on it.
      this.#log.error(
        { err: error },
        'could not remove all annotations of deleted ExposedAPIs; the next start tries again',
      )
    })
    await this.#sweep
  }

  /** Hands out no new work and resolves when what is in flight has ended and the last Events are sent. */
  async stop(): Promise<void> {
    await Promise.allSettled([this.#queue.drain(), this.#sweep])
    await this.#events?.flush()
    this.#liveness.stop()
  }

  /** Resolves when nothing waits or runs. For tests. */
  whenIdle(): Promise<void> {
    return this.#queue.whenIdle()
  }

  /** Brings gauges that change by themselves up to date before they are scraped. */
  sample(): void {
    this.#queue.sample()
    this.#cluster.sample()
  }

  /** What is wrong, for `/healthz` and `/readyz`. */
  health(): ControllerHealth {
    const { kinds, forbidden, unserved } = this.#cluster.health()
    const awaited = kinds.flatMap(({ resource, waiting }) => (waiting === undefined ? [] : [`${resource}: ${waiting}`]))
    return {
      dead: this.#liveness.dead(),
      notReady: [
        ...awaited,
        ...(unserved === undefined ? [] : [`no permission to ${unserved}`]),
        ...(this.#synced ? [] : ['the initial lists are not complete yet']),
      ],
      notes: forbidden
        .map((rule) => `no permission to ${rule}`)
        .filter((note) => !awaited.some((one) => one.endsWith(note))),
    }
  }

  #work(key: string): Promise<Next> {
    return subjectOf(key).what === 'api' ? this.#apis.reconcile(key) : this.#components.reconcile(key)
  }

  /** A standby notes nothing: when it comes to work, it looks at everything that is left by then. */
  #changed(change: Change, readers: ReadonlySet<string>): void {
    if (!this.#sweep) return
    for (const reader of readers) this.#queue.add(reader)
    if (!change.new) return
    if (!change.old) this.#add(change.kind, change.new.metadata)
    else if (change.kind === EXPOSED_API) this.#promote(change.new.metadata)
  }

  /** An API that a user changes while it waits for its first turn passes the others that only wait for theirs. */
  #promote({ namespace = '', name }: KubeObject['metadata']): void {
    this.#queue.promote(apiKey(namespace, name))
  }

  #add(kind: Change['kind'], { namespace = '', name }: KubeObject['metadata'], priority: Priority = 'normal'): void {
    if (kind === EXPOSED_API) this.#queue.add(apiKey(namespace, name), priority)
    else if (kind === COMPONENT) this.#queue.add(componentKey(namespace, name), priority)
  }
}
