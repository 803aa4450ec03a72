/**
 * Paths of APIs: when are two the same, and which lies below which.
 *
 * A path means itself and everything below it, segment by segment. There are many ways to write one path, and a gateway compares
 * letter by letter after it has normalised the request. So every path has one form here, the one that requests have by then.
 */

/** What stands in a path as it is: RFC 3986, `pchar`, and the brackets that clients and proxies leave alone. */
const AS_IT_IS = /^[\w\-.~!$&'()*+,;=:@/[\]]*$/
/** An escape, or what needs one: everything else, and a percent sign that begins none. */
const SPELLED_ANEW = /%[0-9a-fA-F]{2}|[^\w\-.~!$&'()*+,;=:@/[\]]/gu
const UNRESERVED = /[\w\-.~]/
/** Proxies resolve one with a parameter, too: `/a/..;b` is `/`. */
const DOT_SEGMENT = /\/\.{1,2}(;[^/]*)?(\/|$)/
const OPEN_END = /\/\.{1,2}(;[^/]*)?$/

/**
 * The spelling of a path in URLs, a trailing slash as written. It is what clients send for it and what a proxy makes of that which
 * normalises as RFC 3986, 6.2.2 says: escaped is what must be, and nothing else; hex digits are capital; dot segments are
 * resolved. Slashes are not merged, and `%2F` stays, since both are other paths to proxies, unless they are told otherwise.
 */
export function spelledPath(path: string): string {
  if (AS_IT_IS.test(path) && !(path.includes('/.') && DOT_SEGMENT.test(path))) return path
  const spelled = path.replace(SPELLED_ANEW, (text) =>
    text.length === 3 && text.startsWith('%') ? unescaped(text) : escaped(text),
  )
  return DOT_SEGMENT.test(spelled) ? withoutDots(spelled) : spelled
}

/** The one form of a path, by which it is matched and compared: spelled as in URLs, without trailing slashes; `/` for the root. */
export function normalisedPath(path: string): string {
  const spelled = spelledPath(path)
  let end = spelled.length
  while (end > 1 && spelled.charCodeAt(end - 1) === 47) end--
  return spelled.slice(0, end) || '/'
}

function unescaped(code: string): string {
  const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
  return UNRESERVED.test(character) ? character : code.toUpperCase()
}

function escaped(character: string): string {
  return encodeURIComponent(character.toWellFormed())
}

/** RFC 3986, 5.2.4: a dot segment at the end leaves its slash. */
function withoutDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/').slice(1)) {
    const [name = ''] = segment.split(';', 1)
    if (name === '..') kept.pop()
    else if (name !== '.') kept.push(segment)
  }
  return `/${[...kept, ...(OPEN_END.test(path) ? [''] : [])].join('/')}`
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
