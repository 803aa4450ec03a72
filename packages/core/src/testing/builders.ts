/**
 * Builders of objects for tests: a complete, ordinary object, changed where the test says so.
 *
 * They build objects as the API server returns them; `anApi` gives the canonical form that decisions see.
 */
import type { KubeObject, ObjectMeta } from '@exposedapi/objects'
import { type ExposedApi, exposedApi } from '../model/exposed-api.ts'
import type { ServicePort } from '../model/kinds.ts'

/** What a test may say about an ExposedAPI: spec fields, and metadata and status under their own names. */
export interface ApiWords {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly metadata?: Partial<ObjectMeta>
  readonly status?: Readonly<Record<string, unknown>>
  /** Merged over an ordinary spec; `undefined` takes a field out. */
  readonly spec?: Readonly<Record<string, unknown>>
}

/** An ExposedAPI as the API server returns it: API `catalog` at `/catalog`, Service `catalog-svc`, port 8080. */
export function rawApi({
  name = 'catalog',
  namespace = 'components',
  uid,
  metadata,
  spec,
  status,
}: ApiWords = {}): KubeObject {
  const object = {
    apiVersion: 'oda.tmforum.org/v1',
    kind: 'ExposedAPI',
    metadata: {
      name,
      namespace,
      uid: uid ?? `uid-${namespace}-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { name, apiType: 'openapi', implementation: 'catalog-svc', path: `/${name}`, port: 8080, ...spec },
    ...(status && { status }),
  }
  return JSON.parse(JSON.stringify(object))
}

/** The same in canonical form. */
export function anApi(words: ApiWords = {}): ExposedApi {
  return exposedApi(rawApi(words))
}

/** What a test may say about a Service. */
export interface ServiceWords {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly selector?: Readonly<Record<string, string>>
  readonly ports?: readonly ServicePort[]
  readonly spec?: Readonly<Record<string, unknown>>
  readonly ingress?: readonly { ip?: string; hostname?: string }[]
}

/** A Service as the API server returns it: `components/catalog-svc`, selector `app: catalog`, port `http` 8080. */
export function aService(words: ServiceWords = {}): KubeObject {
  const { name = 'catalog-svc', namespace = 'components', labels = { app: 'catalog' }, ingress } = words
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid: `uid-svc-${namespace}-${name}`, resourceVersion: '1', labels },
    spec: {
      type: 'ClusterIP',
      selector: words.selector ?? { app: 'catalog' },
      ports: words.ports ?? [{ name: 'http', port: 8080, targetPort: 8080 }],
      ...words.spec,
    },
    ...(ingress && { status: { loadBalancer: { ingress } } }),
  }
  return JSON.parse(JSON.stringify(object))
}

/** What a test may say about an EndpointSlice. */
export interface SliceWords {
  readonly service?: string
  readonly namespace?: string
  readonly name?: string
  /** One entry per endpoint; `null` leaves the condition out. Default: one ready endpoint. */
  readonly ready?: readonly (boolean | null)[]
  readonly ports?: readonly { name?: string; port?: number }[]
}

/** An EndpointSlice as the API server returns it: of Service `components/catalog-svc`, port `http`. */
export function aSlice(words: SliceWords = {}): KubeObject {
  const { service = 'catalog-svc', namespace = 'components', ready = [true] } = words
  const name = words.name ?? `${service}-abcde`
  const object = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace,
      uid: `uid-slice-${namespace}-${name}`,
      resourceVersion: '1',
      labels: { 'kubernetes.io/service-name': service },
    },
    addressType: 'IPv4',
    endpoints: ready.map((value, at) => ({
      addresses: [`10.244.0.${at + 1}`],
      conditions: value === null ? {} : { ready: value, serving: value, terminating: false },
    })),
    ports: words.ports ?? [{ name: 'http', port: 8080 }],
  }
  return JSON.parse(JSON.stringify(object))
}
