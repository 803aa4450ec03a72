import { expect, test } from 'vitest'
import type { Entry, Json } from '../record.ts'
import { comparison, pairMarkdown } from './pairs.ts'

const n = 100

/** Both runs of a pair of cold starts. */
function pair(run: number, a: Json, b: Json): Entry[] {
  const common = { job: 'cold', step: 'converge', n, run }
  return [
    { ...common, subject: 'ours-a', result: a },
    { ...common, subject: 'ours-b', result: b },
  ]
}

function seconds(...pairs: readonly (readonly [a: number, b: number])[]): Entry[] {
  return pairs.flatMap(([a, b], index) => pair(index + 1, { total_s: a }, { total_s: b }))
}

test('the ratio is taken within each pair, then the median of the ratios', () => {
  // The machine becomes ten times slower. B is slower by 20 % in most pairs, though the ratio of the medians is 0.8.
  const { figures } = comparison(seconds([1, 1.2], [2, 2.4], [10, 11], [10, 12], [10, 8]))
  expect(figures).toMatchObject([
    { name: 'cold: start → last correct', n, unit: 's', ratio: { median: 1.2, min: 0.8, max: 1.2, pairs: 5 } },
  ])
})

test('quartiles lie between values in proportion', () => {
  const { figures } = comparison(seconds([1, 1], [1, 2], [1, 3], [1, 4]))
  expect(figures[0]?.ratio).toEqual({ median: 2.5, min: 1, lowerQuartile: 1.75, upperQuartile: 3.25, max: 4, pairs: 4 })
})

test('CPU time of operator and control plane and memory are compared too', () => {
  const result = (factor: number) => ({
    total_s: factor,
    cpu_s: { subject: factor, apiserver: 2 * factor, etcd: factor },
    memory_mib: { subject_rss: 50 * factor },
  })
  const { figures } = comparison(pair(1, result(1), result(3)))
  expect(figures.map(({ name, ratio }) => [name, ratio?.median])).toEqual([
    ['cold: start → last correct', 3],
    ['cold: CPU of the operator', 3],
    ['cold: CPU of the control plane', 3],
    ['memory after cold start', 3],
  ])
})

test('a run that failed takes its partner with it', () => {
  const failed = pair(2, { total_s: 1 }, { error: '99 of 100 correct' })
  expect(comparison([...seconds([1, 2]), ...failed]).figures).toMatchObject([{ a: { runs: 1 }, b: { runs: 1 } }])
})

test('where A has nothing to divide by there is no ratio', () => {
  expect(comparison(seconds([0, 1])).figures).toMatchObject([{ a: { median: 0 }, b: { median: 1 }, ratio: undefined }])
})

const requests = (counts: Readonly<Record<string, number>>): Json => ({ requests: counts })

test('equal requests are a sentence', () => {
  const entries = [1, 2].flatMap((run) =>
    pair(run, requests({ 'POST events': 3 }), requests({ 'POST events': 3, 'GET endpointslices': 1 })),
  )
  const compared = comparison(entries)
  expect(compared).toMatchObject({ requests: [], counted: 2 })
  expect(pairMarkdown(compared, entries)).toContain('made equally many, in all 2 pairs')
})

test('one request more in one run is listed, with the counts of all runs', () => {
  const entries = [
    ...pair(
      1,
      requests({ 'PATCH components': 10, 'POST events': 3 }),
      requests({ 'PATCH components': 10, 'POST events': 3 }),
    ),
    ...pair(
      2,
      requests({ 'PATCH components': 10, 'POST events': 3 }),
      requests({ 'PATCH components': 11, 'POST events': 3 }),
    ),
  ]
  const compared = comparison(entries)
  expect(compared.requests).toEqual([
    { job: 'cold', step: 'converge', n, request: 'PATCH components', a: [10, 10], b: [10, 11] },
  ])
  expect(pairMarkdown(compared, entries)).toContain('| cold, converge | 100 | PATCH components | 10 10 | 10 11 |')
})

test('a request that only one of them makes is a difference', () => {
  const compared = comparison(pair(1, requests({}), requests({ 'GET services': 1 })))
  expect(compared.requests).toMatchObject([{ request: 'GET services', a: [0], b: [1] }])
})
