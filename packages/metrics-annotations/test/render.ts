/** Renders one metrics API in a cluster of a few words. */
import { EXPOSED_API, SERVICE } from '@exposedapi/core'
import {
  type ApiWords,
  adapterOf,
  anApi,
  aService,
  MemoryView,
  rawApi,
  type ServiceWords,
} from '@exposedapi/core/testing'
import { expect } from 'vitest'
import type { dataDogAnnotation, prometheusAnnotation } from '../src/index.ts'
import { POD } from '../src/pod.ts'

/** What a test may say about a Pod. */
export interface PodWords {
  readonly name?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  /** Field manager → annotation keys. */
  readonly by?: Record<string, readonly string[]>
  readonly containers?: readonly object[]
  readonly init?: readonly object[]
  readonly phase?: string
  readonly deletionTimestamp?: string
}

/** A container with a declared port. */
export const MAIN = { name: 'main', ports: [{ name: 'web', containerPort: 8080 }] }
/** The sidecar of Istio. */
export const PROXY = { name: 'istio-proxy', ports: [{ name: 'http-envoy-prom', containerPort: 15090 }] }
/** What the injector writes with metrics merging. */
export const MERGED = {
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '15020',
  'prometheus.io/path': '/stats/prometheus',
}
/** What the API `catalog` wants of its Pods. */
export const SET = {
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '8080',
  'prometheus.io/path': '/catalog',
  'prometheus.io/scheme': 'http',
}

/** A Pod as the API server returns it: `components/catalog-0`, selected by Service `catalog-svc`. */
export function aPod({ name = 'catalog-0', by = {}, ...words }: PodWords = {}) {
  const managedFields = Object.entries(by).map(([manager, keys]) => ({
    manager,
    operation: manager.startsWith('exposedapi-operator.') ? 'Apply' : 'Update',
    fieldsV1: { 'f:metadata': { 'f:annotations': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) } },
  }))
  const { labels = { app: 'catalog' }, annotations, deletionTimestamp } = words
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'components',
        uid: `uid-${name}`,
        labels,
        annotations,
        deletionTimestamp,
        managedFields,
      },
      spec: { containers: words.containers ?? [MAIN], initContainers: words.init },
      status: { phase: words.phase ?? 'Running' },
    }),
  )
}

/** A row of a table: what is in the cluster. */
export interface Case {
  readonly because: string
  readonly api?: ApiWords['spec']
  readonly service?: ServiceWords | null
  readonly pods?: readonly PodWords[]
  readonly options?: object
  /** Other ExposedAPIs; all are metrics APIs of Service catalog-svc unless they say otherwise. */
  readonly others?: readonly ApiWords[]
  readonly services?: readonly ServiceWords[]
}

/** Renders API `catalog` and tells what is interesting about the result. */
export function render(
  descriptor: typeof prometheusAnnotation | typeof dataDogAnnotation,
  words: Omit<Case, 'because'>,
) {
  const view = new MemoryView()
  if (words.service !== null) view.add(SERVICE, aService(words.service))
  view.add(SERVICE, ...(words.services ?? []).map(aService))
  view.add(POD, ...(words.pods ?? [{}]).map(aPod))
  const metrics = (api: ApiWords): ApiWords => ({ ...api, spec: { apiType: 'prometheus', ...api.spec } })
  const self = metrics({ spec: words.api ?? {}, metadata: { creationTimestamp: '2026-01-01T00:00:05Z' } })
  view.add(EXPOSED_API, rawApi(self), ...(words.others ?? []).map((other) => rawApi(metrics(other))))
  const adapter = adapterOf(descriptor as typeof prometheusAnnotation, words.options)
  const { annotations: applied, objects } = adapter.render(anApi(self), view)
  const { findings } = adapter.observe(anApi(self), view)
  expect(objects).toEqual([])
  return {
    applied: Object.fromEntries(applied.map(({ object, annotations }) => [object.metadata.name, annotations])),
    uids: applied.map(({ object }) => object.metadata.uid),
    findings: findings.map(({ status, reason }) => `${status} ${reason}`),
    messages: findings.map(({ message }) => message).join('\n'),
    reads: view.reads,
  }
}

/** Another API, older than `catalog`. */
export const OLDER = { name: 'older', metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } }
/** Another API, younger than `catalog`. */
export const YOUNGER = { name: 'younger', metadata: { creationTimestamp: '2026-01-01T00:00:09Z' } }
