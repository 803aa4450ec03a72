/** What both contract suites need: a world that can be built again with one thing changed, and a view that watches its reader. */

import type { Index, Kind, KindUse, KubeObject, RenderedObject, View } from '@exposedapi/objects'
import { expect, it } from 'vitest'
import { MemoryView } from '../cluster/memory-view.ts'
import {
  API_BY_COMPONENT,
  API_BY_UID,
  byController,
  COMPONENT,
  ENDPOINT_SLICE,
  EXPOSED_API,
  SERVICE,
  SLICE_BY_SERVICE,
} from '../model/kinds.ts'
import { asStored } from './null-gateway.ts'

/** Bodies that an object may have after a schema change, or as somebody made it. */
const ODD_BODIES: readonly (readonly [string, unknown])[] = [
  ['absent', undefined],
  ['null', null],
  ['empty', {}],
  ['a list', []],
  ['text', 'text'],
]

/** How a rebuilt world differs. */
export interface Difference {
  readonly reversed?: boolean
  readonly unserved?: readonly Kind[]
  readonly without?: readonly Kind[]
  /** Serve the last of the versions that a kind names instead of the first. */
  readonly lastVersions?: boolean
  readonly map?: (kind: Kind, object: KubeObject) => KubeObject
}

/** A MemoryView that remembers how it was made. */
export class World extends MemoryView {
  #added: (readonly [Kind, KubeObject])[] = []
  #afterwards: ((world: World) => void)[] = []
  #lastVersions = false

  /** The world that `make` builds. */
  static of(make: (view: MemoryView) => void): World {
    const world = new World()
    make(world)
    return world
  }

  override add(kind: Kind, ...objects: readonly KubeObject[]): this {
    for (const object of objects) this.#added.push([kind, object])
    return super.add(kind, ...objects)
  }

  override remove(kind: Kind, namespace: string, name: string): this {
    this.#afterwards.push((world) => world.remove(kind, namespace, name))
    return super.remove(kind, namespace, name)
  }

  override unserve(kind: Kind, absent?: boolean): this {
    this.#afterwards.push((world) => world.unserve(kind, absent))
    return super.unserve(kind, absent)
  }

