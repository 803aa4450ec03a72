/**
 * The reflectors of one kind: one for the cluster, or, where that is forbidden, one for each namespace that is served.
 *
 * Hundreds of watches cost more than one and lose more easily, so one is tried first. While it is forbidden, it is tried
 * again: soon, since an API server that has just started refuses what it will allow in a moment, and a role may come after
 * the operator; then ever less often.
 */

import type { KubeObject } from '@exposedapi/objects'
import type { Store } from '../cache/store.ts'
import { type ApiError, codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { MergedUse } from '../objects/merged-use.ts'
import { collectionPath, type ResourceRef } from '../objects/paths.ts'
import { Backoff, type BackoffOptions } from '../runtime/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import type { GrantedRights } from './granted-rights.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorHealth } from './reflector-options.ts'
import { RetryPause } from './retry-pause.ts'
import type { WatchedNamespaces } from './watched-namespaces.ts'

/** What the sets of all kinds share. */
export interface ReflectorSetContext {
  readonly client: RestClient
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** Undefined: all namespaces are served. */
  readonly namespaces: WatchedNamespaces | undefined
  readonly rights: GrantedRights
}

/** What a set needs. */
export interface ReflectorSetOptions {
  /** `services`, `endpointslices.discovery.k8s.io`. */
  readonly name: string
  readonly use: MergedUse
  readonly namespaced: boolean
  readonly apiVersion: string
  readonly ref: ResourceRef
  readonly store: Store<KubeObject>
  readonly context: ReflectorSetContext
  /** Objects of equal version are read again: they were cached under another API version. */
  readonly reread: boolean
  /** Called when `waiting` may have changed. */
  readonly onProgress: () => void
  readonly onMissing: () => void
  /** Called when `isReadable` may have changed. */
  readonly onReadable: () => void
}

/** Between two attempts to watch the cluster as a whole. */
const PROBE: BackoffOptions = { initialMs: 1000, maxMs: 300_000, jitter: 0.2 }

/** Reflectors by namespace; the empty name stands for the whole cluster. */
export class ReflectorSet {
  readonly #options: ReflectorSetOptions
  readonly #members = new Map<string, Reflector>()
  /** Where a rule is missing, until it is granted. */
  readonly #forbidden = new Set<string>()
  /** What has been listed once and is still watched. */
  readonly #complete = new Set<string>()
  readonly #backoff: Backoff
  readonly #retry: RetryPause
  readonly #stop = new AbortController()
  #isNamespaced = false
  #hasSynced = false

  constructor(options: ReflectorSetOptions) {
    this.#options = options
    this.#backoff = new Backoff(PROBE, options.context.clock)
    this.#retry = new RetryPause(options.context)
    // What was cached under another API version is still what there was.
    if (options.reread) this.#complete.add('')
  }

