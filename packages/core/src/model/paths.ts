/**
 * Paths of APIs: what is a path, when are two equal, which lies below which.
 *
 * A path means itself and everything below it, segment by segment. A trailing slash does not matter for matching
 * (it is published as written).
 */

/** Gateways limit a path to 1024 characters (Gateway API, HTTPPathMatch.value; others limit the expression made of it). */
const MAX_LENGTH = 1024

/** The path that requests are matched by: without trailing slashes; `/` for the root and for the empty path. */
export function normalisedPath(path: string): string {
  let end = path.length
  while (end > 1 && path.charCodeAt(end - 1) === 47) end--
  return path.slice(0, end) || '/'
}

/** Why this is no path that a gateway can serve, with the cure; undefined if it is one. An empty path is the root. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return undefined
  if (!path.startsWith('/')) return `must start with "/": write "/${path.slice(0, 64)}"`
  if (path.length > MAX_LENGTH) return `has ${path.length} characters: at most ${MAX_LENGTH} are possible`
  const forbidden = /[?#\s\p{Cc}]/u.exec(path)?.[0]
  if (forbidden !== undefined)
    return `contains ${JSON.stringify(forbidden)}: a path has no query, fragment, blank or control character`
  const dots = path.split('/').find((segment) => /^(\.|%2e){1,2}$/i.test(segment))
  if (dots !== undefined)
    return `contains the segment "${dots}": gateways resolve it before they match, so it would never be reached`
  return undefined
}

/** The path itself and every path above it up to `/`, longest first: `/a/b` gives `/a/b`, `/a`, `/`. */
export function selfAndAncestors(path: string): readonly string[] {
  return [path, ...ancestors(path)]
}

/** Every path above this one up to `/`, longest first: `/a/b` gives `/a`, `/`. */
export function ancestors(path: string): readonly string[] {
  const result: string[] = []
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) result.push(path.slice(0, at))
  if (path !== '/') result.push('/')
  return result
}

/** Does `path` lie strictly below `above`, segment by segment? `/a/b` is below `/a`; `/ab` is not. */
export function isBelow(path: string, above: string): boolean {
  if (path === above) return false
  return above === '/' || path.startsWith(`${above}/`)
}

/** Longest first, then by path: an order that depends on nothing but the paths, so that rendering is stable. */
export function byLengthThenPath(a: string, b: string): number {
  return b.length - a.length || (a < b ? -1 : a > b ? 1 : 0)
}
