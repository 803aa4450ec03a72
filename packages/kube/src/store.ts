/**
 * The objects of one kind, projected and indexed, with our own writes on top.
 *
 * The store is complete up to `#seen`, the resourceVersion of the last event, bookmark or list. Answers of our own
 * writes run ahead of that. From this follow all rules: an answer that is not newer than `#seen` tells nothing new (if
 * the object is absent, it was deleted since); a list older than an entry that ran ahead can not disprove it; an object
 * whose deletion was acknowledged stays gone until the watch has passed that point. Identity is the uid.
 */
import { type Entry, keyOf, looksAlike, runsAhead, uidOf, versionOf } from './entry.ts'
import type { Change, Index, Kind, KubeObject } from './kind.ts'
import { NO_OWNERSHIP, type Ownership, ownershipOf } from './ownership.ts'
import { compareVersions, isNewer } from './resource-version.ts'
import { indexKey, nameKey } from './tracked-view.ts'
import { compareNames, ValueIndex } from './value-index.ts'

/** A change with the keys of the reads that it touches. */
export interface StoreChange extends Change {
  readonly keys: readonly string[]
}

/** What a store is made of. */
export interface StoreOptions<T extends KubeObject> {
  readonly kind: Kind<T>
  readonly indexes: readonly Index<T>[]
  /** Objects of other namespaces are ignored. Default all are kept. */
  readonly namespaces?: ((namespace: string) => boolean) | undefined
  /** Field managers whose applied fields are kept beside the object. Default none. */
  readonly managers?: ((manager: string) => boolean) | undefined
  /** Sees every version of an object before its projection. Must not throw. */
  readonly inspect?: ((raw: KubeObject) => unknown) | undefined
  /** Told of every change, in order. Must not throw. */
  readonly emit: (change: StoreChange) => void
  /** Told of a projection or an index that threw. */
  readonly report: (what: 'projection' | 'index', error: unknown) => void
}

/** A list being read: nothing changes before `commit`. Dropped without a trace otherwise. */
export interface ListTransaction {
  add(raw: KubeObject): void
  commit(resourceVersion: string): void
}

/** Cache of one kind. */
export class Store<T extends KubeObject> {
  readonly #options: StoreOptions<T>
  readonly #entries = new Map<string, Entry<T>>()
  readonly #indexes = new Map<string, ValueIndex<T>>()
  /** uid of a deleted object → its last known version, until the watch has passed its deletion. */
  readonly #tombstones = new Map<string, string>()
  #seen = ''

  constructor(options: StoreOptions<T>) {
    this.#options = options
    for (const index of options.indexes) this.#indexes.set(index.name, new ValueIndex())
  }

  /** Number of objects. */
  get size(): number {
    return this.#entries.size
  }

  /** Number of deleted objects that the watch has not yet passed; for tests of leaks. */
  get tombstones(): number {
    return this.#tombstones.size
  }

  get(namespace: string, name: string): T | undefined {
    return this.#entries.get(`${namespace}/${name}`)?.object
  }

  /** In order of namespace and name. */
  by(index: string, value: string): readonly T[] {
    return this.#indexes.get(index)?.by(value) ?? []
  }