  override serves(kind: Kind): string | undefined {
    const first = super.serves(kind)
    if (first === undefined || !this.#lastVersions) return first
    return kind.group === '' ? kind.versions.at(-1) : `${kind.group}/${kind.versions.at(-1)}`
  }

  /** The same world but for the difference. */
  rebuilt({ reversed, unserved = [], without = [], lastVersions = false, map }: Difference): World {
    const world = new World()
    world.#lastVersions = lastVersions
    for (const [kind, object] of reversed ? this.#added.toReversed() : this.#added) {
      if (!without.includes(kind)) world.add(kind, map ? map(kind, object) : object)
    }
    for (const step of this.#afterwards) step(world)
    for (const kind of unserved) world.unserve(kind)
    return world
  }

  /** Freezes every object, so that a reader that changes one throws. */
  frozen(): this {
    for (const kind of new Set(this.#added.map(([added]) => added)))
      for (const object of this.all(kind)) deepFreeze(object)
    return this
  }

  /** Is there an object of this kind and name? */
  has(kind: Kind, { metadata }: KubeObject): boolean {
    return this.#added.some(([added, object]) => added === kind && sameName(object.metadata, metadata))
  }
}

/** Worlds in which the objects of one kind have odd bodies, with what is odd. One is added where there is none. */
export function oddWorlds(world: World, kinds: readonly Kind[]): readonly (readonly [string, World])[] {
  return kinds.flatMap((kind) =>
    ODD_BODIES.map(([what, body]) => {
      const odd = (object: KubeObject) => ({ ...object, spec: body, status: body, data: body })
      const changed = world.rebuilt({ map: (candidate, object) => (candidate === kind ? odd(object) : object) })
      const metadata = { name: 'odd', uid: 'odd', ...(kind.namespaced !== false && { namespace: 'components' }) }
      const apiVersion = world.serves(kind) ?? `${kind.group}/${kind.versions[0]}`
      return [
        `${kind.kind} with a body that is ${what}`,
        changed.add(kind, odd({ apiVersion, kind: kind.kind, metadata })),
      ]
    }),
  )
}

/** A view that fails the test at a read of a kind or index that the adapter did not declare. */
export function watched(view: View, uses: readonly KindUse[], indexes: readonly Index[]): View {
  const kinds = new Set<unknown>([EXPOSED_API, COMPONENT, SERVICE, ENDPOINT_SLICE, ...uses.map(({ kind }) => kind)])
  const known = new Set<unknown>([API_BY_UID, API_BY_COMPONENT, SLICE_BY_SERVICE, ...indexes])
  for (const { kind, use } of uses) if (use === 'own') known.add(byController(kind))
  const declared = (kind: Kind) => expect(kinds.has(kind), `kind ${kind.kind} is read and not declared`).toBe(true)
  return {
    get: (kind, namespace, name) => {
      declared(kind)
      return view.get(kind, namespace, name)
    },
    exists: (kind, namespace, name) => {
      declared(kind)
      return view.exists(kind, namespace, name)
    },
    by: (index, value) => {
      declared(index.kind)
      expect(known.has(index), `index ${index.name} is read and not declared`).toBe(true)
      return view.by(index, value)
    },
    serves: (kind) => {
      declared(kind)
      return view.serves(kind)
    },
    readable: (kind, namespace) => {
      declared(kind)
      return view.readable(kind, namespace)
    },
  }
}

/** Freezes a JSON value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}

/** The kind that an object is declared under, or undefined. */
export function kindAmong(uses: readonly KindUse[], object: KubeObject, use: KindUse['use']): Kind | undefined {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  return uses.find((entry) => entry.use === use && entry.kind.kind === object.kind && entry.kind.group === group)?.kind
}

/** What is true of every object that an adapter renders for one API. */
export function expectOwnedBy(api: KubeObject, objects: readonly KubeObject[]): void {
  for (const { kind, metadata } of objects) {
    expect(metadata.namespace, `${kind} ${metadata.name} lives in the namespace of its API`).toBe(
      api.metadata.namespace,
    )
    expect(metadata.labels, `${kind} ${metadata.name} carries the labels of its API`).toMatchObject(
      api.metadata.labels ?? {},
    )
    const owners = metadata.ownerReferences?.filter(({ controller }) => controller === true)
    expect(owners, `${kind} ${metadata.name} has its API as controller`).toEqual([
      expect.objectContaining({ kind: 'ExposedAPI', name: api.metadata.name, uid: api.metadata.uid }),
    ])
  }
}

/** Objects have the version that the cluster serves, and are plain JSON without undefined. */
export function expectWritable(view: View, uses: readonly KindUse[], objects: readonly KubeObject[]): void {
  for (const object of objects) {
    const kind = kindAmong(uses, object, 'own')
    expect(kind, `${object.apiVersion} ${object.kind} is rendered and not declared with use "own"`).toBeDefined()
    if (kind) expect(object.apiVersion).toBe(view.serves(kind))
    expect(JSON.parse(JSON.stringify(object))).toStrictEqual(object)
  }
}

/** A fact about adapters that support something. For the others it is skipped under its name, and the reason is printed. */
export function factIf(supported: boolean, fact: string, reason: string, test: () => void): void {
  if (supported) {
    it(fact, test)
  } else {
    console.info(`skipped: "${fact}", because ${reason}`)
    it(fact, ({ skip }) => skip(reason))
  }
}

function sameName(a: KubeObject['metadata'], b: KubeObject['metadata']): boolean {
  return a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '')
}

/** Writes rendered objects into the view, as an API server would keep them. */
export function store(view: MemoryView, uses: readonly KindUse[], objects: readonly RenderedObject[]): void {
  for (const object of objects) {
    const kind = kindAmong(uses, object, 'own')
    if (kind) view.add(kind, asStored(object))
  }
}
