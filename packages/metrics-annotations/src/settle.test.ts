/**
 * The life of annotations: decisions of core, an API server that answers server-side apply as Kubernetes 1.37 does, and
 * time. Whatever happens, everything settles, the last pass writes nothing, and no apply is ever refused.
 */
import { type AppliedAnnotations, EXPOSED_API, fieldManagerOf, type KubeObject, SERVICE } from '@exposedapi/core'
import { onlyGateway, type Rules, release, rulesOf } from '@exposedapi/core/engine'
import {
  type ApiWords,
  adapterOf,
  aService,
  decide,
  exposedApi,
  MemoryView,
  NullGateway,
  NullMetrics,
  rawApi,
  type ServiceWords,
} from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'
import { POD } from './pod.ts'

const PROMETHEUS = adapterOf(prometheusAnnotation)
const DATADOG = adapterOf(dataDogAnnotation)
const TEMPLATE = 'kube-controller-manager'

interface StoredPod {
  readonly labels: Record<string, string>
  annotations: Record<string, string>
  /** Field manager → the annotations it owns. */
  readonly owners: Map<string, Set<string>>
  terminating?: boolean
}

class Cluster {
  readonly pods = new Map<string, StoredPod>()
  readonly #apis = new Map<string, KubeObject>()
  readonly #view = new MemoryView()
  readonly #backwards: boolean
  #rules: Rules = rules(PROMETHEUS)
  writes = 0

  constructor(backwards: boolean) {
    this.#backwards = backwards
  }

  mode(mode: Rules['metrics']): this {
    this.#rules = rules(mode)
    return this
  }

  service(words: ServiceWords = {}): this {
    this.#view.add(SERVICE, aService(words))
    return this
  }

  api(name: string, words: ApiWords = {}): this {
    const api = rawApi({ ...words, name, spec: { apiType: 'prometheus', ...words.spec } })
    this.#apis.set(name, api)
    this.#view.add(EXPOSED_API, api)
    return this
  }

  remove(name: string): this {
    this.#apis.delete(name)
    this.#view.remove(EXPOSED_API, 'components', name)
    this.#apply(release(`uid-components-${name}`, this.#view, this.#rules), `uid-components-${name}`)
    return this
  }

  pod(name: string, template: Record<string, string> = {}, labels: Record<string, string> = { app: 'catalog' }): this {
    const owners = new Map([[TEMPLATE, new Set(Object.keys(template))]])
    this.pods.set(name, { labels, annotations: { ...template }, owners })
    this.#show(name)
    return this
  }

  terminate(name: string): this {
    this.#stored(name).terminating = true
    this.#show(name)
    return this
  }

  /** kubectl annotate --overwrite */
  edit(name: string, key: string, value: string): this {
    const pod = this.#stored(name)
    pod.annotations[key] = value
    for (const keys of pod.owners.values()) keys.delete(key)
    pod.owners.set('kubectl-annotate', new Set([key]))
    this.#show(name)
    return this
  }

  /** Decides all APIs again until nothing changes. */
  settle(): this {
    for (let pass = 0; pass < 8; pass += 1) {
      this.writes = 0
      const apis = [...this.#apis.values()]
      for (const api of this.#backwards ? apis.reverse() : apis) {
        const moment = { now: 0, grace: {}, failures: [] }
        const { annotate } = decide(exposedApi(api), this.#view, this.#rules, moment)
        this.#apply(annotate, api.metadata.uid ?? '')
      }
      if (this.writes === 0) return this
    }
    throw new Error('does not settle')
  }

  reason(name: string): string | undefined {
    const api = exposedApi(this.#apis.get(name) as KubeObject)
    const { status } = decide(api, this.#view, this.#rules, { now: 0, grace: {}, failures: [] })
    return status?.conditions?.find(({ type }) => type === 'MetricsConfigured')?.reason
  }

  #apply(all: readonly AppliedAnnotations[], uid: string): void {
    for (const { object, annotations } of all) {
      const pod = this.#stored(object.metadata.name)
      const manager = fieldManagerOf(uid)
      const others = [...pod.owners].filter(([name]) => name !== manager)
      const owned = (key: string) => others.some(([, keys]) => keys.has(key))
      for (const [key, value] of Object.entries(annotations)) {
        if (pod.annotations[key] !== undefined && pod.annotations[key] !== value && owned(key)) {
          throw new Error(`409 Conflict: ${key} of ${object.metadata.name} is owned by another manager`)
        }
        pod.annotations[key] = value
      }
      for (const key of pod.owners.get(manager) ?? []) {
        if (annotations[key] === undefined && !owned(key)) delete pod.annotations[key]
      }
      pod.owners.set(manager, new Set(Object.keys(annotations)))
      this.writes += 1
      expect(object.metadata.uid, 'every apply carries the uid').toBe(`uid-${object.metadata.name}`)
      this.#show(object.metadata.name)
    }
  }

  #stored(name: string): StoredPod {
    return this.pods.get(name) as StoredPod
  }

  #show(name: string): void {
    const { labels, annotations, owners, terminating } = this.#stored(name)
    const managedFields = [...owners].map(([manager, keys]) => ({
      manager,
      operation: manager.startsWith('exposedapi-operator.') ? 'Apply' : 'Update',
      fieldsV1: { 'f:metadata': { 'f:annotations': Object.fromEntries([...keys].map((key) => [`f:${key}`, {}])) } },
    }))
    const meta = { name, namespace: 'components', uid: `uid-${name}`, labels, annotations: { ...annotations } }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...meta, managedFields, ...(terminating && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
      spec: { containers: [{ name: 'main', ports: [{ containerPort: 8080 }] }] },
      status: { phase: 'Running' },
    }
    this.#view.add(POD, pod)
  }
}

function rules(metrics: Rules['metrics']): Rules {
  const retired = [PROMETHEUS, DATADOG].filter((adapter) => adapter !== metrics)
  return rulesOf({ gateways: [onlyGateway(new NullGateway())], metrics, retired })
}

const set = (path: string) => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '8080',
  'prometheus.io/path': path,
  'prometheus.io/scheme': 'http',
})
const at = (second: number) => ({ metadata: { creationTimestamp: `2026-01-01T00:00:0${second}Z` } })
const DATADOG_KEY = 'ad.datadoghq.com/main.checks'

