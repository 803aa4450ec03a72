/**
 * The operator's decisions on a cluster in memory, driven like in production and on the caches of production: a change dirties
 * exactly the APIs that had read something of it. Whoever is not dirtied is not decided, so a dependency that nobody remembered
 * shows as a wrong end state.
 */
import { istio } from '@exposedapi/adapter-istio'
import type { Written } from '@exposedapi/adapter-istio/test/mesh'
import { declaredKinds } from '@exposedapi/controller'
import { EXPOSED_API, type Kind, type KubeObject, nameOf, type RenderedObject, sameJson } from '@exposedapi/core'
import { onlyGateway, plan, type Rules, rulesOf } from '@exposedapi/core/engine'
import { adapterOf, NullMetrics } from '@exposedapi/core/testing'
import { MemoryCluster } from './memory-cluster.ts'

/** Decisions of the Istio adapter on a cluster in memory. */
export class Simulation {
  readonly #cluster: MemoryCluster
  readonly #rules: Rules
  readonly #virtualService: Kind
  readonly #routes = new Map<string, RenderedObject>()
  #second = 0
  #uids = 0
  /** How many decisions were made. */
  decisions = 0
  /** `apply …` and `delete …`, in order. */
  readonly writes: string[] = []

  constructor() {
    const gateway = adapterOf(istio, { gateway: 'canvas/component-gateway' })
    const [written] = gateway.kinds.filter(({ use }) => use === 'own')
    if (!written) throw new Error('the Istio adapter owns no kind')
    this.#virtualService = written.kind
    this.#rules = rulesOf({ gateways: [onlyGateway(gateway)], metrics: new NullMetrics() })
    this.#cluster = new MemoryCluster(declaredKinds(this.#rules))
  }

  /** Keys of APIs to decide. */
  get dirty(): Set<string> {
    return this.#cluster.dirty
  }

  /** Lets the clock go on: objects made from now on are younger. */
  tick(): void {
    this.#second++
  }

  /** A user creates or changes an API. */
  apply(api: KubeObject): void {
    const name = nameOf(api)
    const before = this.#cluster.view.get(EXPOSED_API, api.metadata.namespace ?? '', api.metadata.name)
    const metadata = {
      ...api.metadata,
      uid: before?.metadata.uid ?? `api-${++this.#uids}`,
      creationTimestamp: before?.metadata.creationTimestamp ?? this.#now(),
    }
    this.#cluster.put(EXPOSED_API, { ...api, metadata })
    this.dirty.add(name)
  }

  /** A user deletes an API; the garbage collector takes its route, as ownerReferences say. */
  remove(namespace: string, name: string): void {
    const api = this.#cluster.view.get(EXPOSED_API, namespace, name)
    if (!api) return
    this.#cluster.take(EXPOSED_API, namespace, name)
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
    const api = this.#cluster.view.get(EXPOSED_API, namespace, name)
    if (!api) return true
    this.decisions++
    const { writes, obsolete } = plan(api, this.#cluster.trackedView(key), this.#rules)
    for (const { object } of writes) this.#write(object)
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

  #write(object: RenderedObject): void {
    const before = this.#routes.get(nameOf(object))
    if (before && sameJson(before.spec, object.spec) && sameJson(before.metadata.labels, object.metadata.labels)) return
    this.writes.push(`apply ${nameOf(object)}`)
    const uid = before?.metadata.uid ?? `route-${++this.#uids}`
    const creationTimestamp = before?.metadata.creationTimestamp ?? this.#now()
    const stored: RenderedObject = { ...object, metadata: { ...object.metadata, uid, creationTimestamp } }
    this.#routes.set(nameOf(object), stored)
    this.#cluster.put(this.#virtualService, stored)
  }

  #takeRoute({ metadata }: KubeObject): void {
    this.#routes.delete(`${metadata.namespace}/${metadata.name}`)
    this.#cluster.take(this.#virtualService, metadata.namespace ?? '', metadata.name)
  }

  #now(): string {
    return `2026-01-01T00:${String(Math.floor(this.#second / 60)).padStart(2, '0')}:${String(this.#second % 60).padStart(2, '0')}Z`
  }
}
