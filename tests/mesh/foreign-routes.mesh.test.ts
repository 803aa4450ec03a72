/** VirtualServices of others that take requests from an API, or lose them to it: reported by name, and left alone. */
import { exposedApi, type Manifest } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { condition, says } from '../support/exposed-api.ts'
import { gateway, http, virtualService } from './support/istio-objects.ts'
import { meshStage, type Place } from './support/mesh-stage.ts'

const stage = meshStage('foreign')

/** What a route of somebody else answers. */
const THEIRS = 418

/** A route of theirs. Within one second istiod orders by name, so the name says too who is older. */
function theirs(place: Place, name: string, uri: object): Promise<Manifest> {
  return stage.api.create(
    virtualService(place.namespace, name, { match: [{ uri }], directResponse: { status: THEIRS } }),
  )
}

/** An API whose Pod is ready, and what its status says about the route of somebody else. */
async function exposed(place: Place, name: string, path: string): Promise<string> {
  await stage.serve(place.namespace, name)
  await stage.api.apply(exposedApi(place.namespace, name, { path: place.at(path) }))
  return reported(place, name)
}

async function reported({ namespace }: Place, name: string): Promise<string> {
  const api = await stage.routed(namespace, name, says('RouteProgrammed', 'True', 'RouteConflict'))
  return condition(api, 'RouteProgrammed')?.message ?? ''
}

async function expectUntouched({ namespace }: Place, object: Manifest): Promise<void> {
  expect(await stage.api.get('VirtualService', namespace, object.metadata.name)).toEqual(object)
}

it.each([
  { what: 'a prefix above ours', prefix: '/', path: '/b' },
  { what: 'a string prefix that only begins like ours', prefix: '/b', path: '/bc' },
  { what: 'our own path', prefix: '/b', path: '/b' },
])('$what in an older VirtualService takes our requests, and we say so', async ({ prefix, path }) => {
  const place = await stage.place()
  const older = await theirs(place, 'a-older', { prefix: place.at(prefix) })
  expect(await exposed(place, 'b', path)).toContain(
    `that Istio puts before this one take requests from it: ${place.namespace}/a-older.`,
  )
  expect(await place.answers(path, `${path}/x`)).toEqual({ [path]: THEIRS, [`${path}/x`]: THEIRS })
  await expectUntouched(place, older)

  await stage.api.delete('VirtualService', place.namespace, 'a-older')
  await stage.routed(place.namespace, 'b', says('RouteProgrammed', 'True', 'Programmed'))
  expect(await place.answers(path, `${path}/x`)).toEqual({ [path]: 'b', [`${path}/x`]: 'b' })
})

it('a younger VirtualService below our path gets no request, and we say so', async () => {
  const place = await stage.place()
  await place.expose('b', '/b')
  const younger = await theirs(place, 'c-younger', { prefix: place.at('/b/c') })
  expect(await reported(place, 'b')).toContain(
    `that Istio puts after this one lose requests to it: ${place.namespace}/c-younger.`,
  )
  expect(await place.answers('/b', '/b/c', '/b/c/d')).toEqual({ '/b': 'b', '/b/c': 'b', '/b/c/d': 'b' })
  await expectUntouched(place, younger)
  await stage.api.delete('VirtualService', place.namespace, 'c-younger')
})

it('an older VirtualService that is more specific than ours is as it should be, and no conflict', async () => {
  const place = await stage.place()
  const older = await theirs(place, 'a-older', { prefix: place.at('/b/c') })
  await place.expose('b', '/b')
  const api = await stage.routed(place.namespace, 'b', says('RouteProgrammed', 'True', 'Programmed'))
  expect(condition(api, 'RouteProgrammed')?.message).not.toContain('a-older')
  expect(await place.answers('/b', '/b/c', '/b/c/d')).toEqual({ '/b': 'b', '/b/c': THEIRS, '/b/c/d': THEIRS })
  await expectUntouched(place, older)
  await stage.api.delete('VirtualService', place.namespace, 'a-older')
})

