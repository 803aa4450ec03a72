/**
 * A view of objects in memory: for `exposedapi render`, which has no cluster, and for tests.
 *
 * Reads are remembered under the same keys as in a cluster, so tests can ask what a decision depends on.
 */
import type { Index, Kind, KubeObject, View } from '@exposedapi/objects'

/** An in-memory {@link View}. Objects are projected when they are added, as in a cluster. */
export class MemoryView implements View {
  /** By resource, as in a cluster: several Kinds may describe one, each for its own reader. */
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #absent = new Set<string>()
  /** By resource, the namespaces in which it may not be read; the empty name stands for all. */
  readonly #forbidden = new Map<string, ReadonlySet<string>>()
  /** What has been read since the last {@link MemoryView.forget}: `get …`, `exists …`, `by …`, `serves …`, `readable …`. */
  readonly reads = new Set<string>()

  /** Adds or replaces objects as they come from the API server. */
  add(kind: Kind, ...objects: readonly KubeObject[]): this {
    const all = this.#of(kind)
    for (const object of objects) {
      all.set(key(object.metadata.namespace, object.metadata.name), kind.project(object))
    }
    return this
  }

  /** Removes an object; nothing happens if it is not there. */
  remove(kind: Kind, namespace: string, name: string): this {
    this.#of(kind).delete(key(namespace, name))
    return this
  }

  /** Takes a kind out of what the cluster serves, or, with `false`, puts it back. */
  unserve(kind: Kind, absent = true): this {
    if (absent) this.#absent.add(served(kind))
    else this.#absent.delete(served(kind))
    return this
  }

  /** Takes away the right to read a kind, in these namespaces or in all. What was added stays, as in a cache. */
  forbid(kind: Kind, ...namespaces: readonly string[]): this {
    this.#forbidden.set(served(kind), new Set(namespaces.length === 0 ? [''] : namespaces))
    return this
  }

  /** Gives the right to read a kind back. */
  allow(kind: Kind): this {
    this.#forbidden.delete(served(kind))
    return this
  }

  /** Forgets what has been read. */
  forget(): void {
    this.reads.clear()
  }

  /** All objects of a kind, in no order. Not part of a View. */
  all<T extends KubeObject>(kind: Kind<T>): readonly T[] {
    return [...this.#of(kind).values()] as T[]
  }

  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): T | undefined {
    this.reads.add(`get ${kind.plural} ${namespace}/${name}`)
    return this.#of(kind).get(key(namespace, name)) as T | undefined
  }

  exists(kind: Kind, namespace: string, name: string): boolean {
    this.reads.add(`exists ${kind.plural} ${namespace}/${name}`)
    return this.#of(kind).has(key(namespace, name))
  }

  by<T extends KubeObject>(index: Index<T>, value: string): readonly T[] {
    this.reads.add(`by ${index.name} ${value}`)
    return this.all(index.kind)
      .filter((object) => index.values(object).includes(value))
      .sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1))
  }

  serves(kind: Kind): string | undefined {
    this.reads.add(`serves ${kind.plural}`)
    if (this.#absent.has(served(kind))) return undefined
    const [version = 'v1'] = kind.versions
    return kind.group === '' ? version : `${kind.group}/${version}`
  }

  readable(kind: Kind, namespace?: string): boolean {
    this.reads.add(namespace === undefined ? `readable ${kind.plural}` : `readable ${kind.plural} ${namespace}`)
    const forbidden = this.#forbidden.get(served(kind))
    if (!forbidden || this.#absent.has(served(kind))) return true
    return namespace !== undefined && !forbidden.has('') && !forbidden.has(namespace)
  }

  #of(kind: Kind): Map<string, KubeObject> {
    const all = this.#objects.get(served(kind)) ?? new Map<string, KubeObject>()
    this.#objects.set(served(kind), all)
    return all
  }
}

function key(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}

function nameKey(object: KubeObject): string {
  return key(object.metadata.namespace, object.metadata.name)
}

function served(kind: Kind): string {
  return `${kind.group}/${kind.plural}`
}