  start(): void {
    this.#add('')
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#options.context.namespaces?.unfollow(this.#follow)
    await Promise.all([...this.#members.values()].map((reflector) => reflector.stop()))
  }

  /** All of them as one: as old as the oldest, as synced as the least. */
  health(): ReflectorHealth {
    const all = [...this.#members.values()].map((reflector) => reflector.health())
    const now = this.#options.context.clock.now()
    const failed = all.find(({ lastError }) => lastError !== undefined)
    const worst = all.find(({ state }) => state !== 'watching') ?? all[0]
    return {
      state: worst?.state ?? 'watching',
      synced: all.every(({ synced }) => synced) && !(this.#isNamespaced && this.#options.context.namespaces?.waiting),
      aliveAt: Math.min(now, ...all.map(({ aliveAt }) => aliveAt)),
      heardAt: Math.min(now, ...all.map(({ heardAt }) => heardAt)),
      lastError: failed?.lastError,
      lastErrorCode: failed?.lastErrorCode,
    }
  }

  /** Whether what is cached is all there is: in one namespace, or in all that are watched. */
  isReadable(namespace = ''): boolean {
    if (namespace !== '' || !this.#isNamespaced) return this.#isSeen(namespace)
    const { use, context } = this.#options
    const isAllKnown = !use.everywhere && !context.namespaces?.waiting && context.namespaces?.forbidden === undefined
    return isAllKnown && [...this.#members.keys()].every((member) => this.#isSeen(member))
  }

  #isSeen(namespace: string): boolean {
    const by = this.#members.has('') ? '' : namespace
    if (!this.#members.has(by) || this.#forbidden.has(by)) return false
    return this.#complete.has('') || this.#complete.has(namespace)
  }

  /** Why the kind is not in step, or undefined. What is forbidden and not needed holds up nothing. */
  get waiting(): string | undefined {
    if (this.#isNamespaced && this.#options.context.namespaces?.waiting) return this.#options.context.namespaces.waiting
    for (const [namespace, reflector] of this.#members) {
      const { synced, lastError } = reflector.health()
      const isForbidden = this.#forbidden.has(namespace)
      if (isForbidden && this.#isNeeded(namespace)) return `no permission to ${this.#rule(namespace)}`
      if (!synced && !isForbidden) return lastError ?? 'not yet listed'
    }
    return undefined
  }

  /** The rules that are missing. */
  get forbidden(): readonly string[] {
    const rules = [...this.#forbidden].map((namespace) => this.#rule(namespace))
    return this.#isNamespaced && this.#options.use.everywhere ? [this.#rule(''), ...rules] : rules
  }

  /** Whether a 403 keeps us from our work. Not in namespaces that are only read, nor for kinds that are optional or only read everywhere. */
  #isNeeded(namespace: string): boolean {
    const { use, context } = this.#options
    if (use.optional || !use.apis) return false
    return namespace === '' || (context.namespaces?.serves(namespace) ?? true)
  }

  #rule(namespace: string): string {
    const { name, namespaced } = this.#options
    const where = namespace === '' ? (namespaced ? ' in all namespaces' : '') : ` in namespace ${namespace}`
    return `list and watch ${name}${where}`
  }

  #add(namespace: string): void {
    const { context, name, apiVersion, use, ref, store, reread, onMissing } = this.#options
    const { client, clock, log, telemetry, rights } = context
    let first = reread
    const reflector = new Reflector({
      client,
      clock,
      log,
      telemetry,
      rights,
      resource: name,
      apiVersion,
      kind: use.kind.kind,
      path: collectionPath(ref, namespace),
      sink: {
        beginList: () => store.beginList(first, namespace),
        put: (object) => store.put(object),
        remove: (object) => store.remove(object),
        bookmark: (version) => store.bookmark(version, namespace),
      },
      onSynced: () => {
        first = false
        this.#synced(namespace)
      },
      onMissing,
      onFailure: (error) => this.#failed(namespace, error),
      onAdmitted: () => this.#admitted(namespace),
    })
    this.#members.set(namespace, reflector)
    reflector.start()
  }

  #synced(namespace: string): void {
    this.#complete.add(namespace)
    if (namespace === '') {
      this.#hasSynced = true
      this.#backoff.reset()
    }
    this.#changed()
  }

  #admitted(namespace: string): void {
    if (!this.#forbidden.delete(namespace)) return
    this.#options.context.log.info({ resource: this.#options.name }, `may now ${this.#rule(namespace)}`)
    this.#changed()
  }

  #failed(namespace: string, error: ApiError): void {
    if (error.code !== 403 || this.#forbidden.has(namespace) || this.#stop.signal.aborted) return
    const { context, namespaced } = this.#options
    // A cache that was complete is better than several that are not yet.
    if (namespace === '' && namespaced && context.namespaces && !this.#hasSynced) this.#splitUp()
    else {
      this.#forbidden.add(namespace)
      this.#logMissingRule(namespace, error)
    }
    this.#changed()
  }

  #changed(): void {
    this.#options.onReadable()
    this.#options.onProgress()
  }

  #logMissingRule(namespace: string, { message }: ApiError): void {
    const { log } = this.#options.context
    const missing = this.#rule(namespace)
    const isNeeded = this.#isNeeded(namespace)
    const isCached = this.#members.get(namespace)?.health().synced
    const effect = isCached ? ': the cache stays as it is' : isNeeded ? '' : ': what it would show counts as unknown'
    log[isNeeded ? 'error' : 'warn']({ missing, err: message }, `no permission to ${missing}${effect}`)
  }

  #splitUp(): void {
    const { context, store } = this.#options
    this.#isNamespaced = true
    this.#remove('')
    this.#complete.delete('')
    store.partition(true)
    context.namespaces?.follow(this.#follow)
    this.#follow()
    context.log.warn(
      { missing: this.#rule(''), namespaces: [...this.#members.keys()] },
      `no permission to ${this.#rule('')}: watching namespaces one by one`,
    )
    void this.#probe()
  }

  readonly #follow = () => {
    const { context, use, store } = this.#options
    const wanted = context.namespaces?.toWatch(use.everywhere) ?? new Set()
    for (const namespace of [...this.#members.keys()]) {
      if (wanted.has(namespace)) continue
      this.#remove(namespace)
      this.#complete.delete(namespace)
      store.drop(namespace)
    }
    for (const namespace of wanted) if (!this.#members.has(namespace)) this.#add(namespace)
    this.#options.onReadable()
  }

  #remove(namespace: string): void {
    void this.#members.get(namespace)?.stop()
    this.#members.delete(namespace)
    this.#forbidden.delete(namespace)
  }

  /** Tries again and again to watch the cluster as a whole. */
  async #probe(): Promise<void> {
    const { context } = this.#options
    let failure: Pick<ApiError, 'code'> = { code: 403 }
    while (!this.#stop.signal.aborted) {
      await this.#retry.wait(this.#backoff.next(), failure, this.#stop.signal)
      try {
        await this.#askForAll()
        return this.#joinUp()
      } catch (error) {
        failure = { code: codeOf(error) }
        context.log.debug({ resource: this.#options.name, err: error }, 'still not watching all namespaces at once')
      }
    }
  }

  /** Rejects while the cluster as a whole is still forbidden. */
  async #askForAll(): Promise<void> {
    const { context, ref } = this.#options
    const query = { limit: 1 }
    await context.client.request({ path: collectionPath(ref), query, retry: false, signal: this.#stop.signal })
  }

  #joinUp(): void {
    if (this.#stop.signal.aborted) return
    const { context, name, store } = this.#options
    context.log.info({ resource: name }, `may now ${this.#rule('')}: watching them at once`)
    this.#isNamespaced = false
    context.namespaces?.unfollow(this.#follow)
    for (const namespace of [...this.#members.keys()]) this.#remove(namespace)
    store.partition(false)
    this.#add('')
    context.rights.granted()
  }
}
