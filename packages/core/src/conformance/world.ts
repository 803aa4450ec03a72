/** A cluster that can be built again with one thing changed, and that stores what is written as an API server would. */
import { type Kind, type KindUse, type KubeObject, type ObjectMeta, resourceName, sameJson } from '@exposedapi/objects'
import { MemoryView } from '../cluster/memory-view.ts'
import { kindOf } from '../decide/rules/children.ts'

/** An object as the API server keeps it. */
export interface StoredObject extends KubeObject {
  /** `generation` goes up with each change of anything but metadata and status. */
  readonly metadata: ObjectMeta & { readonly uid: string; readonly generation: number }
  readonly [field: string]: unknown
}

/** What a product makes of an object once it is stored: in most cases another `status`. */
export type Product = (object: StoredObject) => KubeObject

/** How a rebuilt world differs. */
export interface Difference {
  readonly reversed?: boolean
  readonly unserved?: readonly Kind[]
  readonly without?: readonly Kind[]
  /** Only what this holds of. */
  readonly keep?: (kind: Kind, object: KubeObject) => boolean
  /** Serve the last of the versions that a kind names instead of the first. */
  readonly lastVersions?: boolean
  readonly map?: (kind: Kind, object: KubeObject) => KubeObject
}

/** A MemoryView that remembers how it was made. */
export class World extends MemoryView {
  /** As they came, before they are projected. */
  readonly #raw = new Map<string, readonly [Kind, KubeObject]>()
  readonly #unserved = new Set<Kind>()
  readonly #forbidden = new Map<Kind, readonly string[]>()
  #lastVersions = false

  /** The world that `make` builds. */
  static of(make: (view: MemoryView) => void): World {
    const world = new World()
    make(world)
    return world
  }

  override add(kind: Kind, ...objects: readonly KubeObject[]): this {
    for (const object of objects) this.#raw.set(keyOf(kind, object.metadata), [kind, object])
    return super.add(kind, ...objects)
  }

  override remove(kind: Kind, namespace: string, name: string): this {
    this.#raw.delete(keyOf(kind, { namespace, name }))
    return super.remove(kind, namespace, name)
  }

  override unserve(kind: Kind, absent = true): this {
    if (absent) this.#unserved.add(kind)
    else this.#unserved.delete(kind)
    return super.unserve(kind, absent)
  }

  override forbid(kind: Kind, ...namespaces: readonly string[]): this {
    this.#forbidden.set(kind, namespaces)
    return super.forbid(kind, ...namespaces)
  }

  override allow(kind: Kind): this {
    this.#forbidden.delete(kind)
    return super.allow(kind)
  }

  override serves(kind: Kind): string | undefined {
    const first = super.serves(kind)
    if (first === undefined || !this.#lastVersions) return first
    return kind.group === '' ? kind.versions.at(-1) : `${kind.group}/${kind.versions.at(-1)}`
  }

  /** The same world but for the difference. */
  rebuilt({ reversed, unserved = [], without = [], keep, lastVersions, map }: Difference = {}): World {
    const world = new World()
    world.#lastVersions = lastVersions ?? this.#lastVersions
    const all = [...this.#raw.values()]
    for (const [kind, object] of reversed ? all.reverse() : all) {
      if (without.some((left) => isSameResource(left, kind)) || keep?.(kind, object) === false) continue
      world.add(kind, map ? map(kind, object) : object)
    }
    for (const kind of [...this.#unserved, ...unserved]) world.unserve(kind)
    for (const [kind, namespaces] of this.#forbidden) world.forbid(kind, ...namespaces)
    return world
  }

  /** Freezes every object, so that a reader that changes one throws. */
  frozen(): this {
    for (const kind of new Set([...this.#raw.values()].map(([added]) => added))) this.all(kind).forEach(deepFreeze)
    return this
  }

  /** The object as it came. */
  raw(kind: Kind, { metadata }: KubeObject): KubeObject | undefined {
    return this.#raw.get(keyOf(kind, metadata))?.[1]
  }

  /** All objects of some kinds as they came. */
  rawOf(kinds: readonly Kind[]): readonly KubeObject[] {
    const isAsked = (kind: Kind) => kinds.some((one) => isSameResource(one, kind))
    return [...this.#raw.values()].filter(([kind]) => isAsked(kind)).map(([, object]) => object)
  }

  /** Writes rendered objects, each followed by what the product makes of it. What no use declares as owned is left out. */
  store(uses: readonly KindUse[], objects: readonly KubeObject[], product: Product = (object) => object): this {
    const owned = uses.filter(({ use }) => use === 'own').map(({ kind }) => kind)
    for (const object of objects) {
      const kind = kindOf(object, owned)
      if (kind) this.add(kind, product(asApplied(object, this.raw(kind, object))))
    }
    return this
  }
}

/** Do two Kinds describe one resource? Each reader may have a Kind of its own. */
export function isSameResource(a: Kind, b: Kind): boolean {
  return resourceName(a) === resourceName(b)
}

/** Freezes a JSON value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}

/** Server-side apply by the only manager of all fields but the status. */
function asApplied(object: KubeObject, before: KubeObject | undefined): StoredObject {
  const { status, metadata: old, ...body } = (before ?? {}) as Partial<StoredObject>
  const { metadata, ...wanted } = object
  const generation = old === undefined ? 1 : old.generation + (sameJson(body, wanted) ? 0 : 1)
  return {
    ...wanted,
    metadata: {
      creationTimestamp: old?.creationTimestamp ?? '2026-06-01T00:00:00Z',
      ...metadata,
      uid: old?.uid ?? `uid-${object.kind}-${metadata.namespace}-${metadata.name}`,
      resourceVersion: String(generation),
      generation,
    },
    ...(status !== undefined && { status }),
  }
}

function keyOf(kind: Kind, { namespace = '', name }: ObjectMeta): string {
  return `${resourceName(kind)} ${namespace}/${name}`
}
