/**
 * Keeps a Component's entries equal to the status of its APIs.
 *
 * One patch for all APIs of a Component instead of one for each: a Component patch costs the API server as much as five
 * status patches, and in a Canvas every one starts a cycle of the Component operator. So a Component waits while one of its
 * APIs is queued or in flight, but never longer than a second.
 */
import { EXPOSED_API, nameOf } from '@exposedapi/core'
import { API_BY_COMPONENT, COMPONENT, componentNameOf, decideComponent } from '@exposedapi/core/engine'
import { type Clock, ConflictError } from '@exposedapi/kube'
import type { Next } from './api-loop.ts'
import type { ClusterInterface } from './cluster-interface.ts'
import { apiKey, componentKey, subjectOf } from './keys.ts'

/** What the loop asks of the queue. */
export interface Pending {
  /** Is this key queued or in flight? */
  isPending(key: string): boolean
  add(key: string): void
}

/** What the loop stands on. */
export interface ComponentLoopOptions {
  readonly cluster: ClusterInterface
  readonly queue: Pending
  readonly clock: Clock
  /** Milliseconds for which a Component waits for its APIs. Default 1000. */
  readonly holdMs?: number
}

/** Runs the decisions about Components. */
export class ComponentLoop {
  readonly #cluster: ClusterInterface
  readonly #queue: Pending
  readonly #clock: Clock
  readonly #holdMs: number
  /** Components that wait for their APIs, and since when (ms). */
  readonly #waiting = new Map<string, number>()

  constructor({ cluster, queue, clock, holdMs = 1000 }: ComponentLoopOptions) {
    this.#cluster = cluster
    this.#queue = queue
    this.#clock = clock
    this.#holdMs = holdMs
  }

  /** Reads caches only. Rejects when the patch failed; a conflict is tried again on what the other writer left. */
  async reconcile(key: string): Promise<Next> {
    const { namespace, name } = subjectOf(key)
    const waitMs = this.#remainingWait(key, namespace, name)
    if (waitMs > 0) return { requeueAfterMs: waitMs }
    this.#waiting.delete(key)

    const view = this.#cluster.view(key)
    const component = view.get(COMPONENT, namespace, name)
    const patch = component && decideComponent(component, view)
    if (!patch) return {}
    try {
      // Merge patches replace lists whole, so the list must still be the one we read.
      await this.#cluster.patchStatus(COMPONENT, component, patch, { writer: key, lock: true })
    } catch (cause) {
      if (cause instanceof ConflictError) {
        this.#queue.add(key)
        return {}
      }
      throw new Error(`could not patch the status of Component ${nameOf(component)}`, { cause })
    }
    return {}
  }

  /** Tells that an API has been worked on: its Component need not wait any longer if this was the last. */
  apiSettled(key: string): void {
    if (this.#waiting.size === 0) return
    const { namespace, name } = subjectOf(key)
    const api = this.#cluster.untracked().get(EXPOSED_API, namespace, name)
    const component = api && componentNameOf(api)
    if (component === undefined) return
    const waiting = componentKey(namespace, component)
    if (this.#waiting.has(waiting) && !this.#apisPending(namespace, component)) this.#queue.add(waiting)
  }

  #remainingWait(key: string, namespace: string, name: string): number {
    if (!this.#apisPending(namespace, name)) return 0
    const now = this.#clock.now()
    const since = this.#waiting.get(key) ?? now
    this.#waiting.set(key, since)
    return Math.max(0, since + this.#holdMs - now)
  }

  #apisPending(namespace: string, component: string): boolean {
    return this.#cluster
      .untracked()
      .by(API_BY_COMPONENT, `${namespace}/${component}`)
      .some(({ metadata }) => this.#queue.isPending(apiKey(metadata.namespace, metadata.name)))
  }
}
