/** What Gateways of the Gateway API, and istiod's words about them, make of the status of an API. */
import { exposedApi, type OperatorProcess, setAddress } from '@exposedapi/testbed/canvas'
import { GATEWAY_ADDRESS } from '@exposedapi/testbed/mesh'
import { afterEach, expect, it } from 'vitest'
import { condition, isReady, says, urlOf } from '../support/exposed-api.ts'
import {
  GATEWAY_KIND,
  GATEWAY_NAMESPACE,
  gatewayApiOperator,
  gatewayApiStage,
  HTTP,
  isProgrammed,
  kubernetesGateway,
  type Listener,
} from './support/gateway-api.ts'
import { inParallel } from './support/in-parallel.ts'
import { virtualService } from './support/istio-objects.ts'
import type { Place } from './support/mesh-stage.ts'

const stage = gatewayApiStage('gateways')

/** The Gateway of a test, which lives no longer than that. */
const SPECIAL = 'special'

afterEach(() => stage.api.delete(GATEWAY_KIND, GATEWAY_NAMESPACE, SPECIAL))

async function serve(...listeners: readonly Listener[]): Promise<void> {
  await stage.api.apply(kubernetesGateway(SPECIAL, listeners))
  await stage.api.until(GATEWAY_KIND, GATEWAY_NAMESPACE, SPECIAL, isProgrammed)
}

/** Port 80 of one host. */
function on(hostname: string, name = 'http'): Listener {
  return { ...HTTP, name, hostname }
}

/** An operator for that Gateway, and namespaces that no other operator serves. */
function start(prefix: string, environment: Readonly<Record<string, string>> = {}): Promise<OperatorProcess> {
  const gateway = { GATEWAYAPI_GATEWAY: `${GATEWAY_NAMESPACE}/${SPECIAL}` }
  return gatewayApiOperator(stage, { COMPONENT_NAMESPACE: `${prefix}-*`, ...gateway, ...environment })
}

/** An API with a ready Pod, whatever becomes of its route. */
async function apply(place: Place, name: string, path: string, spec: object = {}): Promise<void> {
  await stage.serve(place.namespace, name)
  await stage.api.apply(exposedApi(place.namespace, name, { path: place.at(path), ...spec }))
}

function answered(url: string | undefined) {
  return expect.poll(async () => stage.who(await stage.visit(url)))
}

it('a listener that admits no route of this namespace: said in istiod’s words; admitted, the API is served', async () => {
  await serve({ ...on('excluded.example'), allowedRoutes: { namespaces: { from: 'Same' } } })
  await using _operator = await start('gw-excluded')
  const place = await stage.place('gw-excluded')
  await apply(place, 'api', '/e')
  const told = await stage.routed(place.namespace, 'api', says('RouteProgrammed', 'False', 'NotAllowedByGateway'))
  expect(condition(told, 'RouteProgrammed')?.message).toMatch(/^istio.io\/gateway-controller does not accept HTTPRoute/)
  expect(condition(told, 'RouteProgrammed')?.message).toContain(`namespace "${place.namespace}" is not allowed`)
  expect(urlOf(told)).toBeUndefined()
  const kept = await stage.api.get('HTTPRoute', place.namespace, 'api')

  await serve(on('excluded.example'))
  const api = await stage.routed(place.namespace, 'api', isReady)
  await answered(urlOf(api)).toBe('api')
  expect((await stage.api.get('HTTPRoute', place.namespace, 'api'))?.metadata.generation).toBe(
    kept?.metadata.generation,
  )
})

