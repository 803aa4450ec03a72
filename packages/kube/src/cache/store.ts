/**
 * The objects of one kind, projected and indexed, with our own writes on top.
 *
 * The store is complete up to `#seen`, the resourceVersion of the last event, bookmark or list; where namespaces are
 * watched one by one, each has its own. Answers to our own writes run ahead of it. All rules follow from this: an answer
 * that is not newer than `#seen` is no news (if the object is absent, it has been deleted since); a list older than an
 * object that ran ahead cannot disprove it; an object whose deletion was acknowledged stays gone until the watch has
 * passed that point. Identity is the uid.
 */

import type { KubeObject } from '@exposedapi/objects'
import { NO_OWNERSHIP, type Ownership } from '../managed-fields/field-ownership.ts'
import type { UpdateEntry } from '../managed-fields/take-over.ts'
import { compareVersions, isNewer } from '../objects/resource-version.ts'
import {
  type CachedObject,
  type CachedObjectOptions,
  type IndexValue,
  isAmong,
  keyOf,
  looksAlike,
  readObject,
  runsAhead,
  uidOf,
  versionOf,
} from './cached-object.ts'
import { DeletedObjects } from './deleted-objects.ts'
import { SeenVersions } from './seen-versions.ts'
import { type StoreChange, storeChange } from './store-change.ts'
import { compareNames, ValueIndex } from './value-index.ts'

/** What a store is made of. */
export interface StoreOptions<T extends KubeObject> extends CachedObjectOptions<T> {
  /** Objects of other namespaces are ignored. Default all are kept. */
  readonly namespaces?: ((namespace: string) => boolean) | undefined
  /** Called with every change, in order. Must not throw. */
  readonly emit: (change: StoreChange) => void
}

/** A list being read. Nothing changes before `commit`; without it the list leaves no trace. */
export interface ListTransaction {
  add(raw: KubeObject): void
  commit(resourceVersion: string): void
}

/** Cache of one kind. */
export class Store<T extends KubeObject> {
  readonly #options: StoreOptions<T>
  readonly #objects = new Map<string, CachedObject<T>>()
  readonly #indexes = new Map<string, ValueIndex<T>>()
  readonly #deleted = new DeletedObjects()
  readonly #seen = new SeenVersions()

  constructor(options: StoreOptions<T>) {
    this.#options = options
    for (const index of options.indexes) this.#indexes.set(index.name, new ValueIndex())
  }

  /** Number of objects. */
  get size(): number {
    return this.#objects.size
  }

