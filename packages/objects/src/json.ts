/** Plain JSON: what it is, and when two values are the same. */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Whether a value is an object with keys, not null and not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether two JSON values are equal. The order of keys means nothing; a key whose value is undefined counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
  }
  if (!isRecord(a) || !isRecord(b)) return false
  for (const key in a) if (!sameJson(own(a, key), own(b, key))) return false
  for (const key in b) if (own(b, key) !== undefined && own(a, key) === undefined) return false
  return true
}

/** The value under a key that somebody else chose: never what all objects inherit, such as `constructor`. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