it('on a Gateway that istiod cannot program a route is accepted and answers 404: it is not programmed', async () => {
  await stage.api.apply(kubernetesGateway('lost', [on('lost.example')], 'canvas'))
  await using _operator = await start('gw-lost', { GATEWAYAPI_GATEWAY: 'canvas/lost' })
  const place = await stage.place('gw-lost')
  await apply(place, 'api', '/l')
  const told = await stage.routed(place.namespace, 'api', says('RouteProgrammed', 'False', 'ReportedByGateway'))
  expect(condition(told, 'RouteProgrammed')?.message).toContain(
    'Gateway canvas/lost is not programmed: AddressNotUsable',
  )
  const route = await stage.api.get('HTTPRoute', place.namespace, 'api')
  expect(condition({ ...route, status: route?.status.parents[0] } as never, 'Accepted')?.status).toBe('True')
  expect((await stage.mesh.request(place.at('/l'), { host: 'lost.example' })).status).toBe(404)
  await stage.api.delete(GATEWAY_KIND, 'canvas', 'lost')
})

it('the URL names the host of the listener and follows it, and the route stays as it is', async () => {
  await serve(on('first.gw.example'))
  await using _operator = await start('gw-follow')
  const place = await stage.place('gw-follow')
  await place.expose('api', '/f')
  const before = await stage.routed(place.namespace, 'api', isReady)
  expect(urlOf(before)).toBe(`http://first.gw.example${place.at('/f')}`)
  await answered(urlOf(before)).toBe('api')
  const { metadata } = (await stage.api.get('HTTPRoute', place.namespace, 'api')) ?? {}

  await serve(on('second.gw.example'))
  const isMoved = (url: string | undefined) => url === `http://second.gw.example${place.at('/f')}`
  const api = await stage.routed(place.namespace, 'api', (seen) => isMoved(urlOf(seen)) && isReady(seen))
  await answered(urlOf(api)).toBe('api')
  expect(await stage.api.get('HTTPRoute', place.namespace, 'api')).toMatchObject({
    metadata: { generation: metadata?.generation },
  })
})

it('on wildcards only an API needs a host name: with one its URL answers', async () => {
  await serve(on('*.wild.gw.example'))
  await using _operator = await start('gw-wild')
  const place = await stage.place('gw-wild')
  await apply(place, 'api', '/w')
  await stage.routed(place.namespace, 'api', says('AddressAssigned', 'False', 'HostnameRequired'))
  await stage.api.patch('ExposedAPI', place.namespace, 'api', { spec: { hostname: 'shop.wild.gw.example' } })
  const api = await stage.routed(place.namespace, 'api', isReady)
  await answered(urlOf(api)).toBe('api')
})

it('on one of two listeners the API is served under the host of that one alone', async () => {
  await serve(on('inside.gw.example', 'inside'), on('outside.gw.example', 'outside'))
  await using _operator = await start('gw-section', { GATEWAYAPI_SECTIONNAME: 'inside' })
  const place = await stage.place('gw-section')
  await place.expose('api', '/s')
  const api = await stage.routed(place.namespace, 'api', isReady)
  await answered(urlOf(api)).toBe('api')
  expect((await stage.mesh.request(place.at('/s'), { host: 'outside.gw.example' })).status).toBe(404)
})

it('under a public host name, and that of an API beside it, other hosts get 404', async () => {
  await serve(HTTP)
  await using _operator = await start('gw-public', { GATEWAYAPI_PUBLICHOSTNAME: 'public.gw.example' })
  const place = await stage.place('gw-public')
  await place.expose('api', '/p', { hostname: 'shop.gw.example' })
  await place.expose('other', '/p/other')
  const under = (host: string) => stage.answers(['/p', '/p/other'].map(place.at), place.at('').length, { host })
  expect(await under('public.gw.example')).toEqual({ '/p': 'api', '/p/other': 'other' })
  expect(await under('shop.gw.example:80')).toEqual({ '/p': 'api', '/p/other': 'api' })
  expect(await under('elsewhere.example')).toEqual({ '/p': 404, '/p/other': 404 })
})

