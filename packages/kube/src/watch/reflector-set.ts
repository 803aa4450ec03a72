/**
 * The reflectors of one kind: one for the cluster, or, where that is forbidden, one for each namespace that is served.
 *
 * Hundreds of watches cost more than one and lose more easily, so one is tried first. While it is forbidden, it is tried
 * again every few minutes: an API server that has just started refuses what it will allow in a moment.
 */

import type { KubeObject } from '@exposedapi/objects'
import type { Store } from '../cache/store.ts'
import type { ApiError } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { MergedUse } from '../objects/merged-use.ts'
import { collectionPath, type ResourceRef } from '../objects/paths.ts'
import type { Clock, Timer } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorHealth } from './reflector-options.ts'
import type { WatchedNamespaces } from './watched-namespaces.ts'

/** What the sets of all kinds share. */
export interface ReflectorSetContext {
  readonly client: RestClient
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** Undefined: all namespaces are served. */
  readonly namespaces: WatchedNamespaces | undefined
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
}

const PROBE_MS = 300_000

/** Reflectors by namespace; the empty name stands for the whole cluster. */
export class ReflectorSet {
  readonly #options: ReflectorSetOptions
  readonly #members = new Map<string, Reflector>()
  /** Namespaces whose missing rule has been logged, until it is granted. */
  readonly #logged = new Set<string>()
  readonly #stop = new AbortController()
  #isNamespaced = false
  #hasSynced = false
  #probe: Timer | undefined

  constructor(options: ReflectorSetOptions) {
    this.#options = options
  }

  start(): void {
    this.#add('')
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#probe?.cancel()
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

  /** Why the start must wait, or undefined. What is forbidden and not needed holds up nothing. */
  get waiting(): string | undefined {
    if (this.#isNamespaced && this.#options.context.namespaces?.waiting) return this.#options.context.namespaces.waiting
    for (const [namespace, reflector] of this.#members) {
      const { synced, lastError, lastErrorCode } = reflector.health()
      if (synced || (lastErrorCode === 403 && !this.#isNeeded(namespace))) continue
      if (lastErrorCode === 403) return `no permission to ${this.#rule(namespace)}`
      return lastError ?? 'not yet listed'
    }
    return undefined
  }

  /** The rules that are missing. */
  get forbidden(): readonly string[] {
    const missing = [...this.#members].filter(([, reflector]) => reflector.health().lastErrorCode === 403)
    const rules = missing.map(([namespace]) => this.#rule(namespace))
    return this.#isNamespaced && this.#options.use.everywhere ? [this.#rule(''), ...rules] : rules
  }

  /** Whether a 403 holds up the start. Not in namespaces that are only read, nor for kinds that are optional or only read everywhere. */
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
    const { context, name, apiVersion, use, ref, store, reread, onProgress, onMissing } = this.#options
    const { client, clock, log, telemetry } = context
    let first = reread
    const reflector = new Reflector({
      client,
      clock,
      log,
      telemetry,
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
        this.#logged.delete(namespace)
        if (namespace === '') this.#hasSynced = true
        onProgress()
      },
      onMissing,
      onFailure: (error) => this.#failed(namespace, error),
    })
    this.#members.set(namespace, reflector)
    reflector.start()
  }

  #failed(namespace: string, error: ApiError): void {
    if (error.code !== 403 || this.#stop.signal.aborted) return
    const { context, namespaced, onProgress } = this.#options
    // A cache that was complete is better than several that are not yet.
    if (namespace === '' && namespaced && context.namespaces && !this.#hasSynced) this.#splitUp()
    else this.#logMissingRule(namespace, error)
    onProgress()
  }

  #logMissingRule(namespace: string, { message }: ApiError): void {
    const { log } = this.#options.context
    if (this.#logged.has(namespace)) return
    this.#logged.add(namespace)
    const missing = this.#rule(namespace)
    const isNeeded = this.#isNeeded(namespace)
    const isCached = this.#members.get(namespace)?.health().synced
    const effect = isCached ? ': the cache stays as it is' : isNeeded ? '' : ': working as if there were none'
    log[isNeeded ? 'error' : 'warn']({ missing, err: message }, `no permission to ${missing}${effect}`)
  }

  #splitUp(): void {
    const { context, store } = this.#options
    this.#isNamespaced = true
    this.#remove('')
    store.partition(true)
    context.namespaces?.follow(this.#follow)
    this.#follow()
    context.log.warn(
      { missing: this.#rule(''), namespaces: [...this.#members.keys()] },
      `no permission to ${this.#rule('')}: watching namespaces one by one`,
    )
    this.#plan()
  }

  readonly #follow = () => {
    const { context, use, store } = this.#options
    const wanted = context.namespaces?.toWatch(use.everywhere) ?? new Set()
    for (const namespace of [...this.#members.keys()]) {
      if (wanted.has(namespace)) continue
      this.#remove(namespace)
      store.drop(namespace)
    }
    for (const namespace of wanted) if (!this.#members.has(namespace)) this.#add(namespace)
  }

  #remove(namespace: string): void {
    void this.#members.get(namespace)?.stop()
    this.#members.delete(namespace)
  }

  #plan(): void {
    const { clock } = this.#options.context
    this.#probe = clock.setTimeout(
      () => void this.#tryAll().catch(() => this.#plan()),
      PROBE_MS * (1 + 0.2 * clock.random()),
    )
  }

  /** Rejects while the cluster as a whole is still forbidden. */
  async #tryAll(): Promise<void> {
    const { context, ref, store } = this.#options
    await context.client.request({
      path: collectionPath(ref),
      query: { limit: 1 },
      retry: false,
      signal: this.#stop.signal,
    })
    if (this.#stop.signal.aborted) return
    context.log.info({ resource: this.#options.name }, `may now ${this.#rule('')}: watching them at once`)
    this.#isNamespaced = false
    context.namespaces?.unfollow(this.#follow)
    for (const namespace of [...this.#members.keys()]) this.#remove(namespace)
    store.partition(false)
    this.#add('')
  }
}
