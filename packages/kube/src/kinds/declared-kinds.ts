/** The kinds that were declared, each with its cache. */

import { groupOf, type Index, type Kind, type KubeObject, resourceName, type View } from '@exposedapi/objects'
import type { Resource } from './kind-cache.ts'

/** Finds resources by their kinds, and by what objects say of themselves. */
export class DeclaredKinds {
  readonly #byName = new Map<string, Resource>()
  readonly #byKind = new Map<string, Resource>()

  add(resource: Resource): void {
    const { group, kind } = resource.use.kind
    this.#byName.set(resource.name, resource)
    this.#byKind.set(`${group}/${kind}`, resource)
  }

  /** In the order of their declaration. */
  all(): readonly Resource[] {
    return [...this.#byName.values()]
  }

  /** Throws when the kind was not declared. */
  of(kind: Pick<Kind, 'group' | 'plural'>): Resource {
    const resource = this.#byName.get(resourceName(kind))
    if (!resource) throw new Error(`${resourceName(kind)} is not among the declared kinds`)
    return resource
  }

  /** Throws when the object's kind was not declared. */
  ofObject({ apiVersion, kind }: KubeObject): Resource {
    const resource = this.#byKind.get(`${groupOf(apiVersion)}/${kind}`)
    if (!resource) throw new Error(`${apiVersion} ${kind} is not among the declared kinds`)
    return resource
  }

  /** What the start must still wait for. */
  missing(): readonly string[] {
    return this.all().flatMap(({ name, missing }) => (missing === undefined ? [] : [`${name}: ${missing}`]))
  }

  /** What the caches hold, whoever asks. */
  view(): View {
    return {
      get: <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) =>
        this.of(kind).store.get(namespace, name) as T | undefined,
      exists: (kind, namespace, name) => this.of(kind).store.get(namespace, name) !== undefined,
      by: <T extends KubeObject>(index: Index<T>, value: string) =>
        this.of(index.kind).store.by(index.name, value) as readonly T[],
      serves: (kind) => this.of(kind).served?.apiVersion,
    }
  }
}
