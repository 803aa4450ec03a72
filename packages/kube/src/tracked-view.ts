/**
 * Who has read what.
 *
 * Each read of a view is remembered as a key under the name of its reader. A change touches keys, and so names exactly
 * the readers that must decide again; nobody writes watch mappings.
 */
import { type Index, type Kind, type KubeObject, resourceName, type View } from './kind.ts'

/** The key of a read by name. */
export function nameKey(kind: Kind, namespace: string, name: string): string {
  return `${resourceName(kind)}|${namespace}/${name}`
}

/** The key of a read by index value. */
export function indexKey(index: string, value: string): string {
  return `#${index}|${value}`
}

/** The key of a question whether a kind is served. */
export function servesKey(kind: Kind): string {
  return `?${resourceName(kind)}`
}

/** Remembers reads in both directions. */
export class ReadTracker {
  readonly #keysOf = new Map<string, Set<string>>()
  readonly #readersOf = new Map<string, Set<string>>()

  /** Remembers one read. */
  record(reader: string, key: string): void {
    const keys = this.#keysOf.get(reader)
    if (keys?.has(key)) return
    if (keys) keys.add(key)
    else this.#keysOf.set(reader, new Set([key]))
    const readers = this.#readersOf.get(key)
    if (readers) readers.add(reader)
    else this.#readersOf.set(key, new Set([reader]))
  }

  /** Forgets all reads of a reader. */
  forget(reader: string): void {
    const keys = this.#keysOf.get(reader)
    if (!keys) return
    this.#keysOf.delete(reader)
    for (const key of keys) {
      const readers = this.#readersOf.get(key)
      readers?.delete(reader)
      if (readers?.size === 0) this.#readersOf.delete(key)
    }
  }

  /** The readers of any of these keys. A fresh set: the caller may change it. */
  dependents(keys: Iterable<string>): Set<string> {
    const found = new Set<string>()
    for (const key of keys) for (const reader of this.#readersOf.get(key) ?? []) found.add(reader)
    return found
  }

  /** How many distinct keys are remembered; for tests of leaks. */
  get size(): number {
    return this.#readersOf.size
  }
}

/** A view that remembers every read under `reader`, whose former reads are forgotten. */
export function trackedView(base: View, tracker: ReadTracker, reader: string): View {
  tracker.forget(reader)
  return {
    get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) {
      tracker.record(reader, nameKey(kind, namespace, name))
      return base.get(kind, namespace, name)
    },
    by<T extends KubeObject>(index: Index<T>, value: string) {
      tracker.record(reader, indexKey(index.name, value))
      return base.by(index, value)
    },
    serves(kind) {
      tracker.record(reader, servesKey(kind))
      return base.serves(kind)
    },
  }
}
