/**
 * Makes the cluster match one ExposedAPI.
 *
 * Plan, write the objects, conclude from the view that now contains them, write the status once. The status comes last
 * because it carries facts that exist only after a write (the route's uid). Where more than our own objects has changed since, or
 * something was refused, there is another plan first.
 */
import {
  type AppliedAnnotations,
  EXPOSED_API,
  type ExposedApi,
  fieldManagerOf,
  type Kind,
  type KubeObject,
  nameOf,
  type Rendered,
  sameJson,
  type View,
} from '@exposedapi/core'
import {
  type Conclusion,
  conclude,
  type ExposedApiStatus,
  type GraceState,
  isDispensable,
  isReady,
  kindOf,
  ownedKindsOf,
  type Plan,
  plan,
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
      this.#log.info({ key }, 'the namespace is being deleted: nothing left to do')
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
    const first = this.#plan(key, api, failures)
    const stands = await this.#write(key, first, failures)
    const isRight = stands && failures.length === 0 && this.#api(key) === api
    const last = isRight ? first : await this.#planAgain(key, api, failures)
    // What was refused may have been a protection: then the second plan closes the route.
    if (last && failures.length > 0) await this.#write(key, last, failures)
    return this.#conclude(key, last, failures)
  }

  /** Removes annotations of APIs that were deleted while no operator ran. */
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

  #plan(key: string, api: ExposedApi, failures: readonly WriteFailure[]): Planned {
    const { uid = '' } = api.metadata
    if (this.#remembered.get(key)?.uid !== uid) this.#remembered.set(key, { uid, grace: {} })
    const view = this.#cluster.view(key)
    // Read through this view as well, so that a change of the API itself queues it again.
    view.get(EXPOSED_API, api.metadata.namespace, api.metadata.name)
    return { plan: plan(api, view, this.#rules, failures), view }
  }

  /** Undefined if the API has gone meanwhile. A cache that says so is not believed before a status is dropped. */
  async #planAgain(key: string, before: ExposedApi, failures: readonly WriteFailure[]): Promise<Planned | undefined> {
    const { namespace, name } = before.metadata
    const api = this.#api(key) ?? (await this.#cluster.refresh(EXPOSED_API, namespace, name))
    return api && this.#plan(key, api, failures)
  }

  /**
   * In the order of the plan: what is rendered, then what goes, then annotations of others. Returns whether the plan still stands:
   * our own objects were foreseen, but those of others may look otherwise now.
   */
  async #write(key: string, { plan: planned, view }: Planned, failures: RefusedWrite[]): Promise<boolean> {
    for (const rendered of planned.writes) {
      const isWritten = await this.#apply(key, rendered, failures)
      // Later objects may rely on earlier ones: write order is part of the plan.
      if (!isWritten && !isDispensable(rendered, this.#rules.settings)) return true
      if (isWritten && !isReady(rendered, view, this.#rules)) return true
    }
    // What would go may be what still protects.
    if (failures.length > 0) return true
    for (const object of planned.obsolete) {
      this.#log.info({ key, object: `${object.kind} ${nameOf(object)}` }, 'deleting an object that is no longer wanted')
      await this.#cluster.delete(kindOfOwned(this.#rules, object), object)
    }
    const { uid = '' } = planned.api.metadata
    for (const entry of planned.annotate) {
      const { object } = entry
      const annotate = () => this.#annotate(entry, uid)
      await attempt(`could not annotate ${object.kind} ${nameOf(object)}`, object, annotate, failures, CONFLICT)
    }
    return planned.obsolete.length + planned.annotate.length === 0
  }

  /** Whether it is written. What was refused in this run is not sent again as it was. */
  async #apply(key: string, { object }: Rendered, failures: RefusedWrite[]): Promise<boolean> {
    if (failures.some((failure) => sameJson(failure.object, object))) return false
    const apply = async () => void (await this.#cluster.apply(object, key))
    return attempt(`could not apply ${object.kind} ${nameOf(object)}`, object, apply, failures)
  }

  /** Writes the status, once. Rejects for what must be tried again. */
  async #conclude(key: string, planned: Planned | undefined, failures: readonly RefusedWrite[]): Promise<Next> {
    const conclusion = planned && this.#conclusion(key, planned, failures)
    if (conclusion?.status) await this.#writeStatus(key, conclusion.status)
    if (failures[0]) throw failures[0].error
    if (conclusion?.fault) throw conclusion.fault
    return conclusion?.recheckAfterMs === undefined ? {} : { requeueAfterMs: conclusion.recheckAfterMs }
  }

  #conclusion(key: string, { plan: planned, view }: Planned, failures: readonly WriteFailure[]): Conclusion {
    const remembered = this.#remembered.get(key)
    const { grace = {} } = remembered ?? {}
    const conclusion = conclude(planned, view, this.#rules, { now: this.#clock.now(), grace, failures })
    if (remembered) remembered.grace = conclusion.grace
    return conclusion
  }

  async #writeStatus(key: string, status: ExposedApiStatus): Promise<void> {
    const api = this.#api(key)
    const patch = api && statusPatch(api, status)
    if (!patch) return
    try {
      await this.#cluster.patchStatus(EXPOSED_API, api, patch, { writer: key })
    } catch (cause) {
      if (codeOf(cause) === 404) return // Deleted meanwhile: the watch will say so.
      throw new Error(`could not patch the status of ExposedAPI ${nameOf(api)}`, { cause })
    }
    recordStatus(this.#events, api, status.conditions)
  }

  async #releaseAll(key: string, uid: string): Promise<void> {
    for (const entry of release(uid, this.#cluster.untracked(), this.#rules)) await this.#annotate(entry, uid)
    this.#remembered.delete(key)
  }

  #annotate({ kind, object, annotations }: AppliedAnnotations, uid: string): Promise<void> {
    return this.#cluster.applyAnnotations(kind, object, annotations, fieldManagerOf(uid))
  }
}

/** A plan, and the view that it was made on: what is concluded from it later counts as read by it, too. */
interface Planned {
  readonly plan: Plan
  readonly view: View
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
  failed: string,
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
    const error = new Error(failed, { cause })
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
