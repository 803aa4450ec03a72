/** Who owns a path, and what becomes of routes and addresses that others change. */
import { exposedApi, type Manifest, setAddress } from '@exposedapi/testbed/canvas'
import { GATEWAY_ADDRESS } from '@exposedapi/testbed/mesh'
import { expect, it } from 'vitest'
import { condition, says, urlOf } from '../support/exposed-api.ts'
import { virtualService } from './support/istio-objects.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('ownership')

it('of two APIs with one path the older serves; when it goes, the other takes over within a second', async () => {
  const place = await stage.place()
  await place.expose('older', '/same')
  await stage.serve(place.namespace, 'younger')
  await stage.api.apply(exposedApi(place.namespace, 'younger', { path: place.at('/same') }))
  await stage.routed(place.namespace, 'younger', says('Accepted', 'False', 'PathConflict'))
  expect(await stage.api.get('VirtualService', place.namespace, 'younger')).toBeUndefined()
  expect(await place.answers('/same', '/same/x')).toEqual({ '/same': 'older', '/same/x': 'older' })

  await stage.api.delete('ExposedAPI', place.namespace, 'older')
  const deleted = performance.now()
  await expect
    .poll(() => place.answers('/same', '/same/x'), { interval: 20, timeout: 5000 })
    .toEqual({ '/same': 'younger', '/same/x': 'younger' })
  const took = performance.now() - deleted
  console.log(`take-over: traffic follows ${took.toFixed(0)} ms after the deletion`)
  expect(took).toBeLessThan(1000)
})

it('a VirtualService of somebody else that names a host hides all APIs under that host, and each API says so', async () => {
  const place = await stage.place()
  await place.expose('hidden', '/h')
  const host = `${place.namespace}.test`
  const path = place.at('/h')
  expect(await stage.answers([path], 0, { host })).toEqual({ [path]: 'hidden' })

  const rule = { match: [{ uri: { prefix: '/other' } }], directResponse: { status: 200 } }
  await stage.api.create(virtualService(place.namespace, 'foreign', rule, [host]))
  await stage.routed(place.namespace, 'hidden', says('RouteProgrammed', 'True', 'RouteConflict'))
  expect(await stage.answers([path], 0, { host })).toEqual({ [path]: 404 })
  expect(await stage.answers([path], 0, { host: 'elsewhere.test' })).toEqual({ [path]: 'hidden' })
  const api = await stage.api.get('ExposedAPI', place.namespace, 'hidden')
  expect(condition(api, 'RouteProgrammed')?.message).toContain(`${place.namespace}/foreign`)

  await stage.api.delete('VirtualService', place.namespace, 'foreign')
  await stage.routed(place.namespace, 'hidden', says('RouteProgrammed', 'True', 'Programmed'))
  expect(await stage.answers([path], 0, { host })).toEqual({ [path]: 'hidden' })
})

it('the published URL answers, and follows the address of the gateway', async () => {
  const place = await stage.place()
  await place.expose('moving', '/m')
  const first = await stage.routed(place.namespace, 'moving', (api) => urlOf(api) !== undefined)
  expect(urlOf(first)).toBe(`http://${GATEWAY_ADDRESS}${place.at('/m')}`)
  expect((await fetch(urlOf(first) ?? '')).status).toBe(200)

  const other = '10.244.1.2' // Envoy listens on every address
  await setAddress(stage.api, [{ ip: other }])
  const moved = await stage.routed(place.namespace, 'moving', (api) => urlOf(api)?.includes(other) ?? false)
  expect((await fetch(urlOf(moved) ?? '')).status).toBe(200)
  await setAddress(stage.api, [{ ip: GATEWAY_ADDRESS }])
  await stage.routed(place.namespace, 'moving', (api) => urlOf(api)?.includes(GATEWAY_ADDRESS) ?? false)
})

it.each([
  { what: 'led elsewhere', spec: { http: [{ directResponse: { status: 418 } }] } },
  { what: 'moved to another host', spec: { hosts: ['edited.test'] } },
])('a VirtualService that somebody $what is repaired, and traffic is back', async ({ spec }) => {
  const place = await stage.place()
  await place.expose('edited', '/e')
  const before = await stage.api.get('VirtualService', place.namespace, 'edited')
  await stage.api.patch('VirtualService', place.namespace, 'edited', { spec })
  await stage.api.until('VirtualService', place.namespace, 'edited', (now) => same(now, before))
  await expect.poll(() => place.answers('/e')).toEqual({ '/e': 'edited' })
})

it('a VirtualService that somebody deleted is written again, and traffic is back', async () => {
  const place = await stage.place()
  await place.expose('lost', '/l')
  await stage.api.delete('VirtualService', place.namespace, 'lost')
  await stage.api.until('VirtualService', place.namespace, 'lost', (now) => now !== undefined)
  await expect.poll(() => place.answers('/l')).toEqual({ '/l': 'lost' })
})

it('a foreign exportTo hides a VirtualService from the gateway: it is left and reported, and without it traffic is back', async () => {
  const place = await stage.place()
  await place.expose('shut', '/s')
  await stage.api.patch('VirtualService', place.namespace, 'shut', { spec: { exportTo: ['.'] } })
  const told = await stage.routed(place.namespace, 'shut', says('RouteProgrammed', 'False', 'HiddenFromGateway'))
  expect(condition(told, 'RouteProgrammed')?.message).toContain('exportTo')
  expect(await place.answers('/s')).toEqual({ '/s': 404 })

  await stage.api.patch('VirtualService', place.namespace, 'shut', { spec: { exportTo: null } })
  await stage.routed(place.namespace, 'shut', says('RouteProgrammed', 'True', 'Programmed'))
  expect(await place.answers('/s')).toEqual({ '/s': 'shut' })
})

function same(now: Manifest | undefined, before: Manifest | undefined): boolean {
  return JSON.stringify(now?.spec) === JSON.stringify(before?.spec)
}
