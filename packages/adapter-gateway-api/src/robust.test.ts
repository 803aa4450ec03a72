/** Odd objects: the API server holds what somebody once wrote, and none of it may stop a decision. */
import { EXPOSED_API, type KubeObject } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bench } from '../test/bench.ts'
import { aClass, aGateway, aSchema, HTTP, type Manifest } from '../test/manifests.ts'
import { GATEWAY_CLASS, ROUTE_SCHEMA } from './objects/cluster-kinds.ts'
import { FOREIGN_BY_GATEWAY, GATEWAY, HTTP_ROUTE } from './objects/kinds.ts'

const meta = (kind: string, name = 'odd'): KubeObject => {
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { name, namespace: 'canvas' } }
}

const odd = fc.oneof(fc.anything({ maxDepth: 3 }), fc.constantFrom(null, undefined, [], {}, 0, ''))
const some = <T>(one: fc.Arbitrary<T>) => fc.oneof(odd, fc.array(fc.oneof(odd, one)))
const oddCondition = fc.record(
  {
    type: fc.constantFrom('Accepted', 'Programmed', 'ResolvedRefs'),
    status: odd,
    observedGeneration: odd,
    message: odd,
  },
  { requiredKeys: [] },
)
const oddListener = fc.record(
  { name: fc.constant('http'), port: fc.constant(80), protocol: odd, hostname: odd, tls: odd, allowedRoutes: odd },
  { requiredKeys: [] },
)
const oddGateway = fc.record({
  spec: fc.oneof(odd, fc.record({ gatewayClassName: odd, listeners: some(oddListener) })),
  status: fc.oneof(odd, fc.record({ addresses: odd, conditions: some(oddCondition), listeners: odd })),
})
const oddMatch = fc.record({ path: odd, method: odd, headers: odd, queryParams: odd }, { requiredKeys: [] })
const parentRef = fc.record({ name: fc.constant('gw'), namespace: fc.constant('canvas'), sectionName: odd, port: odd })
const oddParent = fc.record({ parentRef, controllerName: fc.constant('x'), conditions: some(oddCondition) })
const oddRoute = fc.record({
  spec: fc.oneof(odd, fc.record({ hostnames: odd, rules: some(fc.record({ matches: some(oddMatch) })) })),
  status: fc.oneof(odd, fc.record({ parents: some(oddParent) })),
})

describe('projection', () => {
  it('takes any Gateway', () => {
    fc.assert(
      fc.property(oddGateway, (gateway) => void GATEWAY.project({ ...meta('Gateway'), ...gateway } as KubeObject)),
    )
  })

  it('takes any HTTPRoute', () => {
    fc.assert(
      fc.property(oddRoute, (route) => {
        const object = HTTP_ROUTE.project({ ...meta('HTTPRoute'), ...route } as KubeObject)
        expect(FOREIGN_BY_GATEWAY.values(object)).toBeInstanceOf(Array)
      }),
    )
  })

  it('takes any GatewayClass, and any definition of HTTPRoute', () => {
    fc.assert(
      fc.property(odd, odd, (spec, status) => {
        const definition = meta('CustomResourceDefinition', 'httproutes.gateway.networking.k8s.io')
        expect(GATEWAY_CLASS.project({ ...meta('GatewayClass'), spec, status } as KubeObject).features).toEqual([])
        expect(ROUTE_SCHEMA.project({ ...definition, spec } as KubeObject).routeFilters).toEqual([])
      }),
    )
  })

  it('one broken listener leaves the others', () => {
    const listeners = [{ port: null }, { name: 'http', port: 80, protocol: 'HTTP' }]
    const gateway = GATEWAY.project({ ...meta('Gateway'), spec: { listeners } } as KubeObject)
    expect(gateway.listeners.map(({ name }) => name)).toEqual(['http'])
  })
})

describe('deciding', () => {
  it('never throws and always routes, whatever Gateway and routes are there', () => {
    fc.assert(
      fc.property(oddGateway, oddRoute, (gateway, route) => {
        const all = [
          rawApi(),
          { ...aGateway([HTTP]), ...gateway },
          { ...meta('HTTPRoute'), ...route },
          aClass(),
          aSchema(),
        ] as Manifest[]
        const { view, settle } = bench({}, all)
        const [api] = view.all(EXPOSED_API)
        expect(api && settle(api).objects).toHaveLength(1)
      }),
    )
  })
})
