import { existenceKey, indexKey, nameKey, servesKey, type View } from '@exposedapi/objects'
import { expect, it } from 'vitest'
import { BY_COLOR, THING } from '../testing/things.ts'
import { ReadTracker, trackedView } from './tracked-view.ts'

const empty: View = {
  get: () => undefined,
  exists: () => false,
  by: () => [],
  serves: () => undefined,
  readable: () => true,
}

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

it('distinguishes asking whether an object exists from reading it', () => {
  const tracker = new ReadTracker()
  trackedView(empty, tracker, 'r').exists(THING, 'ns', 'a')
  expect([...tracker.dependents([existenceKey(THING, 'ns', 'a')])]).toEqual(['r'])
  expect([...tracker.dependents([nameKey(THING, 'ns', 'a')])]).toEqual([])
})

it('forgets the earlier reads of a reader with its next view, and no others', () => {
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

it('counts what the present view has read, in whatever order, and nothing of the views before', () => {
  const tracker = new ReadTracker()
  const read = (...names: string[]) => {
    const view = trackedView(empty, tracker, 'r')
    for (const name of names) view.get(THING, 'ns', name)
  }
  const counted = () =>
    ['a', 'b', 'c', 'd'].filter((name) => tracker.dependents([nameKey(THING, 'ns', name)]).has('r')).join('')
  for (const names of ['abc', 'cba', 'cc', 'dacad', '', 'b', 'bab', 'dcb']) {
    read(...names)
    expect(counted()).toBe([...new Set(names)].sort().join(''))
  }
})

it('names each of several readers of one key, also when some of them have gone', () => {
  const tracker = new ReadTracker()
  const key = nameKey(THING, 'ns', 'a')
  for (const reader of ['r1', 'r2', 'r3']) trackedView(empty, tracker, reader).get(THING, 'ns', 'a')
  tracker.forget('r2')
  expect([...tracker.dependents([key])].sort()).toEqual(['r1', 'r3'])
  tracker.forget('r1')
  tracker.forget('r3')
  expect(tracker.size).toBe(0)
})
