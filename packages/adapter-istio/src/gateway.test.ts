import { EXPOSED_API } from '@exposedapi/core'
import { adapterOf, rawApi } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { bench, type Manifest } from '../test/bench.ts'
import { aGateway, anIngress, HTTPS } from '../test/ingress.ts'
import { POD } from './address/pods.ts'
import { istio } from './index.ts'

const head = { options: { gateway: 'canvas/component-gateway' } }
const other = rawApi({ name: 'stock' }) as Manifest

function shop(...more: readonly Manifest[]) {
  const { view, settle } = bench(head, [rawApi({ name: 'shop' }) as Manifest, aGateway([HTTPS]), anIngress(), ...more])
  const api = view.get(EXPOSED_API, 'components', 'shop')
  if (!api) throw new Error('no API')
  return { view, decision: () => settle(api) }
}

describe('what a decision depends on', () => {
  it('the Gateway, the Services with its labels, the routes of others; every change of them decides again', () => {
    const { view, decision } = shop(other)
    expect(decision().status).toBeDefined()
    expect([...view.reads]).toEqual(
      expect.arrayContaining([
        'serves virtualservices',
        'serves gateways',
        'get gateways canvas/component-gateway',
        'by services.selector istio=ingressgateway',
        'by virtualservices.foreign canvas/component-gateway',
      ]),
    )
  })

  it('no other API beside it, and no route of one: there may be thousands', () => {
    const { view, decision } = shop(other)
    expect(decision().status).toBeDefined()
    expect([...view.reads].filter((read) => read.includes('stock'))).toEqual([])
  })
})

it('a second decision renders the same: a settled cluster sees no writes', () => {
  const { decision } = shop()
  expect(JSON.stringify(decision())).toBe(JSON.stringify(decision()))
})

it('asks for no more than it uses: only VirtualServices are written, and a missing Istio stops nothing', () => {
  const uses = adapterOf(istio, {}).kinds.map(({ kind, use, scope, optional = false }) => {
    return { plural: kind.plural, use, scope, optional }
  })
  expect(uses).toEqual([
    { plural: 'virtualservices', use: 'own', scope: 'cluster', optional: true },
    { plural: 'gateways', use: 'read', scope: 'cluster', optional: true },
    { plural: 'services', use: 'read', scope: 'cluster', optional: false },
  ])
})

it.each([
  { option: 'gatewayPods', plural: 'pods', index: 'pods.everywhere' },
  { option: 'nodePorts', plural: 'nodes', index: 'nodes.all' },
])('$option alone brings a watch on $plural, and works on without the right to it', ({ option, plural, index }) => {
  const [off, on] = [adapterOf(istio, {}), adapterOf(istio, { [option]: true })]
  const known = new Set(off.kinds.map(({ kind }) => kind.plural))
  const more = on.kinds.filter(({ kind }) => !known.has(kind.plural))
  expect(more).toMatchObject([{ kind: { plural }, use: 'read', scope: 'cluster', optional: true }])
  expect(on.indexes.map(({ name }) => name).filter((name) => name === index)).toEqual([index])
  expect(off.indexes.map(({ name }) => name)).not.toContain(index)
})

it('keeps nothing of a Pod but its labels', () => {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'a',
      namespace: 'b',
      uid: 'c',
      resourceVersion: '1',
      labels: { d: 'e' },
      annotations: { f: 'g' },
    },
    spec: { containers: [] },
  }
  const { annotations: _, ...metadata } = raw.metadata
  expect(POD.project(raw)).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata })
})
