import { EXPOSED_API } from '@exposedapi/core'
import { decide, rawApi } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { bench } from '../test/bench.ts'
import { aClass, aGateway, aSchema, HTTP, HTTPS, type Manifest } from '../test/manifests.ts'

const api = (name: string, spec: object = {}) => rawApi({ name, spec: { ...spec } }) as Manifest

function shop(gateway: Manifest, ...more: readonly Manifest[]) {
  const { view, rules, settle } = bench({}, [api('shop'), gateway, aClass(), aSchema(), ...more])
  const found = view.get(EXPOSED_API, 'components', 'shop')
  if (!found) throw new Error('no API')
  return { view, settle: () => settle(found), offline: () => decide(found, view, rules, { now: 0 }) }
}

describe('what a decision depends on', () => {
  it('the route, its Gateway, its class, the definition of HTTPRoute, its namespace, and the routes of others', () => {
    const { view, settle } = shop(aGateway([HTTPS]))
    settle()
    expect([...view.reads]).toEqual(
      expect.arrayContaining([
        'serves httproutes',
        'serves gateways',
        'get httproutes components/shop',
        'get gateways canvas/gw',
        'get gatewayclasses /istio',
        'get customresourcedefinitions /httproutes.gateway.networking.k8s.io',
        'get namespaces /components',
        'by httproutes.foreign canvas/gw',
      ]),
    )
  })

  it('no other API beside it, or below it, and no route of one: there may be thousands', () => {
    const { view, settle } = shop(aGateway([HTTPS]), api('stock'), api('below', { path: '/shop/below' }))
    settle()
    expect([...view.reads].filter((read) => /components.(stock|below)/.test(read))).toEqual([])
  })
})

it('asks for no more than it uses: only HTTPRoutes are written, and a missing Gateway API stops nothing', () => {
  const { gateway } = bench({}, [])
  const uses = gateway.kinds.map(({ kind, use, scope, optional }) => `${use} ${kind.plural} ${scope} ${optional}`)
  expect(uses).toEqual([
    'own httproutes cluster true',
    'read gateways cluster true',
    'read gatewayclasses cluster true',
    'read customresourcedefinitions cluster true',
    'read namespaces cluster true',
  ])
})

it.each([
  { gateway: 'canvas/gw', namespaces: ['canvas'] },
  { gateway: 'gw', namespaces: [] },
])('$gateway: where single namespaces are watched, $namespaces too', ({ gateway, namespaces }) => {
  expect(bench({ options: { gateway } }, []).gateway.namespaces).toEqual(namespaces)
})

it('before the route is written, and offline, the Gateway alone tells that it admits none', () => {
  const { offline, settle } = shop(aGateway([{ ...HTTP, allowedRoutes: { namespaces: { from: 'Same' } } }]))
  const said = (decision: ReturnType<typeof offline>) =>
    decision.status?.conditions?.find(({ type }) => type === 'RouteProgrammed')?.message
  expect(said(offline())).toContain('No listener of Gateway canvas/gw admits namespace components with host *')
  expect(said(settle())).not.toContain('admits')
})
