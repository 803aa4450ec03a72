import { expect, it } from 'vitest'
import { idleCollection } from './idle-collection.ts'

/** MiB in use at each look; those after a collection are what it leaves. */
function collections(heap: readonly number[], left = 10): number[] {
  const collected: number[] = []
  let at = 0
  let now: number | undefined
  const look = idleCollection({
    heapBytes: () => (now ?? heap[at] ?? 0) * 2 ** 20,
    collect: () => {
      collected.push(at)
      now = left
    },
  })
  for (; at < heap.length; at++) {
    now = undefined
    look()
  }
  return collected
}

it('collects once when a burst is over, and not while it goes on', () => {
  expect(collections([30, 45, 60, 60, 10, 10, 10])).toEqual([3])
})

it('leaves a little garbage alone', () => {
  expect(collections([15, 15, 15])).toEqual([])
})

it('waits for a quarter of what was in use, where that is more', () => {
  expect(collections([100, 100, 110, 110, 124, 124, 126, 126], 100)).toEqual([1, 7])
})
