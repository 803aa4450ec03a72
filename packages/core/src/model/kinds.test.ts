import type { KubeObject } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { anApi, aService, aSlice } from '../testing/builders.ts'
import {
  API_BY_COMPONENT,
  API_BY_UID,
  byController,
  COMPONENT,
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  SERVICE,
  SLICE_BY_SERVICE,
} from './kinds.ts'

const meta = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace: 'components' } }
const raw = (body: object): KubeObject => ({ ...meta, ...body })

describe('EndpointSlice', () => {
  it.each([
    { endpoints: [{ addresses: ['a'], conditions: { ready: true } }], ready: true, because: 'it says so' },
    { endpoints: [{ addresses: ['a'], conditions: { ready: false } }], ready: false, because: 'it says so' },
    {
      endpoints: [{ addresses: ['a'], conditions: { ready: null } }],
      ready: true,
      because: 'null is unknown, which means ready',
    },
    { endpoints: [{ addresses: ['a'], conditions: {} }], ready: true, because: 'so is absent' },
    { endpoints: [{ addresses: ['a'] }], ready: true, because: 'so are absent conditions' },
    {
      endpoints: [{ addresses: ['a'], conditions: { ready: true, terminating: true } }],
      ready: true,
      because: 'ready counts even when terminating',
    },
    {
      endpoints: [{ addresses: [], conditions: { ready: true } }],
      ready: false,
      because: 'without address nothing can be reached',
    },
    {
      endpoints: [{ addresses: ['a'], conditions: { ready: false } }, { addresses: ['b'] }],
      ready: true,
      because: 'one is enough',
    },
    { endpoints: null, ready: false, because: 'there is none' },
  ])('ready is $ready: $because', ({ endpoints, ready }) => {
    expect(ENDPOINT_SLICE.project(raw({ endpoints })).ready).toBe(ready)
  })

  it.each([
    { conditions: { serving: true, terminating: false }, serving: true, because: 'it serves' },
    { conditions: { ready: true, serving: true, terminating: true }, serving: false, because: 'it is about to go' },
    { conditions: { ready: true, serving: false }, serving: false, because: 'ready means nothing there' },
    { conditions: {}, serving: true, because: 'absent means serving' },
  ])('serving is $serving: $because', ({ conditions, serving }) => {
    expect(ENDPOINT_SLICE.project(raw({ endpoints: [{ addresses: ['a'], conditions }] })).serving).toBe(serving)
  })

  it('belongs to the Service that its label names; without label to none', () => {
    expect(SLICE_BY_SERVICE.values(ENDPOINT_SLICE.project(aSlice()))).toEqual(['components/catalog-svc'])
    expect(SLICE_BY_SERVICE.values(ENDPOINT_SLICE.project(raw({})))).toEqual([])
  })
})

it('projections never throw, whatever an object holds', () => {
  for (const kind of [COMPONENT, SERVICE, ENDPOINT_SLICE, CUSTOM_RESOURCE_DEFINITION]) {
    for (const body of [{}, { spec: null, status: null, endpoints: null, ports: null }, { spec: {}, status: {} }]) {
      expect(() => kind.project(raw(body)), kind.kind).not.toThrow()
    }
  }
})

it('a Service keeps its ports, its selector and what a load balancer reports', () => {
  const service = SERVICE.project(aService({ ingress: [{ ip: '203.0.113.7' }], spec: { clusterIP: '10.0.0.1', x: 1 } }))
  expect(service.spec).toEqual({
    type: 'ClusterIP',
    clusterIP: '10.0.0.1',
    selector: { app: 'catalog' },
    ports: [{ name: 'http', port: 8080, targetPort: 8080 }],
  })
  expect(service.status.ingress).toEqual([{ ip: '203.0.113.7' }])
})

it('a Component keeps its three lists and nothing else of its status', () => {
  const status = { coreAPIs: [{ uid: 'a' }], securityAPIs: 'odd', identityConfig: { big: 1 } }
  expect(COMPONENT.project(raw({ status })).status).toEqual({ coreAPIs: [{ uid: 'a' }] })
})

it('a CRD keeps the names of the spec fields of its served versions', () => {
  const version = (served: boolean, ...names: string[]) => ({
    served,
    schema: {
      openAPIV3Schema: { properties: { spec: { properties: Object.fromEntries(names.map((name) => [name, {}])) } } },
    },
  })
  const crd = raw({ spec: { versions: [version(true, 'a', 'b'), version(true, 'b', 'c'), version(false, 'd')] } })
  expect(CUSTOM_RESOURCE_DEFINITION.project(crd).specFields).toEqual(['a', 'b', 'c'])
})

it('indexes find APIs by uid and by Component, and children by their controller', () => {
  const api = anApi({ metadata: { labels: { 'oda.tmforum.org/componentName': 'shop' } } })
  expect(API_BY_UID.values(api)).toEqual(['uid-components-catalog'])
  expect(API_BY_COMPONENT.values(api)).toEqual(['components/shop'])
  const owner = { apiVersion: 'v1', kind: 'X', name: 'x' }
  const child = raw({
    metadata: {
      name: 'c',
      ownerReferences: [
        { ...owner, uid: 'a', controller: true },
        { ...owner, uid: 'b' },
      ],
    },
  })
  expect(byController(SERVICE).values(SERVICE.project(child))).toEqual(['a'])
  expect(byController(SERVICE)).toBe(byController(SERVICE))
})
