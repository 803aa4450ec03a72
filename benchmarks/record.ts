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
  const sorted = [...values].sort((a, b) => a - b)
  const [low = 0, high = low] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ]
  return (low + high) / 2
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
