/** JSON merge patches (RFC 7386). */
import { isRecord, sameJson } from '@exposedapi/objects'

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
    } else if (isRecord(before) && isRecord(after)) {
      const inner = mergePatch(before, after)
      if (inner) patch[key] = inner
    } else if (!sameJson(before, after)) {
      patch[key] = after
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}
