/**
 * Makes the cluster match one ExposedAPI.
 *
 * Decide, write the objects, decide again on the view that now contains them, write the status once. The second decision
 * is needed because status carries facts that exist only after a write (the route's uid); in a settled cluster nothing
 * differs, and the first decision is the last.
 */
import {
  EXPOSED_API,
  decide,
  type Deciders,
  type Decision,
  type ExposedApi,
  fieldManagerOf,
  type HeldAnnotations,
  type Memory,
  nameOf,
  release,
  statusPatch,
  type WriteFailure,
} from '@exposedapi/core'
import type { Clock, Logger } from '@exposedapi/kube'
import type { ClusterPort } from './cluster-port.ts'
import { refusal } from './refusal.ts'
import { subjectOf } from './keys.ts'

/** What a run says about the next one. */
export interface Next {
  /** Milliseconds until something is due that no watch will tell. */
  readonly requeueAfterMs?: number
}

/** What the loop stands on. */
export interface ApiLoopOptions {
  readonly cluster: ClusterPort
  readonly deciders: Deciders
  readonly clock: Clock
  readonly log: Logger
}

/** Runs the decisions about ExposedAPIs. One key never runs twice at once; the queue sees to that. */
export class ApiLoop {
  readonly #cluster: ClusterPort
  readonly #deciders: Deciders
  readonly #clock: Clock
  readonly #log: Logger
  /** By key: the uid tells an API from its successor of the same name, whose delays start anew. */
  readonly #remembered = new Map<string, { readonly uid: string; readonly memory: Memory }>()

  constructor({ cluster, deciders, clock, log }: ApiLoopOptions) {
    this.#cluster = cluster
    this.#deciders = deciders
    this.#clock = clock
    this.#log = log
  }

  /** Reads caches only; a second run in a settled cluster writes nothing. Rejects when a write failed: the queue backs off. */
  async reconcile(key: string): Promise<Next> {
    const before = this.#remembered.get(key)
    const api = this.#api(key)
    if (before && before.uid !== api?.metadata.uid) await this.#releaseAll(key, before.uid)
    if (!api) return {}

    const first = this.#decide(key, api, [])
    const { failures, wrote } = await this.#write(key, first, api)
    const last = wrote ? this.#decideAgain(key, failures) : first
    if (last) await this.#writeStatus(key, last)
    if (failures[0]) throw failures[0].error
    return last?.recheckAfterMs === undefined ? {} : { requeueAfterMs: last.recheckAfterMs }
  }

  /** Gives back what APIs hold that were deleted while no operator ran. */
  async sweep(): Promise<void> {
    const living = new Set([...this.#cluster.all(EXPOSED_API)].map(({ metadata }) => metadata.uid))
    for (const { holders } of [this.#deciders.metrics, ...this.#deciders.former]) {
      if (!holders) continue
      const holding = new Set([...this.#cluster.all(holders.kind)].flatMap((object) => holders.values(object)))
      for (const uid of holding) if (!living.has(uid)) await this.#releaseAll(`uid ${uid}`, uid)
    }
  }

  /** Not through the tracked view: that would forget what the last decision has read. */
  #api(key: string): ExposedApi | undefined {
    const { namespace, name } = subjectOf(key)
    return this.#cluster.peek().get(EXPOSED_API, namespace, name)
  }

  #decide(key: string, api: ExposedApi, failures: readonly WriteFailure[]): Decision {
    const remembered = this.#remembered.get(key)
    const memory = remembered?.uid === api.metadata.uid ? remembered?.memory ?? {} : {}
    const view = this.#cluster.view(key)
    // Read through this view as well, so that a change of the API itself queues it again.
    view.get(EXPOSED_API, api.metadata.namespace, api.metadata.name)
    const decision = decide(api, view, this.#deciders, { now: this.#clock.now(), memory, failures })
    this.#remembered.set(key, { uid: api.metadata.uid ?? '', memory: decision.memory })
    return decision
  }

  #decideAgain(key: string, failures: readonly WriteFailure[]): Decision | undefined {
    const api = this.#api(key)
    return api && this.#decide(key, api, failures)
  }

  /** In the order of the decision: what is rendered, then what goes, then what others lend us. */
  async #write(key: string, decision: Decision, api: ExposedApi) {
    const failures: (WriteFailure & { error: Error })[] = []
    let wrote = false
    for (const object of decision.objects) {
      try {
        wrote = (await this.#cluster.apply(object, key)) !== 'unchanged' || wrote
      } catch (cause) {
        const message = refusal(cause)
        const error = new Error(`apply ${object.kind} ${nameOf(object)}`, { cause })
        // The server did not refuse it, so nobody needs to act: back off without a word in the status.
        if (message === undefined) throw error
        failures.push({ object, message, error })
        wrote = true
        break // Later objects may rely on earlier ones: write order is part of the decision.
      }
    }
    if (failures.length > 0) return { failures, wrote }
    for (const object of decision.obsolete) {
      this.#log.info({ key, object: `${object.kind} ${nameOf(object)}` }, 'delete what is no longer wanted')
      await this.#cluster.delete(kindOfOwned(this.#deciders, object), object)
      wrote = true
    }
    for (const held of decision.annotate) await this.#hold(held, api.metadata.uid ?? '')
    return { failures, wrote: wrote || decision.annotate.length > 0 }
  }

  async #writeStatus(key: string, { status }: Decision): Promise<void> {
    const api = this.#api(key)
    const patch = api && status && statusPatch(api, status)
    if (!patch) return
    try {
      await this.#cluster.patchStatus(EXPOSED_API, api, patch, { writer: key })
    } catch (cause) {
      throw new Error(`patch status of ExposedAPI ${nameOf(api)}`, { cause })
    }
  }

  async #releaseAll(key: string, uid: string): Promise<void> {
    for (const held of release(uid, this.#cluster.peek(), this.#deciders)) await this.#hold(held, uid)
    this.#remembered.delete(key)
  }

  async #hold({ kind, object, annotations }: HeldAnnotations, uid: string): Promise<void> {
    try {
      await this.#cluster.hold(kind, object, annotations, fieldManagerOf(uid))
    } catch (cause) {
      throw new Error(`annotate ${object.kind} ${nameOf(object)}`, { cause })
    }
  }
}

function kindOfOwned({ gateway, metrics, former }: Deciders, object: { apiVersion: string; kind: string }) {
  const uses = [gateway, metrics, ...former].flatMap((adapter) => adapter.kinds)
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  const found = uses.find(({ kind }) => kind.kind === object.kind && kind.group === group)
  if (!found) throw new Error(`no adapter declares ${object.apiVersion} ${object.kind}`)
  return found.kind
}