  /** Number of deleted objects that the watch has not yet passed; for tests of leaks. */
  get tombstones(): number {
    return this.#deleted.size
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`)?.object
  }

  /** In order of namespace and name. */
  by(index: string, value: string): readonly T[] {
    return this.#indexes.get(index)?.by(value) ?? []
  }

  /** All objects, in no order. */
  *all(): Iterable<T> {
    for (const { object } of this.#objects.values()) yield object
  }

  /** What the kept managers have applied to the object. */
  ownership(namespace: string, name: string): Ownership {
    return this.#objects.get(`${namespace}/${name}`)?.ownership ?? NO_OWNERSHIP
  }

  /** The entry of the object's managedFields that is not yet one of our applies. */
  updateEntry(namespace: string, name: string): UpdateEntry | undefined {
    return this.#objects.get(`${namespace}/${name}`)?.updateEntry
  }

  /** Whether our own write of that very version has not been shown by the watch yet. */
  isAhead(namespace: string, name: string, uid: string): boolean {
    const cached = this.#objects.get(`${namespace}/${name}`)
    return this.#deleted.has(uid) || (cached?.uid === uid && cached.ahead)
  }

  /** The API server still knows an object whose deletion it had acknowledged. */
  unbury(uid: string): void {
    this.#deleted.forget(uid)
  }

  /** What the cache is complete up to at the place of the object. */
  seenAt(namespace: string): string {
    return this.#seen.at(namespace)
  }

  /** From now on each namespace is listed and watched by itself, or all are together again. What is cached stays. */
  partition(on: boolean): void {
    this.#seen.partition(on)
  }

  /** A namespace is no longer watched: everything in it goes. */
  drop(namespace: string): void {
    this.#seen.forget(namespace)
    this.#deleted.forgetPart(namespace)
    for (const [key, cached] of [...this.#objects]) {
      if (cached.object.metadata.namespace === namespace) this.#delete(key, cached)
    }
  }

  /**
   * Begins a full list, of one namespace if it is named. `reread` replaces objects of equal version too: another API
   * version looks different.
   */
  beginList(reread = false, namespace = ''): ListTransaction {
    const listed = new Map<string, CachedObject<T>>()
    return {
      add: (raw) => {
        const key = keyOf(raw)
        const before = this.#objects.get(key)
        const known = before && before.uid === uidOf(raw) && before.version === versionOf(raw) && !reread
        const cached = known
          ? { ...before, ahead: false }
          : this.#accepts(raw) && readObject(raw, false, before, this.#options)
        if (cached) listed.set(key, cached)
      },
      commit: (resourceVersion) => this.#replace(listed, resourceVersion, namespace),
    }
  }

  /** An `ADDED` or `MODIFIED` frame. */
  put(raw: KubeObject): void {
    const version = versionOf(raw)
    const old = this.#objects.get(keyOf(raw))
    const isReplay = !old && compareVersions(version, this.#seen.at(raw.metadata.namespace)) <= 0
    this.#seen.advance(version, raw.metadata.namespace)
    if (isReplay) return
    if (this.#deleted.has(uidOf(raw))) {
      this.#supersede(raw)
      return
    }
    if (!old || isNewer(version, old.version)) this.#set(raw, false)
    else if (old.ahead && old.uid === uidOf(raw) && old.version === version) {
      this.#objects.set(keyOf(raw), { ...old, ahead: false })
    }
  }

  /** A `DELETED` frame. */
  remove(raw: KubeObject): void {
    this.#seen.advance(versionOf(raw), raw.metadata.namespace)
    this.#deleted.forget(uidOf(raw))
    const old = this.#objects.get(keyOf(raw))
    if (old && (old.uid === uidOf(raw) || isNewer(versionOf(raw), old.version))) this.#delete(keyOf(raw), old)
  }

  /** A `BOOKMARK` frame. */
  bookmark(resourceVersion: string, namespace = ''): void {
    this.#seen.advance(resourceVersion, namespace)
  }

  /**
   * The answer to a write or read of ours. Returns what is cached under that name now.
   *
   * @param seen what `seenAt` said before a read was sent. If nothing has arrived since, the read knows better: it shows
   *   an object that the cache takes for deleted.
   */
  answered(raw: KubeObject, seen?: string): T | undefined {
    const version = versionOf(raw)
    const old = this.#objects.get(keyOf(raw))
    const newer = old ? isNewer(version, old.version) : true
    const isFresh = !old && seen !== undefined && seen === this.#seen.at(raw.metadata.namespace)
    const isKnown = old?.uid === uidOf(raw) || isFresh
    if (newer && !this.#deleted.has(uidOf(raw)) && (isKnown || isNewer(version, this.#seen.at(raw.metadata.namespace))))
      this.#set(raw, true)
    return this.#objects.get(keyOf(raw))?.object
  }

  /** The API server has acknowledged that this object is gone. */
  deleted(object: KubeObject): void {
    const uid = uidOf(object)
    const old = this.#objects.get(keyOf(object))
    const cached = old?.uid === uid ? old : undefined
    // Not cached, though the store is complete beyond the object's version: the watch has already passed its deletion.
    if (!cached && !isNewer(versionOf(object), this.#seen.at(object.metadata.namespace))) return
    if (cached) this.#bury(keyOf(object), cached)
    else {
      this.#deleted.add(uid, versionOf(object), this.#seen.partOf(object.metadata.namespace))
      this.#supersede(object)
    }
  }

  /** The kind is no longer served: everything goes. */
  clear(): void {
    for (const [key, cached] of [...this.#objects]) this.#delete(key, cached)
    this.#deleted.clear()
    this.#seen.clear()
  }

  /** Removes an older object of that name: that another one has had the name since proves that it is gone. */
  #supersede(object: KubeObject): void {
    const old = this.#objects.get(keyOf(object))
    if (old && old.uid !== uidOf(object) && isNewer(versionOf(object), old.version)) this.#bury(keyOf(object), old)
  }

  /** Removes an object before the watch does: what the watch still has to say about it comes too late. */
  #bury(key: string, cached: CachedObject<T>): void {
    this.#deleted.add(cached.uid, cached.version, this.#seen.partOf(cached.object.metadata.namespace))
    this.#delete(key, cached)
  }

  #replace(list: ReadonlyMap<string, CachedObject<T>>, resourceVersion: string, namespace: string): void {
    this.#seen.reset(resourceVersion, namespace)
    for (const [key, cached] of [...this.#objects]) {
      if (namespace !== '' && cached.object.metadata.namespace !== namespace) continue
      if (!list.has(key) && !runsAhead(cached, resourceVersion)) this.#delete(key, cached)
    }
    for (const [key, now] of [...list].sort(([, a], [, b]) => compareNames(a.object, b.object))) {
      const old = this.#objects.get(key)
      if (old && runsAhead(old, resourceVersion)) continue
      if (this.#deleted.has(now.uid)) {
        // It is deleted already, and so is the object that had its name before.
        if (old) this.#delete(key, old)
      } else if (old?.object === now.object) this.#objects.set(key, now)
      else this.#exchange(key, old, now)
    }
    const listed = new Set([...list.values()].map(({ uid }) => uid))
    this.#deleted.passedBy(listed, resourceVersion, namespace)
  }

  #set(raw: KubeObject, ahead: boolean): void {
    const key = keyOf(raw)
    const old = this.#objects.get(key)
    const now = this.#accepts(raw) ? readObject(raw, ahead, old, this.#options) : undefined
    if (now) this.#exchange(key, old, now)
  }

  /** Another uid is another object: the old one goes before the new one comes. */
  #exchange(key: string, old: CachedObject<T> | undefined, now: CachedObject<T>): void {
    if (old && old.uid !== now.uid) {
      if (now.ahead) this.#bury(key, old)
      else this.#delete(key, old)
    }
    const before = old?.uid === now.uid ? old : undefined
    this.#objects.set(key, now)
    // Where the values stay, the new object takes the place of the old one.
    for (const pair of before?.values ?? []) if (!isAmong(now.values, pair)) this.#unindex(pair, now.object)
    for (const { index, value } of now.values) this.#indexes.get(index)?.add(value, now.object)
    // Most changes of foreign objects touch nothing that anybody reads: they must not wake anybody.
    if (!before || !looksAlike(before, now)) this.#emit(before, now)
  }

  #delete(key: string, cached: CachedObject<T>): void {
    this.#objects.delete(key)
    for (const pair of cached.values) this.#unindex(pair, cached.object)
    this.#emit(cached, undefined)
  }

  /** Finds the object by its name. */
  #unindex({ index, value }: IndexValue, object: T): void {
    this.#indexes.get(index)?.delete(value, object)
  }

  #emit(old: CachedObject<T> | undefined, now: CachedObject<T> | undefined): void {
    const change = storeChange(this.#options.kind, old, now)
    if (change) this.#options.emit(change)
  }

  #accepts(raw: KubeObject): boolean {
    const namespace = raw.metadata.namespace
    return !namespace || !this.#options.namespaces || this.#options.namespaces(namespace)
  }
}
