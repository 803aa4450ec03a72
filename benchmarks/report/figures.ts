/** Figures of all runs: medians and ranges by subject. */
import type { SubjectName } from '../options.ts'
import { type Entry, median } from '../record.ts'
import { DEFINITIONS, type Definition, type Target } from './definitions.ts'

/** Median and range of the runs of one subject. */
export interface Measured {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

/** One figure with all its subjects. */
export interface Figure {
  readonly name: string
  readonly n: number
  readonly unit: string
  readonly subjects: Partial<Record<SubjectName, Measured>>
  readonly target?: Target
}

/** All figures that the entries hold, and the slope of memory between sizes. */
export function figuresOf(entries: readonly Entry[]): readonly Figure[] {
  const sound = entries.filter(({ result }) => result.error === undefined)
  const figures = DEFINITIONS.flatMap((definition) => measured(definition, sound))
  return [...figures, ...slopes(figures)]
}

function measured(definition: Definition, entries: readonly Entry[]): readonly Figure[] {
  const own = entries.filter(({ job, step }) => job === definition.job && step === definition.step)
  const sizes = [...new Set(own.map(({ n }) => n))].sort((a, b) => a - b)
  return sizes.flatMap((n) => {
    const subjects: Partial<Record<SubjectName, Measured>> = {}
    for (const subject of ['floor', 'go', 'ours'] as const) {
      const results = own.filter((entry) => entry.n === n && entry.subject === subject)
      if (subject === 'floor' && definition.withoutFloor) continue
      const values = results.flatMap(({ result }) => definition.value(result, n) ?? [])
      if (values.length > 0) subjects[subject] = summary(values)
    }
    if (Object.keys(subjects).length === 0) return []
    const target = definition.target?.(n)
    return [{ name: definition.name, n, unit: definition.unit, subjects, ...(target && { target }) }]
  })
}

/** Memory for each further thousand APIs, from 1,000 upwards: below, the start of the process hides it. */
function slopes(figures: readonly Figure[]): readonly Figure[] {
  const grown = figures.filter(({ name, n }) => name === 'memory after live convergence' && n >= 1000)
  const [small, large] = [grown[0], grown.at(-1)]
  if (!small || !large || small === large) return []
  const subjects: Partial<Record<SubjectName, Measured>> = {}
  for (const subject of ['go', 'ours'] as const) {
    const [from, to] = [small.subjects[subject], large.subjects[subject]]
    if (from && to) subjects[subject] = summary([((to.median - from.median) * 1000) / (large.n - small.n)])
  }
  return [{ name: `memory, slope from ${small.n} APIs`, n: large.n, unit: 'MiB/1,000', subjects }]
}

/** Of at least one value. */
export function summary(values: readonly number[]): Measured {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), runs: values.length }
}
