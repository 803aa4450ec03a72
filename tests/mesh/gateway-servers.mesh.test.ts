/** Gateways that serve certain hosts or namespaces only, or no HTTP at all. */
import { exposedApi, type OperatorProcess } from '@exposedapi/testbed/canvas'
import { afterEach, expect, it } from 'vitest'
import { condition, isReady, says, urlOf } from '../support/exposed-api.ts'
import { type GatewayServer, gateway, http } from './support/istio-objects.ts'
import { meshStage, type Place } from './support/mesh-stage.ts'

const stage = meshStage('servers', { withoutOperator: true })

/** The Gateway of a test, which lives no longer than that. */
const GATEWAY = 'special'

afterEach(() => stage.api.delete('Gateway', 'canvas', GATEWAY))

function serve(...servers: readonly GatewayServer[]): Promise<unknown> {
  return stage.api.apply(gateway(GATEWAY, ...servers))
}

/** An operator for that Gateway, and namespaces that no other operator serves. */
function start(prefix: string): Promise<OperatorProcess> {
  return stage.operator({
    COMPONENT_NAMESPACE: `${prefix}-*`,
    APIOPERATORISTIO_COMPONENTGATEWAY: `canvas/${GATEWAY}`,
  })
}

/** An API with a ready Pod, whatever becomes of its route. */
async function apply(place: Place, name: string, path: string, spec: object = {}): Promise<void> {
  await stage.serve(place.namespace, name)
  await stage.api.apply(exposedApi(place.namespace, name, { path: place.at(path), ...spec }))
}

it('on a Gateway for one host the published URL names that host and answers; by address nothing does', async () => {
  await serve(http('api.example'))
  await using _operator = await start('restricted')
  const place = await stage.place('restricted')
  await place.expose('api', '/r')
  const api = await stage.routed(place.namespace, 'api', isReady)
  expect(urlOf(api)).toBe(`http://api.example${place.at('/r')}`)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('api')
  expect(await place.answers('/r', '/r/x')).toEqual({ '/r': 404, '/r/x': 404 })
})

it('when that Gateway serves another host, the published URL follows and answers, and the route stays as it is', async () => {
  await serve(http('first.example'))
  await using _operator = await start('follow')
  const place = await stage.place('follow')
  await place.expose('api', '/f')
  const before = await stage.api.get('VirtualService', place.namespace, 'api')
  await serve(http('second.example'))
  const api = await stage.routed(
    place.namespace,
    'api',
    (seen) => urlOf(seen) === `http://second.example${place.at('/f')}`,
  )
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('api')
  expect(await stage.api.get('VirtualService', place.namespace, 'api')).toEqual(before)
})

it('on a Gateway for wildcards only, an API needs a host name: with one its URL answers', async () => {
  await serve(http('*.wild.example'))
  await using _operator = await start('wild')
  const place = await stage.place('wild')
  await apply(place, 'api', '/w')
  await stage.routed(place.namespace, 'api', says('AddressAssigned', 'False', 'HostnameRequired'))
  await stage.api.patch('ExposedAPI', place.namespace, 'api', { spec: { hostname: 'shop.wild.example' } })
  const api = await stage.routed(place.namespace, 'api', isReady)
  expect(urlOf(api)).toBe(`http://shop.wild.example${place.at('/w')}`)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('api')
})

it('a namespace that the Gateway excludes is told so and gets no answer; admitted, it is served', async () => {
  await serve(http('other/*'))
  await using _operator = await start('excluded')
  const place = await stage.place('excluded')
  await apply(place, 'api', '/e')
  const told = await stage.routed(place.namespace, 'api', says('RouteProgrammed', 'False', 'NotAllowedByGateway'))
  expect(condition(told, 'RouteProgrammed')?.message).toContain(`namespace ${place.namespace}`)
  expect(urlOf(told)).toBeUndefined()
  const kept = await stage.api.get('VirtualService', place.namespace, 'api')
  expect(kept).toBeDefined()
  expect(await place.answers('/e')).toEqual({ '/e': 404 })

  await serve(http('other/*', `${place.namespace}/*`))
  const api = await stage.routed(place.namespace, 'api', isReady)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('api')
  expect(await stage.api.get('VirtualService', place.namespace, 'api')).toEqual(kept)
})

it.each([
  {
    what: 'passes TLS through',
    server: { port: { number: 443, name: 'tls', protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' } },
    prefix: 'passing',
    shown: 'PASSTHROUGH',
  },
  {
    what: 'redirects to https',
    server: { port: { number: 80, name: 'redirect', protocol: 'HTTP' }, tls: { httpsRedirect: true } },
    prefix: 'redirecting',
    shown: 'with redirect',
  },
])(
  'a Gateway that only $what has no usable server: said so, and the route is kept for the day it has',
  async ({ server, prefix, shown }) => {
    await serve({ ...server, hosts: [`${prefix}.example`] })
    await using _operator = await start(prefix)
    const place = await stage.place(prefix)
    await apply(place, 'api', '/p')
    const told = await stage.routed(place.namespace, 'api', says('AddressAssigned', 'False', 'NoUsableServer'))
    expect(condition(told, 'AddressAssigned')?.message).toContain(shown)
    expect(urlOf(told)).toBeUndefined()
    const kept = await stage.api.get('VirtualService', place.namespace, 'api')
    expect(kept).toBeDefined()

    await serve({ ...server, hosts: [`${prefix}.example`] }, http('usable.example'))
    const api = await stage.routed(place.namespace, 'api', isReady)
    expect(urlOf(api)).toBe(`http://usable.example${place.at('/p')}`)
    await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('api')
    expect(await stage.api.get('VirtualService', place.namespace, 'api')).toEqual(kept)
  },
)
