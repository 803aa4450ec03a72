/**
 * The operator's decisions on a cluster in memory, driven like in production: a change dirties exactly the APIs that had
 * read something of it, and a dirty API is decided, written and decided again. Whoever is not dirtied is not decided, so a
 * dependency that nobody remembered shows as a wrong end state.
 */

import { istio } from '@exposedapi/adapter-istio'
import type { Written } from '@exposedapi/adapter-istio/test/mesh'
import { declaredKinds } from '@exposedapi/controller'
import { EXPOSED_API, type Index, type Kind, type KubeObject, nameOf, sameJson } from '@exposedapi/core'
import { DEFAULT_SETTINGS, MemoryView, pathIndexes, type Rules } from '@exposedapi/core/engine'
import { adapterOf, decide, NullMetrics } from '@exposedapi/core/testing'

/** What the engine's own objects look like to MemoryView, without the projection: a stored object. */
type Stored = KubeObject & { readonly spec?: unknown }

/** Decisions of the Istio adapter on a cluster in memory. */
export class Simulation {
  readonly #view = new MemoryView()
  readonly #rules: Rules
  readonly #indexes: readonly Index[]
  readonly #virtualService: Kind
  readonly #reads = new Map<string, ReadonlySet<string>>()
  readonly #routes = new Map<string, Stored>()
  #second = 0
  #uids = 0
  /** Keys of APIs to decide. */
  readonly dirty = new Set<string>()
  /** How many decisions were made. */
  decisions = 0
  /** `apply …` and `delete …`, in order. */
  readonly writes: string[] = []

  constructor() {
    const gateway = adapterOf(istio, { gateway: 'canvas/component-gateway' })
    const paths = pathIndexes(gateway)
    const [written] = gateway.kinds.filter(({ use }) => use === 'own')
    if (!written) throw new Error('the Istio adapter owns no kind')
    this.#virtualService = written.kind
    this.#rules = { gateway, metrics: new NullMetrics(), retired: [], paths, settings: DEFAULT_SETTINGS }
    this.#indexes = declaredKinds(this.#rules).indexes
  }

  /** Lets the clock go on: objects made from now on are younger. */
  tick(): void {
    this.#second++
  }

  /** A user creates or changes an API. */
  apply(api: KubeObject): void {
    const name = nameOf(api)
    const before = this.#view.get(EXPOSED_API, api.metadata.namespace ?? '', api.metadata.name)
    const metadata = {
      ...api.metadata,
      uid: before?.metadata.uid ?? `api-${++this.#uids}`,
      creationTimestamp: before?.metadata.creationTimestamp ?? this.#now(),
    }
    this.#put(EXPOSED_API, { ...api, metadata })
    this.dirty.add(name)
  }

  /** A user deletes an API; the garbage collector takes its route, as ownerReferences say. */
  remove(namespace: string, name: string): void {
    const api = this.#view.get(EXPOSED_API, namespace, name)
    if (!api) return
    this.#take(EXPOSED_API, namespace, name)
    this.dirty.delete(`${namespace}/${name}`)
    const uid = api.metadata.uid
    for (const route of this.#routes.values()) {
      if (route.metadata.ownerReferences?.some((owner) => owner.uid === uid)) this.#takeRoute(route)
    }
  }

  /** Decides one dirty API, the `pick`-th of them, and writes what differs. Returns false when nothing is dirty. */
  step(pick = 0): boolean {
    const keys = [...this.dirty]
    const key = keys[pick % Math.max(1, keys.length)]
    if (key === undefined) return false
    this.dirty.delete(key)
    const [namespace = '', name = ''] = key.split('/')
    const api = this.#view.get(EXPOSED_API, namespace, name)
    if (!api) return true
    this.decisions++
    this.#view.forget()
    const { objects, obsolete } = decide(api, this.#view, this.#rules, { now: 0, grace: {}, failures: [] })
    this.#reads.set(key, new Set(this.#view.reads))
    for (const object of objects) this.#write(object)
    for (const object of obsolete) {
      this.writes.push(`delete ${nameOf(object)}`)
      this.#takeRoute(object)
    }
    return true
  }

  /** Decides until nothing is dirty. */
  settle(): void {
    while (this.step());
  }

  /** All routes as they are in the cluster. */
  routes(): readonly Written[] {
    return [...this.#routes.values()] as unknown as readonly Written[]
  }

  #write(object: Stored): void {
    const before = this.#routes.get(nameOf(object))
    if (before && sameJson(before.spec, object.spec) && sameJson(before.metadata.labels, object.metadata.labels)) return
    this.writes.push(`apply ${nameOf(object)}`)
    const uid = before?.metadata.uid ?? `route-${++this.#uids}`
    const creationTimestamp = before?.metadata.creationTimestamp ?? this.#now()
    const stored = { ...object, metadata: { ...object.metadata, uid, creationTimestamp } }
    this.#routes.set(nameOf(object), stored)
    this.#put(this.#virtualService, stored)
  }

  #takeRoute({ metadata }: KubeObject): void {
    this.#routes.delete(`${metadata.namespace}/${metadata.name}`)
    this.#take(this.#virtualService, metadata.namespace ?? '', metadata.name)
  }

  #put(kind: Kind, object: KubeObject): void {
    const { namespace = '', name } = object.metadata
    const before = this.#view.get(kind, namespace, name)
    this.#view.add(kind, object)
    this.#wake(kind, [before, this.#view.get(kind, namespace, name)])
  }

  #take(kind: Kind, namespace: string, name: string): void {
    const before = this.#view.get(kind, namespace, name)
    this.#view.remove(kind, namespace, name)
    this.#wake(kind, [before])
  }

  /** As the engine does: the name, and the index values of the old and of the new version. */
  #wake(kind: Kind, versions: readonly (KubeObject | undefined)[]): void {
    const touched = new Set<string>()
    for (const object of versions) {
      if (!object) continue
      touched.add(`get ${kind.plural} ${object.metadata.namespace ?? ''}/${object.metadata.name}`)
      for (const index of this.#indexes.filter((candidate) => candidate.kind === kind)) {
        for (const value of index.values(object)) touched.add(`by ${index.name} ${value}`)
      }
    }
    for (const [key, reads] of this.#reads) {
      for (const read of touched) {
        if (!reads.has(read)) continue
        this.dirty.add(key)
        break
      }
    }
  }

  #now(): string {
    return `2026-01-01T00:${String(Math.floor(this.#second / 60)).padStart(2, '0')}:${String(this.#second % 60).padStart(2, '0')}Z`
  }
}
