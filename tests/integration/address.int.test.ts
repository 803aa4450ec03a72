/** The published address follows the cluster, and outlives a Gateway that Helm replaces. */
import { COMPONENT_GATEWAY, setAddress } from '@exposedapi/testbed/canvas'
import { beforeEach, expect, it } from 'vitest'
import { component, condition, isNotReady, isReady, says, served, urlOf } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'

const HOLD_MS = 1500
const set = stage({ environment: { ADDRESS_HOLD_MS: String(HOLD_MS) } })

beforeEach(async () => {
  await setAddress(set.api, [{ ip: '203.0.113.7' }])
  await set.api.apply(COMPONENT_GATEWAY)
})

it('a changed load balancer address reaches the urls of 20 APIs and their Component entries', async () => {
  const namespace = await set.namespace()
  await using world = await Watched.start(set.api, 'ExposedAPI', 'Component')
  const owner = await component(set.api, namespace)
  const names = Array.from({ length: 20 }, (_, at) => `api-${at}`)
  const made = await Promise.all(names.map((name) => set.api.apply(...served(namespace, name, {}, owner))))
  const entries = made.map((objects) => ({ uid: objects.at(-1)?.metadata.uid, ready: false }))
  await set.api.patch('Component', namespace, 'shop', { status: { coreAPIs: entries } })
  const urls = (): string[] => [
    ...world.all('ExposedAPI', namespace).map((api) => urlOf(api) ?? 'none'),
    ...(world.get('Component', namespace, 'shop')?.status?.coreAPIs ?? []).map(
      ({ url }: { url?: string }) => url ?? 'none',
    ),
  ]
  const allAt = (address: string) =>
    urls().length === 40 && urls().every((url) => url.startsWith(`https://${address}/${namespace}/`))
  await world.until(() => allAt('203.0.113.7'), 10_000, urls)

  await setAddress(set.api, [{ ip: '203.0.113.99' }])
  await world.until(() => allAt('203.0.113.99'), 10_000, urls)
})

it('without an address the API is routed and waits; the url appears with the address', async () => {
  await setAddress(set.api, [])
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'early'))
  const waiting = await set.api.until(
    'ExposedAPI',
    namespace,
    'early',
    says('AddressAssigned', 'Unknown', 'AddressPending'),
  )
  expect(urlOf(waiting)).toBeUndefined()
  expect(isNotReady(waiting)).toBe(true)
  expect(says('RouteProgrammed', 'True', 'Programmed')(waiting)).toBe(true)
  expect(condition(waiting, 'AddressAssigned')?.message).toContain('Service istio-ingress/istio-ingress')

  await setAddress(set.api, [{ ip: '203.0.113.8' }])
  await set.api.until(
    'ExposedAPI',
    namespace,
    'early',
    (api) => isReady(api) && urlOf(api) === `https://203.0.113.8/${namespace}/early`,
  )
})

it.each([
  { ingress: { hostname: 'lb-1.eu.example.com' }, host: 'lb-1.eu.example.com' },
  { ingress: { ip: '2001:db8::7' }, host: '[2001:db8::7]' },
])('a load balancer at $host is published as that', async ({ ingress, host }) => {
  await setAddress(set.api, [ingress])
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'named'))
  await set.api.until(
    'ExposedAPI',
    namespace,
    'named',
    (api) => isReady(api) && urlOf(api) === `https://${host}/${namespace}/named`,
  )
})

it('scheme and port come from the Gateway', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'plain'))
  await set.api.until('ExposedAPI', namespace, 'plain', (api) => urlOf(api)?.startsWith('https://') ?? false)
  const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }]
  await set.api.patch('Gateway', 'canvas', 'component-gateway', { spec: { servers } })
  await set.api.until('ExposedAPI', namespace, 'plain', (api) => urlOf(api) === `http://203.0.113.7/${namespace}/plain`)
})

it('a Gateway that is deleted and comes back in time takes no url away', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'held'))
  await set.api.until('ExposedAPI', namespace, 'held', isReady)
  await using world = await Watched.start(set.api, 'ExposedAPI')

  await set.api.delete('Gateway', 'canvas', 'component-gateway')
  await world.until(() => says('AddressAssigned', 'True', 'AddressHeld')(world.get('ExposedAPI', namespace, 'held')))
  await set.api.apply(COMPONENT_GATEWAY)
  await world.until(() => says('AddressAssigned', 'True', 'Assigned')(world.get('ExposedAPI', namespace, 'held')))
  const states = world.history.filter(
    ({ object }) => object.metadata.name === 'held' && object.metadata.namespace === namespace,
  )
  expect(states.length).toBeGreaterThan(1)
  expect(states.filter(({ object }) => !isReady(object) || urlOf(object) === undefined)).toEqual([])
})

it('a Gateway that stays away takes the url and readiness with it, and brings them back', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'lost'))
  await set.api.until('ExposedAPI', namespace, 'lost', isReady)
  await set.api.delete('Gateway', 'canvas', 'component-gateway')
  const gone = await set.api.until(
    'ExposedAPI',
    namespace,
    'lost',
    (api) => condition(api, 'AddressAssigned')?.status !== 'True',
  )
  expect(condition(gone, 'AddressAssigned')).toMatchObject({ reason: 'GatewayNotFound' })
  expect(condition(gone, 'AddressAssigned')?.message).toContain('canvas/component-gateway')
  expect(urlOf(gone)).toBeUndefined()
  expect(isNotReady(gone)).toBe(true)
  await set.api.apply(COMPONENT_GATEWAY)
  await set.api.until('ExposedAPI', namespace, 'lost', isReady)
})
