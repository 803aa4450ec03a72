/** What a roll-out of 100 APIs costs, and that nothing is written afterwards. */
import { expect, it } from 'vitest'
import { FLEET_KINDS, Fleet } from '../support/fleet.ts'
import { untilIdle } from '../support/metrics-text.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'
import { operatorWrites, tally, writesDuring } from '../support/writes.ts'

const set = stage({ audit: true })
const fleet = new Fleet('components')

it('100 APIs in 10 Components, created at once, are routed, published, ready and entered in less than 3 s', async () => {
  await fleet.prepare(set.api)
  await using world = await Watched.start(set.api, ...FLEET_KINDS)

  const begun = performance.now()
  await fleet.install(set.api)
  const installed = performance.now()
  const converged = await world.until(
    () => fleet.wrong(world).length === 0,
    30_000,
    () => fleet.wrong(world).slice(0, 5),
  )

  console.log(
    `100 APIs: installed in ${seconds(installed - begun)}, correct ${seconds(converged - begun)} after the first create`,
  )
  expect(converged - begun).toBeLessThan(3000)
})

it('the roll-out cost the writes that had to be made', async () => {
  await untilIdle(set.operator, fleet.members.length)
  const writes = await operatorWrites(set.canvas)
  const counts = tally(writes)
  console.log('writes of the roll-out:', counts)
  const { 'patch components': components = 0, 'patch exposedapis': statuses = 0, ...objects } = counts

  expect(writes.filter(({ code }) => code >= 400 && code !== 409)).toEqual([])
  expect(objects).toEqual({ 'create virtualservices': 100, 'create servicemonitors': 20 })
  expect(statuses).toBe(100)
  console.log(`Component patches per Component: ${components / fleet.components.length}`)
  expect(components / fleet.components.length).toBeLessThanOrEqual(1.3)
})

it('60 s of idling make no write', { timeout: 180_000 }, async () => {
  expect(await writesDuring(set.canvas, 60_000)).toEqual([])
})

it('a restart makes no write', async () => {
  const writes = await writesDuring(set.canvas, async () => {
    expect(await set.operator.stop()).toBe(0)
    await set.start()
    await untilIdle(set.operator, fleet.members.length + fleet.components.length)
  })
  expect(writes).toEqual([])
})

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
