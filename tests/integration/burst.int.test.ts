/** Changes that come thick and fast, and a process that dies among them. */
import { exposedApi } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { routedPaths, served, urlOf } from '../support/exposed-api.ts'
import { FLEET_KINDS, Fleet } from '../support/fleet.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'

const set = stage()

it('an operator that is killed in the middle of 100 APIs leaves none behind when it is back', async () => {
  const fleet = new Fleet(await set.namespace())
  await fleet.prepare(set.api)
  await using world = await Watched.start(set.api, ...FLEET_KINDS)

  const installing = fleet.install(set.api)
  await world.until(() => world.all('VirtualService').length >= 30)
  await set.operator.kill()
  await installing
  const wrong = fleet.wrong(world).length
  console.log(`killed: ${world.all('VirtualService').length} routes exist, ${wrong} of 100 APIs are not correct`)
  expect(wrong).toBeGreaterThan(0)

  await set.start()
  await world.until(
    () => fleet.wrong(world).length === 0,
    30_000,
    () => fleet.wrong(world).slice(0, 5),
  )
})

it('a path that changes the moment the url appears reaches the route, for each of 10 APIs (D66)', async () => {
  const namespace = await set.namespace()
  await using world = await Watched.start(set.api, 'ExposedAPI', 'VirtualService')
  const names = Array.from({ length: 10 }, (_, at) => `moving${at}`)

  await Promise.all(
    names.map(async (name) => {
      await set.api.apply(...served(namespace, name))
      await world.until(() => urlOf(world.get('ExposedAPI', namespace, name)) !== undefined)
      await set.api.patch('ExposedAPI', namespace, name, { spec: { path: `/${namespace}/${name}/moved` } })
    }),
  )

  const behind = () =>
    names.filter((name) => {
      const path = `/${namespace}/${name}/moved`
      const isRouted = routedPaths(world.get('VirtualService', namespace, name))[0] === path
      return !isRouted || !urlOf(world.get('ExposedAPI', namespace, name))?.endsWith(path)
    })
  await world.until(() => behind().length === 0, 5_000, behind)
})

it('one API that changes 50 times ends at its last path', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'restless'))
  for (let turn = 1; turn <= 50; turn++) {
    await set.api.patch('ExposedAPI', namespace, 'restless', { spec: { path: `/${namespace}/turn-${turn}` } })
  }
  const last = `/${namespace}/turn-50`
  await set.api.until('VirtualService', namespace, 'restless', (route) => routedPaths(route)[0] === last)
  await set.api.until('ExposedAPI', namespace, 'restless', (api) => urlOf(api) === `https://203.0.113.7${last}`)
})

it("a user's change passes the APIs that only wait for their first turn after a start", async () => {
  const namespace = await set.namespace()
  await set.operator.kill()
  const names = Array.from({ length: 300 }, (_, at) => `waiting-${String(at).padStart(3, '0')}`)
  await Promise.all(names.map((name) => set.api.create(exposedApi(namespace, name))))
  await using world = await Watched.start(set.api, 'VirtualService')
  const last = names.at(-1) ?? ''
  const path = `/${namespace}/changed-by-a-user`

  const started = set.start()
  await world.until(() => world.all('VirtualService', namespace).length > 0)
  await set.api.patch('ExposedAPI', namespace, last, { spec: { path } })
  await world.until(() => routedPaths(world.get('VirtualService', namespace, last))[0] === path)
  const before = world.all('VirtualService', namespace).length
  console.log(`the changed one was served as number ${before} of ${names.length}`)
  // It is the last in the order of the list: without precedence it would be served after all others.
  expect(before).toBeLessThan(names.length / 2)
  await started
})