it('an older VirtualService with a regular expression over our path takes our requests, and we say so', async () => {
  const place = await stage.place()
  const older = await theirs(place, 'a-older', { regex: `${place.at('/')}[a-z]+(/.*)?` })
  await place.expose('b', '/b')
  expect(await place.answers('/b', '/b/x')).toEqual({ '/b': THEIRS, '/b/x': THEIRS })
  expect(await reported(place, 'b')).toContain(`take requests from it: ${place.namespace}/a-older (possibly`)
  await expectUntouched(place, older)
})

it('a younger VirtualService with a regular expression below our path gets no request, and we say so', async () => {
  const place = await stage.place()
  await place.expose('b', '/b')
  const younger = await theirs(place, 'c-younger', { regex: `${place.at('/b/')}[0-9]+` })
  await stage.mesh.settled()
  expect(await place.answers('/b', '/b/7')).toEqual({ '/b': 'b', '/b/7': 'b' })
  expect(await reported(place, 'b')).toContain(`lose requests to it: ${place.namespace}/c-younger (possibly`)
  await expectUntouched(place, younger)
})

it('a VirtualService on an older Gateway of the same port takes our requests, whatever its age, and we say so', async () => {
  await stage.api.apply(gateway('younger', http('*')))
  await using _operator = await stage.operator({
    COMPONENT_NAMESPACE: 'other-*',
    APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/younger',
  })
  const place = await stage.place('other')
  await place.expose('b', '/b')
  const elsewhere = await theirs(place, 'c-younger', { prefix: place.at('/b') }) // on canvas/component-gateway
  try {
    await stage.mesh.settled()
    expect(await place.answers('/b', '/b/x')).toEqual({ '/b': THEIRS, '/b/x': THEIRS })
    expect(await reported(place, 'b')).toContain(`take requests from it: ${place.namespace}/c-younger`)
    await expectUntouched(place, elsewhere)
  } finally {
    await stage.api.delete('VirtualService', place.namespace, 'c-younger')
    await stage.api.delete('Gateway', 'canvas', 'younger')
  }
})

it('a VirtualService that is not exported to the gateway takes nothing, and is no conflict', async () => {
  const place = await stage.place()
  const match = [{ uri: { prefix: place.at('/b') } }]
  const hidden = virtualService(place.namespace, 'a-older', { match, directResponse: { status: THEIRS } })
  await stage.api.create({ ...hidden, spec: { ...hidden.spec, exportTo: ['.'] } })
  await place.expose('b', '/b')
  expect(await place.answers('/b', '/b/x')).toEqual({ '/b': 'b', '/b/x': 'b' })
  const api = await stage.api.get('ExposedAPI', place.namespace, 'b')
  expect(condition(api, 'RouteProgrammed')).toMatchObject({ status: 'True', reason: 'Programmed' })
})

it('of two Gateways of the same pods the older one serves a path of both, and the API on the other says so', async () => {
  const bare = { COMPONENT_NAMESPACE: 'bare-*', APIOPERATORISTIO_COMPONENTGATEWAY: 'component-gateway' }
  await using _operator = await stage.operator(bare)
  const places = [await stage.place('bare'), await stage.place('bare')]
  const metadata = ({ namespace }: Place) => ({ name: 'component-gateway', namespace })
  for (const place of places) {
    await stage.api.create({ ...gateway('component-gateway', http('*')), metadata: metadata(place) })
  }
  const made = await stage.api.list('Gateway')
  const age = ({ namespace }: Place) =>
    `${made.find(({ metadata }) => metadata.namespace === namespace)?.metadata.creationTimestamp} ${namespace}`
  const [older, younger] = places.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)) as [Place, Place]
  try {
    const path = older.at('/b')
    await younger.expose('late', '/', { path })
    await older.expose('early', '/', { path })
    expect(await reported(younger, 'late')).toContain(`take requests from it: ${older.namespace}/early (through`)
    await stage.routed(older.namespace, 'early', says('RouteProgrammed', 'True', 'Programmed'))
    expect(await older.answers('/b', '/b/x')).toEqual({ '/b': 'early', '/b/x': 'early' })
  } finally {
    for (const { namespace } of places) await stage.api.delete('Gateway', namespace, 'component-gateway')
  }
})
