/**
 * The domain loop: changes of the cluster become keys, keys become decisions, decisions become writes.
 *
 * Nobody writes watch mappings: whoever read what has changed is queued again. Only the first sight of an object is told
 * apart, since nobody can have read it.
 */
import { COMPONENT, type Deciders, EXPOSED_API } from '@exposedapi/core'
import {
  type Change,
  type Clock,
  type Cluster,
  type Logger,
  noLog,
  noTelemetry,
  systemClock,
  type Telemetry,
  WorkQueue,
} from '@exposedapi/kube'
import { ApiLoop, type Next } from './api-loop.ts'
import { ComponentLoop } from './component-loop.ts'
import { apiKey, componentKey, subjectOf } from './keys.ts'

/** What the controller stands on. */
export interface ControllerOptions {
  readonly cluster: Cluster
  readonly deciders: Deciders
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
  /** Decisions in flight at once. Default 16: the work is waiting for the API server, and more buys nothing. */
  readonly concurrency?: number
}

/** State for probes, one line for each thing that is wrong. */
export interface ControllerHealth {
  /** A restart of the process would help. */
  readonly dead: readonly string[]
  /** Why the caches are not in step yet. */
  readonly notReady: readonly string[]
}

/** Twice the time after which a silent watch is opened again: a loop that has not even tried is not coming back. */
const DEAD_AFTER_MS = 140_000

/** Runs the decisions of core on the engine of kube. */
export class Controller {
  readonly #cluster: Cluster
  readonly #queue: WorkQueue
  readonly #apis: ApiLoop
  readonly #components: ComponentLoop
  #started = false

  constructor(options: ControllerOptions) {
    const { cluster, deciders, clock = systemClock, log = noLog, telemetry = noTelemetry, concurrency = 16 } = options
    this.#cluster = cluster
    this.#queue = new WorkQueue({
      name: 'exposedapi',
      concurrency,
      clock,
      log,
      telemetry,
      work: (key) => this.#work(key),
      onSettled: (key) => this.#components.apiSettled(key),
    })
    this.#apis = new ApiLoop({ cluster, deciders, clock, log })
    this.#components = new ComponentLoop({ cluster, queue: this.#queue, clock })
    cluster.onChange((change, readers) => this.#changed(change, readers))
  }

  /** Fills the caches, gives back what gone APIs hold, then works. Resolves once work has begun; never for want of a server. */
  async start(): Promise<void> {
    await this.#cluster.start()
    this.#started = true
    this.#queue.start()
    await this.#apis.sweep()
  }

  /** Hands out no new work and resolves when what is in flight has ended. */
  async stop(): Promise<void> {
    await this.#queue.drain()
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
    const { kinds } = this.#cluster.health()
    const dead = kinds.filter(({ aliveAgeMs = 0 }) => aliveAgeMs > DEAD_AFTER_MS)
    const unsynced = kinds.filter(({ synced, optional, served }) => !synced && !(optional && served === undefined))
    return {
      dead: dead.map(
        ({ resource, aliveAgeMs = 0 }) => `${resource}: no sign of life for ${Math.round(aliveAgeMs / 1000)} s`,
      ),
      notReady: [
        ...unsynced.map(({ resource, lastError }) => `${resource}: ${lastError ?? 'not listed yet'}`),
        ...(this.#started ? [] : ['the first pass has not begun']),
      ],
    }
  }

  #work(key: string): Promise<Next> {
    return subjectOf(key).what === 'api' ? this.#apis.reconcile(key) : this.#components.reconcile(key)
  }

  #changed(change: Change, readers: ReadonlySet<string>): void {
    // Objects of the first lists wait behind whatever a user changes meanwhile, and keep the order of the list.
    const priority = this.#started ? 'normal' : 'startup'
    for (const reader of readers) this.#queue.add(reader, priority)
    const first = change.old === undefined ? change.new : undefined
    if (!first) return
    const { namespace = '', name } = first.metadata
    if (change.kind === EXPOSED_API) this.#queue.add(apiKey(namespace, name), priority)
    else if (change.kind === COMPONENT) this.#queue.add(componentKey(namespace, name), priority)
  }
}
