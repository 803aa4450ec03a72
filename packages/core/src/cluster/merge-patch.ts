/** JSON merge patches (RFC 7386). */
import { isRecord, own, sameJson } from '@exposedapi/objects'

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
  const patch = keys.flatMap((key): [string, unknown][] => {
    const [before, after] = [own(current, key), own(desired, key)]
    if (after === undefined) return before === undefined ? [] : [[key, null]]
    if (!isRecord(before) || !isRecord(after)) return sameJson(before, after) ? [] : [[key, after]]
    const inner = mergePatch(before, after)
    return inner ? [[key, inner]] : []
  })
  // From entries: the assignment of a key `__proto__` would be lost.
  return patch.length === 0 ? undefined : Object.fromEntries(patch)
}
