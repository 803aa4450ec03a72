/** The kinds that were declared, each with its cache. */

import { groupOf, type Index, type Kind, type KubeObject, resourceName, type View } from '@exposedapi/objects'
import type { KindCache } from './kind-cache.ts'

/** Finds the cache of a kind, or of an object by its `apiVersion` and `kind`. */
export class DeclaredKinds {
  readonly #byName = new Map<string, KindCache>()
  readonly #byKind = new Map<string, KindCache>()

  add(cache: KindCache): void {
    const { group, kind } = cache.use.kind
    this.#byName.set(cache.name, cache)
    this.#byKind.set(`${group}/${kind}`, cache)
  }

  /** In the order of their declaration. */
  all(): readonly KindCache[] {
    return [...this.#byName.values()]
  }

  /** Throws when the kind was not declared. */
  of(kind: Pick<Kind, 'group' | 'plural'>): KindCache {
    const cache = this.#byName.get(resourceName(kind))
    if (!cache) throw new Error(`${resourceName(kind)} is not a declared kind: add it to the uses of the cluster`)
    return cache
  }

  /** Throws when the object's kind was not declared. */
  ofObject({ apiVersion, kind }: KubeObject): KindCache {
    const cache = this.#byKind.get(`${groupOf(apiVersion)}/${kind}`)
    if (!cache) throw new Error(`${apiVersion} ${kind} is not a declared kind: add it to the uses of the cluster`)
    return cache
  }

  /** What the start must still wait for. */
  missing(): readonly string[] {
    return this.all().flatMap(({ name, missing }) => (missing === undefined ? [] : [`${name}: ${missing}`]))
  }

  /** What is in the caches; its reads are not remembered. */
  view(): View {
    return {
      get: <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) =>
        this.of(kind).store.get(namespace, name) as T | undefined,
      exists: (kind, namespace, name) => this.of(kind).store.get(namespace, name) !== undefined,
      by: <T extends KubeObject>(index: Index<T>, value: string) =>
        this.of(index.kind).store.by(index.name, value) as readonly T[],
      serves: (kind) => this.of(kind).served?.apiVersion,
      readable: (kind, namespace) => this.of(kind).isReadable(namespace),
    }
  }
}
