import { expect, it } from 'vitest'
import { METRICS } from './telemetry.ts'

it('no metric has the name of an object among its labels', () => {
  const labels = new Set(Object.values(METRICS).flatMap((metric) => metric.labels))
  expect([...labels].sort()).toEqual([
    'code',
    'controller',
    'host',
    'method',
    'name',
    'outcome',
    'priority',
    'reason',
    'resource',
    'result',
    'verb',
    'what',
  ])
})
