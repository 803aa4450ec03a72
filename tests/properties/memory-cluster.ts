/** A cluster without a network: the real caches of the engine, filled by hand. */
import type { Index, Kind, KindUse, KubeObject, View } from '@exposedapi/core'
import { ReadTracker, Store, trackedView } from '@exposedapi/kube/cache'

/** Objects, views that remember who has read what, and who must decide again. */
export class MemoryCluster {
  readonly #stores = new Map<string, Store<KubeObject>>()
  readonly #tracker = new ReadTracker()
  #version = 0
  /** Readers of what has changed. */
  readonly dirty = new Set<string>()
  /** Reads that nobody remembers. */
  readonly view: View = {
    get: <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) =>
      this.#store(kind).get(namespace, name) as T | undefined,
    exists: (kind, namespace, name) => this.#store(kind).get(namespace, name) !== undefined,
    by: <T extends KubeObject>(index: Index<T>, value: string) =>
      this.#store(index.kind).by(index.name, value) as readonly T[],
    serves: ({ group, versions: [version = 'v1'] }) => (group === '' ? version : `${group}/${version}`),
    readable: () => true,
  }

  constructor({ uses, indexes }: { readonly uses: readonly KindUse[]; readonly indexes: readonly Index[] }) {
    for (const { kind } of uses) {
      if (this.#stores.has(idOf(kind))) continue
      const own = indexes.filter((index) => idOf(index.kind) === idOf(kind))
      this.#stores.set(
        idOf(kind),
        new Store({
          kind,
          indexes: own,
          emit: ({ keys }) => {
            for (const reader of this.#tracker.dependents(keys)) this.dirty.add(reader)
          },
          report: (what, error) => {
            throw new Error(`a ${what} threw`, { cause: error })
          },
        }),
      )
    }
  }

  /** The view of one reader, whose former reads no longer count. */
  trackedView(reader: string): View {
    return trackedView(this.view, this.#tracker, reader)
  }

  /** Creates or changes an object. */
  put(kind: Kind, object: KubeObject): void {
    this.#store(kind).put(this.#newer(object))
  }

  /** Deletes an object; nothing happens if it is not there. */
  take(kind: Kind, namespace: string, name: string): void {
    const object = this.#store(kind).get(namespace, name)
    if (object) this.#store(kind).remove(this.#newer(object))
  }

  #newer(object: KubeObject): KubeObject {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } }
  }

  #store(kind: Pick<Kind, 'group' | 'plural'>): Store<KubeObject> {
    const store = this.#stores.get(idOf(kind))
    if (!store) throw new Error(`${kind.plural} is not declared`)
    return store
  }
}

function idOf({ group, plural }: Pick<Kind, 'group' | 'plural'>): string {
  return `${plural}.${group}`
}
