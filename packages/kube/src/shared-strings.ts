/**
 * One string for many equal ones.
 *
 * `JSON.parse` makes a string anew wherever it stands: a thousand objects hold a thousand copies of the same label, owner,
 * message and time. In a cache of thousands of objects that is a fifth of the memory.
 */
import { isRecord } from './api-error.ts'

/** Longer strings are hardly ever equal. */
const LONGEST = 128
/** Whatever lies deeper is not worth a stack that overflows. */
const DEEPEST = 16
/** Then the table begins anew: names and uids, which are unique, would otherwise stay in it for ever. */
const MANY = 2000

const known = new Map<string, string>()

/** Replaces strings of parsed JSON by equal ones that are there already. `managedFields` are left out: nobody keeps them. */
export function shareStrings(json: unknown, depth = 0): void {
  if (depth > DEEPEST) return
  if (Array.isArray(json)) {
    for (let at = 0; at < json.length; at++) json[at] = shared(json[at], depth)
  } else if (isRecord(json)) {
    for (const key in json) if (key !== 'managedFields') json[key] = shared(json[key], depth)
  }
}

function shared(value: unknown, depth: number): unknown {
  if (typeof value === 'object') shareStrings(value, depth + 1)
  if (typeof value !== 'string' || value.length > LONGEST) return value
  const same = known.get(value)
  if (same !== undefined) return same
  if (known.size >= MANY) known.clear()
  known.set(value, value)
  return value
}
