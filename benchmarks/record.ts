/** What a step of a run found, as a line of the results file holds it. */
import type { SubjectName } from './options.ts'

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** One measured step. */
export interface Entry {
  /** What the run was about, such as `live`. */
  readonly job: string
  readonly step: string
  readonly subject: SubjectName
  readonly n: number
  readonly run: number
  readonly result: Json
}

/** The number at a path such as `cpu_s.subject`. */
export function numberAt(value: unknown, path: string): number | undefined {
  const found = path.split('.').reduce<unknown>((inner, key) => (isJson(inner) ? inner[key] : undefined), value)
  return typeof found === 'number' ? found : undefined
}

/** The numbers of an inner object, such as `requests`. */
export function countsAt(value: unknown, key: string): ReadonlyMap<string, number> {
  const inner = isJson(value) ? value[key] : undefined
  const pairs = isJson(inner) ? Object.entries(inner) : []
  return new Map(pairs.flatMap(([name, count]) => (typeof count === 'number' ? [[name, count] as const] : [])))
}

/** The value in the middle; of an even number of values, the mean of the two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value at a share of the sorted values, from 0 to 1; between two of them in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
