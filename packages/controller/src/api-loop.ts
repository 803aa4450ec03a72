/**
 * Makes the cluster match one ExposedAPI.
 *
 * Decide, write the objects, conclude from the view that now contains them, write the status once. The status comes last
 * because it carries facts that exist only after a write (the route's uid). Where more than our own objects has changed since,
 * there is another decision first.
 */
import {
  type AppliedAnnotations,
  EXPOSED_API,
  type ExposedApi,
  fieldManagerOf,
  type Kind,
  type KubeObject,
  nameOf,
} from '@exposedapi/core'
import {
  type Decision,
  decide,
  type GraceState,
  kindOf,
  ownedKindsOf,
  type Rules,
  release,
  statusPatch,
  type WriteFailure,
} from '@exposedapi/core/engine'
import { type Clock, ConflictError, codeOf, type EventSink, type Logger } from '@exposedapi/kube'
import type { ClusterInterface } from './cluster-interface.ts'
import { recordStatus } from './events.ts'
import { subjectOf } from './keys.ts'
import { isNamespaceGoing, refusal } from './write-refusal.ts'

/** What a run says about the next one. */
export interface Next {
  /** Milliseconds until something is due that no watch will tell. */
  readonly requeueAfterMs?: number
}

/** What the loop stands on. */
export interface ApiLoopOptions {
  readonly cluster: ClusterInterface
  readonly rules: Rules
  readonly clock: Clock
  readonly log: Logger
  /** Where Events go. Default nowhere. */
  readonly events?: EventSink
}

/** Runs the decisions about ExposedAPIs. One key never runs twice at once; the queue sees to that. */
export class ApiLoop {
  readonly #cluster: ClusterInterface
  readonly #rules: Rules
  readonly #clock: Clock
  readonly #log: Logger
  readonly #events: EventSink | undefined
  /** By key: the uid tells an API from its successor of the same name, whose delays start anew. */
  readonly #remembered = new Map<string, { readonly uid: string; grace: GraceState }>()

  constructor({ cluster, rules, clock, log, events }: ApiLoopOptions) {
    this.#cluster = cluster
    this.#rules = rules
    this.#clock = clock
    this.#log = log
    this.#events = events
  }

  /** Reads caches only; a second run in a settled cluster writes nothing. Rejects when a write failed: the queue backs off. */
  async reconcile(key: string): Promise<Next> {
    try {
      return await this.#run(key)
    } catch (error) {
      if (!(error instanceof Error) || !isNamespaceGoing(error.cause)) throw error
      this.#log.info({ key }, 'the namespace is being deleted, nothing is left to do')
      return {}
    }
  }

  async #run(key: string): Promise<Next> {
    const before = this.#remembered.get(key)
    const api = this.#api(key)
    if (before && before.uid !== api?.metadata.uid) await this.#releaseAll(key, before.uid)
    if (!api) {
      this.#cluster.forget(key)
      return {}
    }

