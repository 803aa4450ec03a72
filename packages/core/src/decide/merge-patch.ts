/** JSON merge patches (RFC 7386). */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The smallest merge patch that turns the listed keys of `current` into those of `desired`; undefined if nothing differs.
 *
 * Keys that `desired` lacks become null, which removes them; keys of `current` that are not in `keys` are left alone.
 * Lists are replaced whole, as the RFC says.
 */
export function mergePatch(
  current: Readonly<Record<string, unknown>>,
  desired: Readonly<Record<string, unknown>>,
  keys: readonly string[] = [...new Set([...Object.keys(current), ...Object.keys(desired)])],
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  for (const key of keys) {
    const [before, after] = [current[key], desired[key]]
    if (after === undefined) {
      if (before !== undefined) patch[key] = null
    } else if (isMap(before) && isMap(after)) {
      const inner = mergePatch(before, after)
      if (inner) patch[key] = inner
    } else if (!sameJson(before, after)) {
      patch[key] = after
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

/** Are two JSON values equal? The order of keys does not matter; a key of value undefined counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
  }
  if (!isMap(a) || !isMap(b)) return false
  for (const key in a) if (!sameJson(a[key], b[key])) return false
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false
  return true
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
