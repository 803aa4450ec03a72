import { expect, test } from 'vitest'
import { benchOptions } from '../options.ts'
import { tasksOf } from './jobs.ts'
import { turnsOf } from './series.ts'

const FILE = import.meta.filename

function order(...args: string[]): string[] {
  const options = benchOptions(['--sizes', '100', ...args])
  return turnsOf(tasksOf(options), options).map(({ job, run, subject }) => `${run} ${job.name} ${subject}`)
}

test('two bundles take turns in the order A, B, B, A, so that what drifts cancels', () => {
  expect(order('--only', 'cold', '--runs', '4', '--bundle', FILE, '--bundle', FILE)).toEqual([
    '1 cold ours-a',
    '1 cold ours-b',
    '2 cold ours-b',
    '2 cold ours-a',
    '3 cold ours-a',
    '3 cold ours-b',
    '4 cold ours-b',
    '4 cold ours-a',
  ])
})

test('every run of two bundles is a pair of each measurement', () => {
  const turns = order('--only', 'live,cold', '--runs', '8', '--subjects', 'ours', '--bundle', FILE, '--bundle', FILE)
  expect(turns).toHaveLength(8 * 2 * 2)
  expect(turns.filter((turn) => turn.endsWith('live ours-b'))).toHaveLength(8)
})

test('one bundle is ours, in the race with the others', () => {
  expect(order('--only', 'cold', '--runs', '2', '--bundle', FILE)).toEqual([
    '1 cold floor',
    '1 cold go',
    '1 cold ours',
    '2 cold ours',
    '2 cold go',
    '2 cold floor',
  ])
})