  /** All objects, in no order. */
  *all(): Iterable<T> {
    for (const entry of this.#entries.values()) yield entry.object
  }

  /** What the kept managers have applied to the object. */
  ownership(namespace: string, name: string): Ownership {
    return this.#entries.get(`${namespace}/${name}`)?.ownership ?? NO_OWNERSHIP
  }

  /** Begins a full list. `reread` replaces objects of equal version too: another API version looks different. */
  beginList(reread = false): ListTransaction {
    const entries = new Map<string, Entry<T>>()
    return {
      add: (raw) => {
        const key = keyOf(raw)
        const before = this.#entries.get(key)
        const known = before && before.uid === uidOf(raw) && before.version === versionOf(raw) && !reread
        const entry = known ? { ...before, ahead: false } : this.#accepts(raw) && this.#entry(raw, false, before)
        if (entry) entries.set(key, entry)
      },
      commit: (resourceVersion) => this.#replace(entries, resourceVersion),
    }
  }

  /** An `ADDED` or `MODIFIED` frame. */
  put(raw: KubeObject): void {
    const version = versionOf(raw)
    const old = this.#entries.get(keyOf(raw))
    const isReplay = !old && compareVersions(version, this.#seen) <= 0
    this.#advance(version)
    if (isReplay) return
    if (this.#tombstones.has(uidOf(raw))) {
      this.#supersede(raw)
      return
    }
    if (!old || isNewer(version, old.version)) this.#set(raw, false)
    else if (old.ahead && old.uid === uidOf(raw) && old.version === version) {
      this.#entries.set(keyOf(raw), { ...old, ahead: false })
    }
  }

  /** A `DELETED` frame. */
  remove(raw: KubeObject): void {
    this.#advance(versionOf(raw))
    this.#tombstones.delete(uidOf(raw))
    const old = this.#entries.get(keyOf(raw))
    if (old && (old.uid === uidOf(raw) || isNewer(versionOf(raw), old.version))) this.#delete(keyOf(raw), old)
  }

  /** A `BOOKMARK` frame. */
  bookmark(resourceVersion: string): void {
    this.#advance(resourceVersion)
  }

  /** The answer of a write or read of ours. Returns what the store now holds under that name. */
  answered(raw: KubeObject): T | undefined {
    const version = versionOf(raw)
    const old = this.#entries.get(keyOf(raw))
    const newer = old ? isNewer(version, old.version) : true
    const knownBefore = old?.uid === uidOf(raw)
    if (newer && !this.#tombstones.has(uidOf(raw)) && (knownBefore || isNewer(version, this.#seen)))
      this.#set(raw, true)
    return this.#entries.get(keyOf(raw))?.object
  }

  /** The API server has acknowledged that this object is gone. */
  deleted(object: KubeObject): void {
    const uid = uidOf(object)
    const old = this.#entries.get(keyOf(object))
    const held = old?.uid === uid ? old : undefined
    // Not held, though the store is complete beyond the object's version: the watch has already passed its deletion.
    if (!held && !isNewer(versionOf(object), this.#seen)) return
    if (held) this.#bury(keyOf(object), held)
    else {
      this.#tombstones.set(uid, versionOf(object))
      this.#supersede(object)
    }
  }

  /** The kind is no longer served: everything goes. */
  clear(): void {
    for (const [key, entry] of [...this.#entries]) this.#delete(key, entry)
    this.#tombstones.clear()
    this.#seen = ''
  }

  #advance(version: string): void {
    if (isNewer(version, this.#seen)) this.#seen = version
  }

  /** Removes an older object of that name: this one, though gone as well, proves that it is no more. */
  #supersede(object: KubeObject): void {
    const old = this.#entries.get(keyOf(object))
    if (old && old.uid !== uidOf(object) && isNewer(versionOf(object), old.version)) this.#bury(keyOf(object), old)
  }

  /** Removes an entry before the watch does: what the watch still has to say about it comes too late. */
  #bury(key: string, entry: Entry<T>): void {
    this.#tombstones.set(entry.uid, entry.version)
    this.#delete(key, entry)
  }

  #replace(list: ReadonlyMap<string, Entry<T>>, resourceVersion: string): void {
    // A list is the truth even when its version is lower than all we saw: etcd may have been restored from a backup.
    this.#seen = resourceVersion
    for (const [key, entry] of [...this.#entries]) {
      if (!list.has(key) && !runsAhead(entry, resourceVersion)) this.#delete(key, entry)
    }
    for (const [key, entry] of [...list].sort(([, a], [, b]) => compareNames(a.object, b.object))) {
      const old = this.#entries.get(key)
      if (old && runsAhead(old, resourceVersion)) continue
      if (this.#tombstones.has(entry.uid)) {
        // Gone already; so much the more is the object that had the name before it.
        if (old) this.#delete(key, old)
      } else if (old?.object === entry.object) this.#entries.set(key, entry)
      else this.#exchange(key, old, entry)
    }
    const listed = new Set([...list.values()].map((entry) => entry.uid))
    for (const [uid, version] of this.#tombstones) {
      if (!listed.has(uid) && !isNewer(version, resourceVersion)) this.#tombstones.delete(uid)
    }
  }

  #set(raw: KubeObject, ahead: boolean): void {
    const key = keyOf(raw)
    const old = this.#entries.get(key)
    const entry = this.#accepts(raw) ? this.#entry(raw, ahead, old) : undefined
    if (entry) this.#exchange(key, old, entry)
  }

  /** Another uid is another object: the old one goes before the new one comes. */
  #exchange(key: string, old: Entry<T> | undefined, entry: Entry<T>): void {
    if (old && old.uid !== entry.uid) {
      if (entry.ahead) this.#bury(key, old)
      else this.#delete(key, old)
    }
    const before = old?.uid === entry.uid ? old : undefined
    this.#entries.set(key, entry)
    if (before) this.#unindex(before)
    for (const [index, value] of entry.values) this.#indexes.get(index)?.add(value, entry.object)
    // Most changes of foreign objects touch nothing that anybody reads: they must not wake anybody.
    if (!before || !looksAlike(before, entry)) this.#emit(before, entry)
  }

  #delete(key: string, entry: Entry<T>): void {
    this.#entries.delete(key)
    this.#unindex(entry)
    this.#emit(entry, undefined)
  }

  #unindex(entry: Entry<T>): void {
    for (const [index, value] of entry.values) this.#indexes.get(index)?.delete(value, entry.object)
  }

  #emit(old: Entry<T> | undefined, now: Entry<T> | undefined): void {
    const { kind } = this.#options
    const subject = (now ?? old)?.object.metadata
    if (!subject) return
    const keys = new Set([nameKey(kind, subject.namespace ?? '', subject.name)])
    for (const [index, value] of [...(old?.values ?? []), ...(now?.values ?? [])]) keys.add(indexKey(index, value))
    this.#options.emit({ kind, ...(old && { old: old.object }), ...(now && { new: now.object }), keys: [...keys] })
  }

  #accepts(raw: KubeObject): boolean {
    const namespace = raw.metadata.namespace
    return !namespace || !this.#options.namespaces || this.#options.namespaces(namespace)
  }

  /** Undefined when the projection threw and there is no older version of the object to fall back on. */
  #entry(raw: KubeObject, ahead: boolean, before: Entry<T> | undefined): Entry<T> | undefined {
    const { kind, managers, report, inspect } = this.#options
    inspect?.(raw)
    const uid = uidOf(raw)
    const version = versionOf(raw)
    const ownership = managers ? ownershipOf(raw, managers) : NO_OWNERSHIP
    try {
      const object = kind.project(raw)
      return { object, uid, version, ownership, values: this.#values(object), ahead }
    } catch (error) {
      report('projection', error)
      return before?.uid === uid ? { ...before, version, ahead } : undefined
    }
  }

  #values(object: T): readonly (readonly [string, string])[] {
    const pairs: [string, string][] = []
    for (const index of this.#options.indexes) {
      try {
        for (const value of new Set(index.values(object))) pairs.push([index.name, value])
      } catch (error) {
        this.#options.report('index', error)
      }
    }
    return pairs
  }
}
