/** The longest path wins, segment by segment, whatever istiod's order: answered by the real Envoy. */
import { expect, it } from 'vitest'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('paths')

it('siblings whose names begin alike do not meet', async () => {
  const place = await stage.place()
  await place.expose('a', '/a')
  expect(await place.answers('/a', '/ab', '/ab/c')).toEqual({ '/a': 'a', '/ab': 404, '/ab/c': 404 })
  await place.expose('ab', '/ab')
  expect(await place.answers('/a', '/a/b', '/ab', '/ab/c', '/abc')).toEqual({
    '/a': 'a',
    '/a/b': 'a',
    '/ab': 'ab',
    '/ab/c': 'ab',
    '/abc': 404,
  })
})

it.each([
  { order: 'outer first', names: ['outer', 'inner'] },
  { order: 'inner first', names: ['inner', 'outer'] },
])('nested paths, $order: the longer one wins, and when it goes the shorter one serves both', async ({ names }) => {
  const place = await stage.place()
  const paths: Record<string, string> = { outer: '/n', inner: '/n/v4' }
  for (const name of names) await place.expose(name, paths[name] ?? '')
  expect(await place.answers('/n', '/n/v3', '/n/v4', '/n/v4/x', '/n/v44')).toEqual({
    '/n': 'outer',
    '/n/v3': 'outer',
    '/n/v4': 'inner',
    '/n/v4/x': 'inner',
    '/n/v44': 'outer',
  })
  await stage.api.delete('ExposedAPI', place.namespace, 'inner')
  await expect
    .poll(() => place.answers('/n', '/n/v4', '/n/v4/x'))
    .toEqual({ '/n': 'outer', '/n/v4': 'outer', '/n/v4/x': 'outer' })
})

it('nested three deep, the middle one last', async () => {
  const place = await stage.place()
  await place.expose('one', '/x')
  await place.expose('three', '/x/y/z')
  await place.expose('two', '/x/y')
  expect(await place.answers('/x', '/x/b', '/x/y', '/x/y/b', '/x/yy', '/x/y/z', '/x/y/z/b', '/x/y/zz')).toEqual({
    '/x': 'one',
    '/x/b': 'one',
    '/x/y': 'two',
    '/x/y/b': 'two',
    '/x/yy': 'one',
    '/x/y/z': 'three',
    '/x/y/z/b': 'three',
    '/x/y/zz': 'two',
  })
})

it('a slash at the end of the path makes no difference, and the query takes no part', async () => {
  const place = await stage.place()
  await place.expose('slash', '/s/')
  expect(await place.answers('/s', '/s/', '/s/b', '/s?x=1', '/s/?x=1', '/s?x=/b', '/sb?/s/')).toEqual({
    '/s': 'slash',
    '/s/': 'slash',
    '/s/b': 'slash',
    '/s?x=1': 'slash',
    '/s/?x=1': 'slash',
    '/s?x=/b': 'slash',
    '/sb?/s/': 404,
  })
})

it('escapes, dots and other spellings are read as Envoy normalises them', async () => {
  const place = await stage.place()
  await place.expose('a', '/a')
  const served = ['/./a', '/%61', '/a//b', '/a/./b', '/a/%2e/b', '/b/../a', '/a/b;v=1', '/a/b%2Fc']
  const unserved = ['/a.json', '/a;v=1', '/a%2Fb', '/a/../ab', '/a/%2e%2e/ab', '//a', '/A', '/%41']
  expect(await place.answers(...served, ...unserved, '/a#f')).toEqual({
    ...Object.fromEntries(served.map((path) => [path, 'a'])),
    ...Object.fromEntries(unserved.map((path) => [path, 404])),
    '/a#f': 400,
  })
})

it('an API at / takes what nobody else has, and nothing more', async () => {
  const place = await stage.place()
  await place.expose('before', '/before')
  await place.expose('root', '', { path: '/' })
  await place.expose('after', '/after')
  const { at } = place
  expect(await stage.answers(['/', '/anything', at('/before'), at('/after/x'), at('/before2')])).toEqual({
    '/': 'root',
    '/anything': 'root',
    [at('/before')]: 'before',
    [at('/after/x')]: 'after',
    [at('/before2')]: 'root',
  })
  await stage.api.delete('ExposedAPI', place.namespace, 'root')
  await expect.poll(() => stage.answers(['/', at('/after')])).toEqual({ '/': 404, [at('/after')]: 'after' })
})
