import { expect, it } from 'vitest'
import { idleCollection } from './idle-collection.ts'

/** MiB in use at each look, and whether there was work since the one before. Returns which looks collected. */
function collections(looks: readonly (readonly [mib: number, work: 'busy' | 'idle'])[], left = 10): number[] {
  const collected: number[] = []
  let at = 0
  let afterwards: number | undefined
  const look = idleCollection({
    utilization: () => (looks[at]?.[1] === 'busy' ? 0.8 : 0.001),
    heapBytes: () => (afterwards ?? looks[at]?.[0] ?? 0) * 2 ** 20,
    collect: () => {
      collected.push(at)
      afterwards = left
    },
  })
  for (; at < looks.length; at++) {
    afterwards = undefined
    look()
  }
  return collected
}

it('collects once when a burst is over, and not while it goes on', () => {
  const burst = [30, 60, 60, 60].map((mib) => [mib, 'busy'] as const)
  expect(collections([...burst, [60, 'idle'], [10, 'idle'], [10, 'idle']])).toEqual([4])
})

it('leaves a little garbage alone', () => {
  expect(
    collections([
      [15, 'idle'],
      [15, 'idle'],
    ]),
  ).toEqual([])
})

it('waits for a quarter of what was in use, where that is more', () => {
  const looks = [100, 110, 124, 126].map((mib) => [mib, 'idle'] as const)
  expect(collections(looks, 100)).toEqual([0, 3])
})
