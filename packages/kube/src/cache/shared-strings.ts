/**
 * One string for many equal ones.
 *
 * `JSON.parse` makes a string anew wherever it stands: a thousand objects hold a thousand copies of the same label, owner,
 * message and time. In a cache of thousands of objects that is a fifth of the memory.
 */
import { isRecord } from '@exposedapi/objects'

/** Longer strings are hardly ever equal. */
const LONGEST = 128
/** Whatever lies deeper is not worth a stack that overflows. */
const DEEPEST = 16
/** Then the table begins anew: names and uids, which are unique, would otherwise stay in it for ever. */
const MANY = 2000

/** A version comes only once, and `managedFields` is not kept. */
const SKIPPED = new Set(['resourceVersion', 'managedFields'])

const known = new Map<string, string>()

/** Replaces strings of parsed JSON, or of what was made of it, by equal ones that are there already. */
export function shareStrings(json: unknown, depth = 0): void {
  // What a projection has frozen is a constant of its own.
  if (depth > DEEPEST || Object.isFrozen(json)) return
  if (Array.isArray(json)) {
    for (let at = 0; at < json.length; at++) json[at] = shared(json[at], depth)
  } else if (isRecord(json)) {
    for (const key in json) if (!SKIPPED.has(key)) json[key] = shared(json[key], depth)
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
