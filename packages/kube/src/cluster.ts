/**
 * The cluster as a controller sees it: caches that fill themselves, views that remember who read what, and writes that
 * are in the caches before they return.
 */

import {
  type Change,
  type Index,
  type Kind,
  type KindUse,
  type KubeObject,
  type RenderedObject,
  readableKey,
  resourceName,
  servesKey,
  type View,
} from '@exposedapi/objects'
import type { StoreChange } from './cache/store-change.ts'
import { ReadTracker, trackedView } from './cache/tracked-view.ts'
import type { RestClient } from './client/rest-client.ts'
import { DeclaredKinds } from './kinds/declared-kinds.ts'
import { type ClusterHealth, healthOf } from './kinds/health.ts'
import { KindCache, type KindCacheContext } from './kinds/kind-cache.ts'
import { Rediscovery } from './kinds/rediscovery.ts'
import { SyncGate } from './kinds/sync-gate.ts'
import { CRD_KIND } from './objects/crd-kind.ts'
import { type MergedUse, mergeUses, WATCHED_CRDS, withCrds } from './objects/merged-use.ts'
import { type Clock, systemClock } from './runtime/clock.ts'
import { type Logger, noLog } from './runtime/log.ts'
import { noTelemetry, type Telemetry } from './runtime/telemetry.ts'
import { GrantedRights } from './watch/granted-rights.ts'
import type { NamespaceSet } from './watch/namespace-patterns.ts'
import { WatchedNamespaces } from './watch/watched-namespaces.ts'
import { OwnEchoes } from './write/own-echoes.ts'
import { UnconfirmedWrites } from './write/unconfirmed-writes.ts'
import type { MergePatch } from './write/write-outcome.ts'
import { objectKey } from './write/write-sender.ts'
import { type PatchStatusOptions, Writer } from './write/writer.ts'

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly client: RestClient
  /** Every kind that is read or written. Uses of one Kind are merged. */
  readonly uses: readonly KindUse[]
  readonly indexes: readonly Index[]
  /** Namespaces that uses of scope `apis` see. Default all. Watched one by one where RBAC forbids to watch all at once. */
  readonly namespaces?: NamespaceSet
  /** Name under which we apply. Must never change: it is how we know our own fields. */
  readonly fieldManager: string
  /** Asked just before each write is sent; on false it rejects with an ApiError of the reason `NotLeader`. Default always. */
  readonly mayWrite?: () => boolean
  /** Field managers of programs that made our objects before us: what they wrote besides is removed at the first apply. */
  readonly formerManagers?: readonly string[]
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
}

/** Called with the readers that must decide again; a fresh set for each call. */
export type ChangeListener = (change: Change, readers: ReadonlySet<string>) => void

/** Caches, views and writes of one cluster. */
export class Cluster {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #telemetry: Telemetry
  readonly #kinds = new DeclaredKinds()
  readonly #tracker = new ReadTracker()
  readonly #echoes = new OwnEchoes()
  readonly #listeners: ChangeListener[] = []
  readonly #writer: Writer
  readonly #rediscovery: Rediscovery
  readonly #unconfirmed: UnconfirmedWrites
  readonly #rights = new GrantedRights()
  readonly #namespaces: WatchedNamespaces | undefined
  readonly #base = this.#kinds.view()
  readonly #gate: SyncGate

