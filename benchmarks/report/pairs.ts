/**
 * Two bundles of ours, compared run by run.
 *
 * A ratio is taken within each pair of runs, which lie side by side in time, and then the median of the ratios: what drifts
 * over an hour is in both runs of a pair. In every second pair B goes first, so what drifts within a pair cancels too.
 */
import { isOfTheServer } from '../measure/counts.ts'
import { PAIR } from '../options.ts'
import { countsAt, type Entry, type Json, quantile } from '../record.ts'
import { DEFINITIONS, type Definition } from './definitions.ts'
import { type Measured, summary } from './figures.ts'
import { quietness } from './quietness.ts'
import { cell, table } from './table.ts'

/** How the ratios of all pairs lie. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly max: number
  readonly pairs: number
}

/** One figure of both bundles. */
export interface PairFigure {
  readonly name: string
  readonly n: number
  readonly unit: string
  readonly a: Measured
  readonly b: Measured
  /** B ÷ A. Undefined where A has nothing to divide by. */
  readonly ratio: Spread | undefined
}

/** A kind of request that is not made equally often: its counts of all pairs, in the order of the runs. */
export interface RequestDifference {
  readonly job: string
  readonly step: string
  readonly n: number
  readonly request: string
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** All that a results file says about two bundles. */
export interface Comparison {
  readonly figures: readonly PairFigure[]
  readonly requests: readonly RequestDifference[]
  /** Steps whose requests were counted in both runs of a pair. */
  readonly counted: number
}

/** The results of one step in both runs of a pair. */
interface StepPair {
  readonly job: string
  readonly step: string
  readonly n: number
  readonly a: Json
  readonly b: Json
}

/** Units of figures that count requests. Those are compared one by one, and have to be equal. */
const COUNTS: ReadonlySet<string> = new Set(['per API', 'in all', 'at most'])

/** Compares what has succeeded in both runs of a pair. */
export function comparison(entries: readonly Entry[]): Comparison {
  const pairs = pairsOf(entries)
  const counting = pairs.filter(({ a, b }) => 'requests' in a && 'requests' in b)
  return {
    figures: DEFINITIONS.filter(({ unit }) => !COUNTS.has(unit)).flatMap((definition) => figures(definition, pairs)),
    requests: requestDifferences(counting),
    counted: counting.length,
  }
}

/** A line of JSON for each figure, and one for the requests. */
export function pairLines({ figures, requests, counted }: Comparison): readonly string[] {
  const lines = figures.map(({ name, n, unit, a, b, ratio }) =>
    JSON.stringify({ figure: name, n, unit, 'ours-a': a, 'ours-b': b, ratio: ratio && rounded(ratio) }),
  )
  return [...lines, JSON.stringify({ figure: 'requests', counted, equal: requests.length === 0, different: requests })]
}

/** The same for people. */
export function pairMarkdown({ figures, requests, counted }: Comparison, entries: readonly Entry[]): string {
  const bundles = entries.filter(({ job }) => job === 'bundle')
  return [
    ...bundles.map(({ subject, result }) => `- \`${subject}\`: ${result.path} (SHA-256 ${result.sha256})`),
    '',
    'A and B: median (smallest–largest) of the runs. B ÷ A: of the ratios within each pair of runs.',
    '',
    ...table(['figure', 'APIs', 'unit', 'A', 'B', 'B ÷ A', 'quartiles', 'range', 'pairs'], figures.map(row)),
    '',
    ...requestLines(requests, counted),
    '',
    quietness(entries),
    '',
  ].join('\n')
}

function pairsOf(entries: readonly Entry[]): readonly StepPair[] {
  const sound = entries.filter(({ job, result }) => job !== 'bundle' && result.error === undefined)
  const byRun = Map.groupBy(sound, ({ job, step, n, run }) => JSON.stringify([job, step, n, run]))
  return [...byRun.values()].flatMap((both) => {
    const [a, b] = PAIR.map((name) => both.find(({ subject }) => subject === name))
    return a && b ? [{ job: a.job, step: a.step, n: a.n, a: a.result, b: b.result }] : []
  })
}

function figures({ name, unit, job, step, value }: Definition, pairs: readonly StepPair[]): readonly PairFigure[] {
  const own = Map.groupBy(
    pairs.filter((pair) => pair.job === job && pair.step === step),
    ({ n }) => n,
  )
  return [...own].flatMap(([n, group]) => {
    const values = group.flatMap(({ a, b }) => {
      const [of, to] = [value(a, n), value(b, n)]
      return of === undefined || to === undefined ? [] : [[of, to] as const]
    })
    if (values.length === 0) return []
    const ratios = values.flatMap(([a, b]) => (a === 0 ? [] : [b / a]))
    const [a, b] = [summary(values.map(([of]) => of)), summary(values.map(([, to]) => to))]
    return [{ name, n, unit, a, b, ratio: ratios.length === 0 ? undefined : spread(ratios) }]
  })
}

function spread(ratios: readonly number[]): Spread {
  return {
    median: quantile(ratios, 0.5),
    min: Math.min(...ratios),
    lowerQuartile: quantile(ratios, 0.25),
    upperQuartile: quantile(ratios, 0.75),
    max: Math.max(...ratios),
    pairs: ratios.length,
  }
}

function rounded(ratio: Spread): object {
  return Object.fromEntries(Object.entries(ratio).map(([key, value]) => [key, Number(value.toFixed(4))]))
}

function requestDifferences(pairs: readonly StepPair[]): readonly RequestDifference[] {
  const groups = Map.groupBy(pairs, ({ job, step, n }) => JSON.stringify([job, step, n]))
  return [...groups.values()].flatMap((group) => {
    const counts = group.map(({ a, b }) => [countsAt(a, 'requests'), countsAt(b, 'requests')] as const)
    const names = new Set(counts.flatMap((both) => both.flatMap((one) => [...one.keys()])))
    const compared = [...names].sort().map((request) => ({
      job: group[0]?.job ?? '',
      step: group[0]?.step ?? '',
      n: group[0]?.n ?? 0,
      request,
      a: counts.map(([a]) => a.get(request) ?? 0),
      b: counts.map(([, b]) => b.get(request) ?? 0),
    }))
    return compared.filter(({ request, a, b }) => !isOfTheServer(request) && a.some((count, run) => count !== b[run]))
  })
}

function row({ name, n, unit, a, b, ratio }: PairFigure): readonly string[] {
  const three = (value: number | undefined) => value?.toFixed(3) ?? ''
  const quartiles = ratio && `${three(ratio.lowerQuartile)}–${three(ratio.upperQuartile)}`
  const range = ratio && `${three(ratio.min)}–${three(ratio.max)}`
  const pairs = String(ratio?.pairs ?? a.runs)
  return [
    name,
    n.toLocaleString('en'),
    unit,
    cell(a),
    cell(b),
    three(ratio?.median),
    quartiles ?? '',
    range ?? '',
    pairs,
  ]
}

function requestLines(requests: readonly RequestDifference[], counted: number): readonly string[] {
  if (requests.length === 0)
    return [`Requests: of each kind A and B made equally many, in all ${counted} pairs of steps.`]
  const rows = requests.map(({ job, step, n, request, a, b }) => [
    `${job}, ${step}`,
    n.toLocaleString('en'),
    request,
    a.join(' '),
    b.join(' '),
  ])
  const head = ['step', 'APIs', 'requests', 'A, run by run', 'B, run by run']
  return ['**Requests differ.** All other kinds were made equally often.', '', ...table(head, rows)]
}
