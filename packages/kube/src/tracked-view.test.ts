import { expect, it } from 'vitest'
import type { View } from './kind.ts'
import { BY_COLOR, THING } from './testing/things.ts'
import { indexKey, nameKey, ReadTracker, servesKey, trackedView } from './tracked-view.ts'

const empty: View = { get: () => undefined, by: () => [], serves: () => undefined }

it('remembers reads by name, by index value and of served kinds', () => {
  const tracker = new ReadTracker()
  const view = trackedView(empty, tracker, 'r')
  view.get(THING, 'ns', 'a')
  view.by(BY_COLOR, 'red')
  view.serves(THING)
  for (const key of [nameKey(THING, 'ns', 'a'), indexKey('things.color', 'red'), servesKey(THING)]) {
    expect([...tracker.dependents([key])]).toEqual(['r'])
  }
  expect([...tracker.dependents([nameKey(THING, 'ns', 'b'), indexKey('things.color', 'blue')])]).toEqual([])
})

it('forgets the former reads of a reader with its next view, and no others', () => {
  const tracker = new ReadTracker()
  trackedView(empty, tracker, 'r').get(THING, 'ns', 'a')
  trackedView(empty, tracker, 'other').get(THING, 'ns', 'a')
  trackedView(empty, tracker, 'r').get(THING, 'ns', 'b')
  expect([...tracker.dependents([nameKey(THING, 'ns', 'a')])]).toEqual(['other'])
})

it('keeps nothing of readers that are forgotten', () => {
  const tracker = new ReadTracker()
  for (let i = 0; i < 100; i++) {
    trackedView(empty, tracker, `r${i}`).get(THING, 'ns', `n${i}`)
    tracker.forget(`r${i}`)
  }
  expect(tracker.size).toBe(0)
})