  /** Throws when two Kind objects describe one resource differently. Opens no connection. */
  constructor(options: ClusterOptions) {
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? noLog
    this.#telemetry = options.telemetry ?? noTelemetry
    this.#gate = new SyncGate(this.#clock, this.#log, () => this.#kinds.missing())
    const uses = withCrds(mergeUses(options.uses))
    this.#namespaces = options.namespaces && this.#watchedNamespaces(options.client, options.namespaces)
    for (const use of uses) this.#addKind(use, options)
    this.#rediscovery = new Rediscovery({
      client: options.client,
      clock: this.#clock,
      log: this.#log,
      caches: this.#kinds.all(),
      crds: this.#kinds.of(CRD_KIND),
      onServed: (cache) => this.#emitServed(cache),
    })
    this.#unconfirmed = new UnconfirmedWrites({
      clock: this.#clock,
      log: this.#log,
      telemetry: this.#telemetry,
      read: ({ use }, namespace, name, uid) =>
        this.#writer.refresh(use.kind, namespace, name, { deleted: uid, timeoutMs: 5000, retry: false }),
    })
    this.#writer = new Writer({
      client: options.client,
      mayWrite: options.mayWrite,
      fieldManager: options.fieldManager,
      telemetry: this.#telemetry,
      echoes: this.#echoes,
      unconfirmed: this.#unconfirmed,
      cacheOf: (kind) => this.#kinds.of(kind),
      cacheOfObject: (object) => this.#kinds.ofObject(object),
      rediscover: () => this.#rediscovery.request(),
      notify: (cache, before, after, reader) => this.#tell(changeOf(cache, before, after), new Set([reader])),
    })
  }

  /**
   * Begins to watch. Resolves when every kind that is not optional, and every optional one that is served, is in the
   * caches. Never rejects: it keeps trying, and logs what it waits for. Call once.
   */
  async start(): Promise<void> {
    this.#rediscovery.request(0)
    await this.#gate.opened()
  }

  /** Ends all watches. Caches can still be read. */
  async stop(): Promise<void> {
    this.#rediscovery.stop()
    this.#gate.open()
    this.#unconfirmed.stop()
    await Promise.all([this.#namespaces, ...this.#kinds.all()].map((watching) => watching?.stop()))
  }

  /** A view that remembers its reads under `reader`, whose earlier reads are forgotten. */
  view(reader: string): View {
    return trackedView(this.#base, this.#tracker, reader)
  }

  /** A view that remembers nothing. */
  untracked(): View {
    return this.#base
  }

  /** Forgets the reads of a reader that will not decide again. */
  forget(reader: string): void {
    this.#tracker.forget(reader)
  }

  /** All cached objects of a kind, in no order. */
  all<T extends KubeObject>(kind: Kind<T>): Iterable<T> {
    return this.#kinds.of(kind).store.all() as Iterable<T>
  }

  /** Adds a listener. What it throws is counted and logged. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Server-side apply (forced) if it would change anything. Rejects with an ApiError.
   *
   * @param writer the reader on whose behalf we write; it is not woken by its own write.
   */
  apply(object: RenderedObject, writer?: string): Promise<'created' | 'updated' | 'unchanged'> {
    return this.#writer.apply(object, writer)
  }

  /** Merge patch of the status. Rejects with a ConflictError when the object has changed (`lock`) or is another one. */
  patchStatus<T extends KubeObject>(
    kind: Kind<T>,
    object: T,
    status: MergePatch,
    options?: PatchStatusOptions,
  ): Promise<T> {
    return this.#writer.patchStatus(kind, object, status, options)
  }

  /**
   * Applies exactly these annotations to somebody else's object, under a field manager of their own; `{}` removes them all.
   * Resolves when the object is gone. Rejects with an ApiError of code 409 when one of them belongs to another manager.
   */
  applyAnnotations(
    kind: Kind,
    object: KubeObject,
    annotations: Readonly<Record<string, string>>,
    manager: string,
  ): Promise<void> {
    return this.#writer.applyAnnotations(kind, object, annotations, manager)
  }

  /** Deletes this very object. Resolves as well when it is gone, or another one has its name. */
  delete(kind: Kind, object: KubeObject): Promise<void> {
    return this.#writer.delete(kind, object)
  }

  /** Reads one object from the API server into the cache. Undefined when it does not exist. */
  refresh<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
    return this.#writer.refresh(kind, namespace, name)
  }

  /** State of every kind, for `/healthz` and `/readyz`. */
  health(): ClusterHealth {
    const kinds = this.#kinds.all().map((cache) => healthOf(cache, this.#clock.now()))
    const forbidden = kinds.flatMap((kind) => kind.forbidden)
    return {
      synced: this.#kinds.missing().length === 0,
      kinds,
      forbidden,
      unserved: this.#namespaces?.forbidden,
    }
  }

  /** Writes the gauges that change by themselves; call it before they are read. */
  sample(): void {
    for (const { resource, lastEventAgeMs } of this.health().kinds) {
      if (lastEventAgeMs !== undefined)
        this.#telemetry.gauge('watch_last_event_age_seconds', { resource }, lastEventAgeMs / 1000)
    }
  }

  #addKind(use: MergedUse, options: ClusterOptions): void {
    const indexes = options.indexes.filter((index) => resourceName(index.kind) === resourceName(use.kind))
    const isCrd = resourceName(use.kind) === resourceName(CRD_KIND)
    const context: KindCacheContext = {
      client: options.client,
      clock: this.#clock,
      log: this.#log,
      telemetry: this.#telemetry,
      fieldManager: options.fieldManager,
      formerManagers: options.formerManagers ?? [],
      namespaces: this.#namespaces,
      rights: this.#rights,
      ...(isCrd && { inspect: (raw: KubeObject) => this.#rediscovery.seen(raw) }),
      emit: (cache, change) => this.#emit(cache, change),
      report: (resource, what, error) => this.#report(resource, what, error),
      onSynced: () => this.#gate.look(),
      onMissing: () => this.#rediscovery.request(),
      onReadable: (cache) => this.#emitReadable(cache),
    }
    this.#kinds.add(new KindCache(use, indexes, context))
  }

  #watchedNamespaces(client: RestClient, set: NamespaceSet): WatchedNamespaces {
    const onProgress = () => this.#gate.look()
    return new WatchedNamespaces({
      set,
      client,
      clock: this.#clock,
      log: this.#log,
      telemetry: this.#telemetry,
      rights: this.#rights,
      onProgress,
    })
  }

  #emit(cache: KindCache, { keys, ...change }: StoreChange): void {
    const subject = change.new ?? change.old
    const readers = this.#tracker.dependents(keys)
    if (subject) this.#echoes.mute(objectKey(cache, subject), readers)
    if (!change.new) this.#writer.forget(change.old?.metadata.uid)
    if (cache.name === resourceName(CRD_KIND) && change.old && !change.new)
      this.#rediscovery.deleted(change.old.metadata.name)
    if (cache.use !== WATCHED_CRDS) this.#tell(change, readers)
  }

  #emitServed(cache: KindCache): void {
    const { kind } = cache.use
    this.#tell({ kind }, this.#tracker.dependents([servesKey(kind)]))
    this.#gate.look()
  }

  #emitReadable(cache: KindCache): void {
    const { kind } = cache.use
    const readers = this.#tracker.dependents([readableKey(kind)])
    if (readers.size > 0) this.#tell({ kind }, readers)
  }

  #tell(change: Change, readers: ReadonlySet<string>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change, readers)
      } catch (error) {
        this.#report(resourceName(change.kind), 'listener', error)
      }
    }
  }

  #report(resource: string, what: string, error: unknown): void {
    this.#telemetry.count('handler_errors_total', { resource, what })
    this.#log.error({ resource, err: error }, `bug in the ${what} for ${resource}`)
  }
}

function changeOf(cache: KindCache, before: KubeObject | undefined, after: KubeObject | undefined): Change {
  return { kind: cache.use.kind, ...(before && { old: before }), ...(after && { new: after }) }
}
