/** Two APIs that want one path, and paths below paths. */
import { expect, it } from 'vitest'
import { api, condition, isReady, routedPaths, says, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'

const set = stage()

/** Two APIs at one path in one namespace; `a` was there first, or at least its name comes first. */
async function rivals(): Promise<{ namespace: string; world: Watched }> {
  const namespace = await set.namespace()
  const world = await Watched.start(set.api, 'ExposedAPI', 'VirtualService')
  await set.api.apply(...served(namespace, 'a', { path: `/${namespace}/contested` }))
  await set.api.until('ExposedAPI', namespace, 'a', isReady)
  await set.api.apply(...served(namespace, 'b', { path: `/${namespace}/contested` }))
  await world.until(() => says('Accepted', 'False', 'PathConflict')(world.get('ExposedAPI', namespace, 'b')))
  return { namespace, world }
}

it('the younger of two APIs at one path is refused, and told who has it', async () => {
  const { namespace, world } = await rivals()
  await using _ = world
  const loser = world.get('ExposedAPI', namespace, 'b')
  expect(condition(loser, 'Accepted')?.message).toContain(`${namespace}/a`)
  expect(loser?.status.implementation.ready).toBe(false)
  expect(loser?.status.apiStatus?.url).toBeUndefined()
  expect(world.get('VirtualService', namespace, 'b')).toBeUndefined()
  expect(isReady(world.get('ExposedAPI', namespace, 'a'))).toBe(true)
})

it.each([
  { when: 'is deleted', free: (namespace: string) => set.api.delete('ExposedAPI', namespace, 'a') },
  {
    when: 'moves',
    free: (namespace: string) =>
      set.api.patch('ExposedAPI', namespace, 'a', { spec: { path: `/${namespace}/elsewhere` } }),
  },
  {
    when: 'is refused',
    free: (namespace: string) => set.api.patch('ExposedAPI', namespace, 'a', { spec: { path: 'nowhere' } }),
  },
])('the loser takes over within 1 s when the winner $when', async ({ free }) => {
  const { namespace, world } = await rivals()
  await using _ = world
  const begun = performance.now()
  await free(namespace)
  const done = await world.until(() => isReady(world.get('ExposedAPI', namespace, 'b')))
  expect(routedPaths(await set.api.get('VirtualService', namespace, 'b'))[0]).toBe(`/${namespace}/contested`)
  expect(done - begun).toBeLessThan(1000)
})

it('APIs of two namespaces contest as well: they share the gateway', async () => {
  const [first, second] = [await set.namespace(), await set.namespace()]
  await set.api.apply(...served(first, 'x', { path: '/shared/path' }))
  await set.api.until('ExposedAPI', first, 'x', isReady)
  await set.api.apply(...served(second, 'x', { path: '/shared/path/' }))
  const loser = await set.api.until('ExposedAPI', second, 'x', says('Accepted', 'False', 'PathConflict'))
  expect(condition(loser, 'Accepted')?.message).toContain(`${first}/x`)
})

it('two APIs with one path and one destination are both served', async () => {
  const namespace = await set.namespace()
  const spec = { path: `/${namespace}/same`, implementation: 'v4-svc' }
  await set.api.apply(...served(namespace, 'v4', spec), api(namespace, 'v5', spec))
  await set.api.until('ExposedAPI', namespace, 'v4', isReady)
  await set.api.until('ExposedAPI', namespace, 'v5', isReady)
})

it('the longest path wins whichever API is older: the outer route holds the inner one first, as long as it exists', async () => {
  const namespace = await set.namespace()
  const [outer, inner] = [`/${namespace}/shop`, `/${namespace}/shop/catalog`]
  await set.api.apply(...served(namespace, 'outer', { path: outer }))
  await set.api.until('ExposedAPI', namespace, 'outer', isReady)
  await set.api.apply(...served(namespace, 'inner', { path: inner }))
  await set.api.until('ExposedAPI', namespace, 'inner', isReady)

  const route = await set.api.until('VirtualService', namespace, 'outer', (found) => routedPaths(found)[0] === inner)
  expect(routedPaths(route)).toEqual([inner, `${inner}/`, outer, `${outer}/`])
  expect(
    route?.spec.http.map((rule: { route: { destination: { host: string } }[] }) => rule.route[0]?.destination.host),
  ).toEqual(['inner-svc', 'outer-svc'])
  const own = await set.api.get('VirtualService', namespace, 'inner')
  expect(routedPaths(own)).toEqual([inner, `${inner}/`])

  await set.api.delete('ExposedAPI', namespace, 'inner')
  await set.api.until('VirtualService', namespace, 'outer', (found) => routedPaths(found)[0] === outer)
})
