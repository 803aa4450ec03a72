/** Changes that come thick and fast, and a process that dies among them. */
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
