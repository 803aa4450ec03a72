/** APIs that are served under different hosts: each is reached under its own, also where one lies below another. */
import { beforeAll, expect, it } from 'vitest'
import { isReady, urlOf } from '../support/exposed-api.ts'
import { meshStage, type Place } from './support/mesh-stage.ts'

const stage = meshStage('hosts', { withoutOperator: true })
const PUBLIC = 'public.example'

beforeAll(async () => {
  await stage.operator({ COMPONENT_NAMESPACE: 'host-*', APIOPERATORISTIO_PUBLICHOSTNAME: PUBLIC })
})

/** Who answers under a host, by the path inside of the place. */
function under(host: string, place: Place, ...paths: readonly string[]): Promise<Record<string, string | number>> {
  return stage.answers(paths.map(place.at), place.at('').length, { host })
}

it('an API below one that has a host more is reached under its own host only', async () => {
  const place = await stage.place('host')
  await place.expose('outer', '/n', { hostname: 'shop.example' })
  await place.expose('inner', '/n/v4')
  const paths = ['/n', '/n/v4', '/n/v4/x', '/n/v44'] as const
  const nested = { '/n': 'outer', '/n/v4': 'inner', '/n/v4/x': 'inner', '/n/v44': 'outer' }
  for (const host of [PUBLIC, `${PUBLIC}:80`, 'Public.Example'])
    expect(await under(host, place, ...paths), host).toEqual(nested)
  const outerAlone = { '/n': 'outer', '/n/v4': 'outer', '/n/v4/x': 'outer', '/n/v44': 'outer' }
  for (const host of ['shop.example', 'shop.example:80'])
    expect(await under(host, place, ...paths), host).toEqual(outerAlone)
  expect(await under('elsewhere.example', place, '/n', '/n/v4')).toEqual({ '/n': 404, '/n/v4': 404 })
})

it('an API that has a host more than the one above it is reached under both of its hosts', async () => {
  const place = await stage.place('host')
  await place.expose('inner', '/n/v4', { hostname: 'v4.example' })
  await place.expose('outer', '/n')
  expect(await under(PUBLIC, place, '/n', '/n/v4', '/n/v4/x')).toEqual({
    '/n': 'outer',
    '/n/v4': 'inner',
    '/n/v4/x': 'inner',
  })
  expect(await under('v4.example', place, '/n', '/n/v4', '/n/v4/x')).toEqual({
    '/n': 404,
    '/n/v4': 'inner',
    '/n/v4/x': 'inner',
  })
})

it('of three under each other, each with a host of its own, none is reached under the host of another', async () => {
  const place = await stage.place('host')
  await place.expose('one', '/x', { hostname: 'one.example' })
  await place.expose('two', '/x/y', { hostname: 'two.example' })
  await place.expose('three', '/x/y/z', { hostname: 'three.example' })
  const paths = ['/x', '/x/y', '/x/y/z'] as const
  expect(await under(PUBLIC, place, ...paths)).toEqual({ '/x': 'one', '/x/y': 'two', '/x/y/z': 'three' })
  expect(await under('one.example', place, ...paths)).toEqual({ '/x': 'one', '/x/y': 'one', '/x/y/z': 'one' })
  expect(await under('two.example', place, ...paths)).toEqual({ '/x': 404, '/x/y': 'two', '/x/y/z': 'two' })
  expect(await under('three.example', place, ...paths)).toEqual({ '/x': 404, '/x/y': 404, '/x/y/z': 'three' })
})

it.each([
  { what: 'the public host', spec: {}, host: PUBLIC },
  { what: 'its own host', spec: { hostname: 'own.example' }, host: 'own.example' },
])('an API is published under $what, and answers there', async ({ spec, host }) => {
  const place = await stage.place('host')
  await place.expose('api', '/p', spec)
  const api = await stage.routed(place.namespace, 'api', isReady)
  expect(urlOf(api)).toBe(`http://${host}${place.at('/p')}`)
  expect(stage.who(await stage.visit(urlOf(api)))).toBe('api')
})