it('the published address is that of the Gateway, and follows it', async () => {
  await using _operator = await gatewayApiOperator(stage, { COMPONENT_NAMESPACE: 'gw-address-*' })
  const place = await stage.place('gw-address')
  await place.expose('api', '/a')
  await stage.routed(place.namespace, 'api', (seen) => urlOf(seen) === `http://${GATEWAY_ADDRESS}${place.at('/a')}`)
  try {
    await setAddress(stage.api, [{ ip: '203.0.113.9' }])
    await stage.routed(place.namespace, 'api', (seen) => urlOf(seen) === `http://203.0.113.9${place.at('/a')}`)
    await setAddress(stage.api, [{ hostname: 'lb.example.net' }])
    await stage.routed(place.namespace, 'api', (seen) => urlOf(seen) === `http://lb.example.net${place.at('/a')}`)
  } finally {
    await setAddress(stage.api, [{ ip: GATEWAY_ADDRESS }])
  }
  await stage.routed(place.namespace, 'api', (seen) => urlOf(seen) === `http://${GATEWAY_ADDRESS}${place.at('/a')}`)
})

it('a Gateway that goes takes readiness with it, not the URL; when it comes again, all is as before', async () => {
  await serve(on('gone.gw.example'))
  await using _operator = await start('gw-gone')
  const place = await stage.place('gw-gone')
  await place.expose('api', '/g')
  const url = urlOf(await stage.routed(place.namespace, 'api', isReady))
  await stage.api.delete(GATEWAY_KIND, GATEWAY_NAMESPACE, SPECIAL)
  const told = await stage.routed(place.namespace, 'api', says('RouteProgrammed', 'False', 'GatewayNotFound'))
  expect(told.status).toMatchObject({ apiStatus: { url }, implementation: { ready: false } })
  await serve(on('gone.gw.example'))
  await answered(urlOf(await stage.routed(place.namespace, 'api', isReady))).toBe('api')
})

it('while istiod is away a change stays unanswered: the URL and readiness stay, and the condition says that we wait', async () => {
  await serve(on('away.gw.example'))
  await using _operator = await start('gw-away')
  const place = await stage.place('gw-away')
  await place.expose('api', '/a')
  await stage.routed(place.namespace, 'api', isReady)
  await stage.mesh.stop('istiod')
  await stage.serve(place.namespace, 'other')
  await stage.api.patch('ExposedAPI', place.namespace, 'api', { spec: { implementation: 'other-svc' } })
  const waits = says('RouteProgrammed', 'Unknown', 'RoutePending')
  const waiting = await stage.api.until('ExposedAPI', place.namespace, 'api', waits)
  expect(waiting?.status.implementation.ready).toBe(true)
  await stage.mesh.start('istiod')
  await answered(urlOf(await stage.routed(place.namespace, 'api', isReady))).toBe('other')
})

it('beside a Gateway of Istio that is older, its routes come first; when they go, ours answer without a gap', async () => {
  await using _operator = await gatewayApiOperator(stage, { COMPONENT_NAMESPACE: 'gw-beside-*' })
  const place = await stage.place('gw-beside')
  await stage.serve(place.namespace, 'theirs')
  const route = [{ destination: { host: 'theirs-svc', port: { number: 8080 } } }]
  await stage.api.create(
    virtualService(place.namespace, 'theirs', { match: [{ uri: { prefix: place.at('/b') } }], route }),
  )
  await place.expose('ours', '/b/longer')
  expect(await place.answers('/b', '/b/longer')).toEqual({ '/b': 'theirs', '/b/longer': 'theirs' })

  const seen: unknown[] = []
  const asking = inParallel(Array.from({ length: 2000 }), async () => {
    seen.push(stage.who(await stage.mesh.request(place.at('/b/longer'))))
  })
  await stage.api.delete('VirtualService', place.namespace, 'theirs')
  await asking
  expect(new Set(seen)).toEqual(new Set(['theirs', 'ours']))
  expect(await place.answers('/b', '/b/longer')).toEqual({ '/b': 404, '/b/longer': 'ours' })
})
