/**
 * Order of resourceVersions (KEP-5504).
 *
 * They are decimal numbers of any length. As JavaScript numbers the large ones would lose digits, so they stay strings:
 * the longer one is newer, equal lengths compare as text.
 */

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. The empty version is older than any other. */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether `a` is strictly newer than `b`. */
export function isNewer(a: string, b: string): boolean {
  return compareVersions(a, b) > 0
}
