/** What the check has found, and how it is told. */

import { styleText } from 'node:util'

/** A place that breaks a rule. */
export interface Offence {
  readonly path: string
  readonly line: number
  readonly what: string
}

/** A number that says how the house stands. */
export interface Figure {
  readonly what: string
  readonly value: number
  /** Undefined: nothing is asked of it. */
  readonly limit?: number
  /** Where the number comes from, if from one place. */
  readonly where?: string | undefined
}

/** What one rule has to say. */
export interface Findings {
  readonly figures: readonly Figure[]
  readonly offences: readonly Offence[]
}

/** The figures of a rule of which every offence is one too many. */
export function none(what: string, offences: readonly Offence[]): Findings {
  return { figures: [{ what, value: offences.length, limit: 0 }], offences }
}

/** A table: what, how much, how much at most, where. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ what }) => what.length))
  const row = (what: string, value: string | number, limit: string | number, where: string) =>
    `${what.padEnd(width)}  ${String(value).padStart(6)}  ${String(limit).padStart(5)}  ${where}`.trimEnd()
  const rows = figures.map(({ what, value, limit, where = '' }) => {
    const line = row(what, value, limit ?? '', where)
    return limit !== undefined && value > limit ? styleText('red', line) : line
  })
  return [row('', 'figure', 'limit', ''), ...rows].join('\n')
}

/** One line each, in order of their places. */
export function lines(offences: readonly Offence[]): readonly string[] {
  const sorted = [...offences].sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1))
  return sorted.map(({ path, line, what }) => `${path}:${line}: ${what}`)
}