    const failures: RefusedWrite[] = []
    const first = this.#decide(key, api, failures)
    const stands = await this.#write(key, first, api, failures)
    const last = stands && this.#api(key) === api ? first : await this.#decideAgain(key, api, failures)
    if (last) {
      const remembered = this.#remembered.get(key)
      if (remembered) remembered.grace = last.grace
      await this.#writeStatus(key, last)
    }
    if (failures[0]) throw failures[0].error
    return last?.recheckAfterMs === undefined ? {} : { requeueAfterMs: last.recheckAfterMs }
  }

  /** Gives back what APIs hold that were deleted while no operator ran. */
  async sweep(): Promise<void> {
    const living = new Set([...this.#cluster.all(EXPOSED_API)].map(({ metadata }) => metadata.uid))
    for (const { annotated } of [this.#rules.metrics, ...this.#rules.retired]) {
      if (!annotated) continue
      const holding = new Set([...this.#cluster.all(annotated.kind)].flatMap((object) => annotated.values(object)))
      for (const uid of holding) if (!living.has(uid)) await this.#releaseAll(`uid ${uid}`, uid)
    }
  }

  /** Not through the tracked view: that would forget what the last decision has read. */
  #api(key: string): ExposedApi | undefined {
    const { namespace, name } = subjectOf(key)
    return this.#cluster.untracked().get(EXPOSED_API, namespace, name)
  }

  #decide(key: string, api: ExposedApi, failures: readonly WriteFailure[]): Decision {
    const remembered = this.#remembered.get(key)
    const { uid = '' } = api.metadata
    const grace = remembered?.uid === uid ? remembered.grace : {}
    this.#remembered.set(key, { uid, grace })
    const view = this.#cluster.view(key)
    // Read through this view as well, so that a change of the API itself queues it again.
    view.get(EXPOSED_API, api.metadata.namespace, api.metadata.name)
    return decide(api, view, this.#rules, { now: this.#clock.now(), grace, failures })
  }

  /** Undefined if the API has gone meanwhile. A cache that says so is not believed before a status is dropped. */
  async #decideAgain(
    key: string,
    before: ExposedApi,
    failures: readonly WriteFailure[],
  ): Promise<Decision | undefined> {
    const { namespace, name } = before.metadata
    const api = this.#api(key) ?? (await this.#cluster.refresh(EXPOSED_API, namespace, name))
    return api && this.#decide(key, api, failures)
  }

  /**
   * In the order of the decision: what is rendered, then what goes, then what others lend us. Returns whether the decision
   * still stands: its own objects were foreseen, but what others hold may look otherwise now.
   */
  async #write(key: string, decision: Decision, api: ExposedApi, failures: RefusedWrite[]): Promise<boolean> {
    for (const object of decision.objects) {
      const apply = async () => void (await this.#cluster.apply(object, key))
      // Later objects may rely on earlier ones: write order is part of the decision.
      if (!(await attempt(`apply ${object.kind} ${nameOf(object)}`, object, apply, failures))) return true
    }
    for (const object of decision.obsolete) {
      this.#log.info({ key, object: `${object.kind} ${nameOf(object)}` }, 'delete what is no longer wanted')
      await this.#cluster.delete(kindOfOwned(this.#rules, object), object)
    }
    const { uid = '' } = api.metadata
    for (const held of decision.annotate) {
      const { object } = held
      const hold = () => this.#hold(held, uid)
      await attempt(`annotate ${object.kind} ${nameOf(object)}`, object, hold, failures, CONFLICT)
    }
    return decision.obsolete.length + decision.annotate.length === 0
  }

  async #writeStatus(key: string, { status }: Decision): Promise<void> {
    const api = this.#api(key)
    const patch = api && status && statusPatch(api, status)
    if (!patch) return
    try {
      await this.#cluster.patchStatus(EXPOSED_API, api, patch, { writer: key })
    } catch (cause) {
      if (codeOf(cause) === 404) return // Deleted meanwhile: the watch will say so.
      throw new Error(`patch status of ExposedAPI ${nameOf(api)}`, { cause })
    }
    recordStatus(this.#events, api, status.conditions)
  }

  async #releaseAll(key: string, uid: string): Promise<void> {
    for (const held of release(uid, this.#cluster.untracked(), this.#rules)) await this.#hold(held, uid)
    this.#remembered.delete(key)
  }

  #hold({ kind, object, annotations }: AppliedAnnotations, uid: string): Promise<void> {
    return this.#cluster.applyAnnotations(kind, object, annotations, fieldManagerOf(uid))
  }
}

/** Server-side apply without force answers this when another manager holds one of the annotations. */
const CONFLICT = 409

/** A write that somebody must see, with the error that makes the queue try again. */
type RefusedWrite = WriteFailure & { readonly error: Error }

/**
 * Tries a write. A refusal goes to `failures`, and so into the status. Any other failure is nobody's to cure: it rejects, the
 * queue backs off, and the status says nothing.
 */
async function attempt(
  what: string,
  object: KubeObject,
  write: () => Promise<void>,
  failures: RefusedWrite[],
  final?: number,
): Promise<boolean> {
  try {
    await write()
    return true
  } catch (cause) {
    if (cause instanceof ConflictError) throw cause // Somebody was faster: no fault, and cured by the next run.
    const message = refusal(cause, final)
    const error = new Error(what, { cause })
    if (message === undefined) throw error
    failures.push({ object, message, error })
    return false
  }
}

function kindOfOwned(rules: Rules, object: KubeObject): Kind {
  const found = kindOf(object, ownedKindsOf(rules).all)
  if (!found) throw new Error(`no adapter declares ${object.apiVersion} ${object.kind}`)
  return found
}
