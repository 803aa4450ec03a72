/** Odd objects: the API server holds what somebody once wrote, and none of it may stop a decision. */
import { EXPOSED_API, type KubeObject } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bench, type Manifest } from '../test/bench.ts'
import { aGateway, anIngress, HTTPS } from '../test/ingress.ts'
import { NODE } from './address/nodes.ts'
import { FOREIGN_BY_GATEWAY, GATEWAY, VIRTUAL_SERVICE } from './objects/kinds.ts'

const meta = (kind: string): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'odd', namespace: 'canvas' },
})

const odd = fc.oneof(fc.anything({ maxDepth: 3 }), fc.constantFrom(null, undefined, [], {}, 0, ''))
const oddServer = fc.record({ port: odd, hosts: odd, tls: odd }, { requiredKeys: [] })
const oddGateway = fc.oneof(
  odd,
  fc.record({ selector: odd, servers: fc.oneof(odd, fc.array(fc.oneof(odd, oddServer))) }),
)
const oddRule = fc.record(
  { match: fc.oneof(odd, fc.array(fc.record({ uri: odd, method: odd }))) },
  { requiredKeys: [] },
)
const oddRoutes = fc.oneof(
  odd,
  fc.record({ hosts: odd, gateways: odd, exportTo: odd, http: fc.oneof(odd, fc.array(fc.oneof(odd, oddRule))) }),
)

describe('projection', () => {
  it('takes any Gateway', () => {
    fc.assert(fc.property(oddGateway, (spec) => void GATEWAY.project({ ...meta('Gateway'), spec } as KubeObject)))
  })

  it('takes any VirtualService', () => {
    fc.assert(
      fc.property(oddRoutes, (spec) => {
        const object = VIRTUAL_SERVICE.project({ ...meta('VirtualService'), spec } as KubeObject)
        expect(FOREIGN_BY_GATEWAY.values(object)).toBeInstanceOf(Array)
      }),
    )
  })

  it('takes any report of istiod on a VirtualService of ours', () => {
    const oddMessage = fc.record({
      level: fc.constantFrom('ERROR', 1),
      type: odd,
      code: odd,
      message: fc.oneof(odd, fc.constant('x'.repeat(300))),
    })
    const oddReport = fc.record({
      observedGeneration: fc.oneof(odd, fc.constantFrom(1, '1')),
      validationMessages: fc.oneof(odd, fc.array(fc.oneof(odd, oddMessage))),
      conditions: fc.oneof(odd, fc.array(odd)),
    })
    const ownerReferences = [
      { apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', name: 'odd', uid: '1', controller: true },
    ]
    fc.assert(
      fc.property(fc.oneof(odd, oddReport), (status) => {
        const { metadata, ...object } = meta('VirtualService')
        const ours = { ...object, metadata: { ...metadata, generation: 1, ownerReferences }, spec: {}, status }
        const { errors = [] } = VIRTUAL_SERVICE.project(ours)
        expect(errors.every((error) => typeof error === 'string' && error.length <= 200)).toBe(true)
      }),
    )
  })

  it('takes any Node', () => {
    const oddStatus = fc.record({ addresses: fc.oneof(odd, fc.array(odd)), conditions: fc.oneof(odd, fc.array(odd)) })
    fc.assert(
      fc.property(fc.oneof(odd, oddStatus), (status) => {
        const node = NODE.project({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'odd' }, status } as KubeObject)
        expect(node).toMatchObject({ external: [], internal: [] })
      }),
    )
  })

  it('one broken server leaves the others', () => {
    const { servers } = GATEWAY.project({
      ...meta('Gateway'),
      spec: {
        servers: [{ port: null }, { port: { number: 443, protocol: 'HTTPS' }, hosts: ['*'], tls: { mode: 'SIMPLE' } }],
      },
    } as KubeObject)
    expect(servers).toEqual([
      { number: 443, protocol: 'HTTPS', hosts: ['*'], tls: { mode: 'SIMPLE', httpsRedirect: false } },
    ])
  })

  it('a bare gateway name means the namespace of the VirtualService', () => {
    const object = { ...meta('VirtualService'), spec: { gateways: ['own', './dot', 'other/name', 'mesh'] } }
    expect(FOREIGN_BY_GATEWAY.values(VIRTUAL_SERVICE.project(object))).toEqual([
      'canvas/own',
      'canvas/dot',
      'other/name',
    ])
  })
})

describe('rendering', () => {
  it('never throws and always routes, whatever Gateway and routes are there', () => {
    fc.assert(
      fc.property(oddGateway, oddRoutes, (gateway, foreign) => {
        const all = [
          rawApi(),
          { ...aGateway([HTTPS]), spec: gateway },
          { ...meta('VirtualService'), spec: foreign },
          anIngress(),
        ] as Manifest[]
        const { view, settle } = bench({ options: { gateway: 'canvas/component-gateway' } }, all)
        const [api] = view.all(EXPOSED_API)
        expect(api && settle(api).objects).toHaveLength(1)
      }),
    )
  })
})
