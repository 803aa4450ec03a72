/** Paths that Istio's webhook lets pass and that no request could ever have: refused by us, at nobody's cost. */
import { exposedApi } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { condition, isNotReady, says } from '../support/exposed-api.ts'
import { virtualService } from './support/istio-objects.ts'
import { meshStage, type Place } from './support/mesh-stage.ts'

const stage = meshStage('invalid')

/** Of a path that is well formed but for its ending. */
const IN_PLACE = (ending: string) => (place: Place) => place.at(ending)

it.each([
  { what: 'w', path: () => 'w', why: 'must start with' },
  { what: '/a?b', path: IN_PLACE('/a?b'), why: '"?"' },
  { what: '/a b', path: IN_PLACE('/a b'), why: '" "' },
  { what: '/a(/.*)?', path: IN_PLACE('/a(/.*)?'), why: '"?"' },
  { what: '/a/../b', path: IN_PLACE('/a/../b'), why: '".."' },
])('$what is refused with its reason and without a VirtualService; the neighbour goes on', async ({ path, why }) => {
  const place = await stage.place()
  const { namespace } = place
  await place.expose('neighbour', '/a')
  const before = await stage.api.get('VirtualService', namespace, 'neighbour')

  await stage.serve(namespace, 'wrong')
  await stage.api.apply(exposedApi(namespace, 'wrong', { path: path(place) }))
  const refused = await stage.routed(namespace, 'wrong', says('Accepted', 'False', 'InvalidPath'))
  expect(condition(refused, 'Accepted')?.message).toContain(why)
  expect(isNotReady(refused)).toBe(true)
  expect(await stage.api.get('VirtualService', namespace, 'wrong')).toBeUndefined()

  expect(await stage.api.get('VirtualService', namespace, 'neighbour')).toEqual(before)
  expect(await place.answers('/a', '/a/b', '/b', '/a%20b')).toEqual({
    '/a': 'neighbour',
    '/a/b': 'neighbour',
    '/b': 404,
    '/a%20b': 404,
  })
})

it("Istio's webhook would have let them pass", async () => {
  const { namespace } = await stage.place()
  const directResponse = { status: 200 }
  for (const [index, path] of ['w', '/a?b', '/a b', '/a/../b'].entries()) {
    const route = virtualService(namespace, `let-pass-${index}`, { match: [{ uri: { prefix: path } }], directResponse })
    await stage.api.create(route)
    await stage.api.delete('VirtualService', namespace, route.metadata.name)
  }
})

it('what looks like a regular expression is a path like any other, letter by letter', async () => {
  const place = await stage.place()
  await place.expose('literal', '/a(/.+)')
  expect(await place.answers('/a(/.+)', '/a(/.+)/b', '/a', '/a/b', '/a(/x)')).toEqual({
    '/a(/.+)': 'literal',
    '/a(/.+)/b': 'literal',
    '/a': 404,
    '/a/b': 404,
    '/a(/x)': 404,
  })
})