describe.each([{ backwards: false }, { backwards: true }])('decided backwards: $backwards', ({ backwards }) => {
  const start = () => new Cluster(backwards).service()

  it('follows Pods as they come and go, and writes to none that goes', () => {
    const cluster = start().pod('a').pod('b').pod('c').api('catalog').settle()
    expect([...cluster.pods.values()].map(({ annotations }) => annotations)).toEqual(Array(3).fill(set('/catalog')))
    cluster.pod('d').terminate('a').settle()
    expect(cluster.pods.get('d')?.annotations).toEqual(set('/catalog'))
    expect(cluster.pods.get('a')?.annotations, 'each rollout would cost a write per Pod').toEqual(set('/catalog'))
  })

  it('gives everything back but what was there before', () => {
    const cluster = start().pod('a', { 'prometheus.io/scrape': 'true', other: 'x' }).api('catalog').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({ other: 'x', ...set('/catalog') })
    cluster.remove('catalog').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({ 'prometheus.io/scrape': 'true', other: 'x' })
  })

  it.each([
    { change: 'the apiType', spec: { apiType: 'openapi' }, want: {} },
    { change: 'the implementation', spec: { implementation: 'none' }, want: {} },
    { change: 'the port, to one that is none', spec: { port: 1 }, want: {} },
    { change: 'the path', spec: { path: '/other' }, want: set('/other') },
  ])('follows a change of $change', ({ spec, want }) => {
    const cluster = start().pod('a').api('catalog').settle().api('catalog', { spec }).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(want)
  })

  it('moves to the Pods of another Service', () => {
    const cluster = start()
      .service({ name: 'svc-2', selector: { app: 'second' } })
      .pod('a')
      .pod('b', {}, { app: 'second' })
    cluster
      .api('catalog')
      .settle()
      .api('catalog', { spec: { implementation: 'svc-2' } })
      .settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({})
    expect(cluster.pods.get('b')?.annotations).toEqual(set('/catalog'))
  })

  it('leaves nothing of another mode', () => {
    const cluster = start().pod('a').api('catalog').mode(DATADOG).settle()
    expect(Object.keys(cluster.pods.get('a')?.annotations ?? {})).toEqual([DATADOG_KEY])
    cluster.mode(PROMETHEUS).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/catalog'))
    cluster.mode(new NullMetrics()).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({})
  })

  it('does not fight with a user', () => {
    const cluster = start().pod('a').api('catalog').settle().edit('a', 'prometheus.io/path', '/theirs').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({ 'prometheus.io/path': '/theirs' })
    expect(cluster.reason('catalog')).toBe('AnnotationConflict')
  })

  it('does not fight with a user who says no', () => {
    const cluster = start().pod('a').api('catalog').settle().edit('a', 'prometheus.io/scrape', 'false').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual({ 'prometheus.io/scrape': 'false' })
  })

  it('leaves a Pod to the older of two APIs, and to the other when that is gone', () => {
    const cluster = start().pod('a').api('first', at(1)).api('second', at(2)).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/first'))
    expect([cluster.reason('first'), cluster.reason('second')]).toEqual(['Configured', 'AnnotationConflict'])
    cluster.remove('first').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/second'))
  })

  it('hands a Pod over to an older API that becomes a metrics API later, on a Service of its own', () => {
    const cluster = start()
      .service({ name: 'svc-2', selector: { tier: 'x' } })
      .pod('a', {}, { app: 'catalog', tier: 'x' })
    const first = { ...at(1), spec: { implementation: 'svc-2' } }
    cluster
      .api('first', { ...first, spec: { ...first.spec, apiType: 'openapi' } })
      .api('second', at(2))
      .settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/second'))
    cluster.api('first', first).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/first'))
    expect([cluster.reason('first'), cluster.reason('second')]).toEqual(['Configured', 'AnnotationConflict'])
  })

  it('shares a Pod between versions of one API until their paths part', () => {
    const cluster = start()
      .pod('a')
      .api('v1', { ...at(1), spec: { path: '/m' } })
      .api('v2', { ...at(2), spec: { path: '/m' } })
      .settle()
    expect([cluster.reason('v1'), cluster.reason('v2')]).toEqual(['Configured', 'Configured'])
    cluster.api('v1', { ...at(1), spec: { path: '/m1' } }).settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/m1'))
    cluster.remove('v1').settle()
    expect(cluster.pods.get('a')?.annotations).toEqual(set('/m'))
  })

  it('leaves one container to the older API with Datadog too', () => {
    const cluster = start().mode(DATADOG).pod('a').api('first', at(1)).api('second', at(2)).settle()
    expect(cluster.pods.get('a')?.annotations[DATADOG_KEY]).toContain('/first')
    cluster.remove('first').settle()
    expect(cluster.pods.get('a')?.annotations[DATADOG_KEY]).toContain('/second')
  })
})
