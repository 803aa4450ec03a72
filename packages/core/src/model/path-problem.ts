/** Why a text is no path of an API, and what to write instead. */
import { spelledPath } from './paths.ts'

/** Gateways limit a path to 1024 characters (Gateway API, HTTPPathMatch.value; others limit the expression made of it). */
const MAX_LENGTH = 1024

/** A check. Returns what continues "spec.path …" if it finds something. */
type Check = (path: string) => string | undefined

/** The first one that finds something speaks; each may rely on those before it. */
const CHECKS: readonly Check[] = [
  (path) => (path === '' ? 'is empty: write the path of the API, or "/" for every path of the host' : undefined),
  (path) => (path.startsWith('/') ? undefined : start(path)),
  (path) => tooLong(path.length),
  (path) => {
    const found = /\p{Cc}/u.exec(path)?.[0]
    return found && `contains the control character ${JSON.stringify(found)}: write the path without it`
  },
  (path) => (path.isWellFormed() ? undefined : 'contains half of a Unicode character: write the path without it'),
  (path) => {
    const found = /[?#]/.exec(path)?.[0]
    return found && `contains "${found}", which ends a path: write ${before(path, found)}`
  },
  (path) => {
    const found = /[{}]/.exec(path)?.[0]
    return (
      found &&
      `contains "${found}": there are no placeholders, and a path serves everything below it; write ${before(path, found)}`
    )
  },
  (path) =>
    path.includes('*')
      ? `contains "*": there are no wildcards, and a path serves everything below it; write ${before(path, '*')}`
      : undefined,
  (path) =>
    /%(?![0-9a-f]{2})/i.test(path)
      ? 'contains a "%" without two hexadecimal digits: write "%25" for a percent sign'
      : undefined,
  (path) => (path.includes('%00') ? 'contains "%00", which gateways refuse: write the path without it' : undefined),
  (path) => {
    const found = /\s/.exec(path)?.[0]
    return (
      found &&
      `contains ${JSON.stringify(found)}, which a URL cannot contain: write ${quoted(spelledPath(path.trim()))}`
    )
  },
  (path) => {
    const dots = path.split('/').find((segment) => /^(\.|%2e){1,2}(;|$)/i.test(segment))
    return dots && `contains "${dots}", which clients and gateways resolve: write ${quoted(spelledPath(path))}`
  },
  (path) => tooLong(spelledPath(path).length, ' when it is percent-encoded'),
]

/** Why this is no path that a gateway can serve, with the cure; undefined if it is one. */
export function pathProblem(path: string): string | undefined {
  for (const check of CHECKS) {
    const problem = check(path)
    if (problem) return problem
  }
  return undefined
}

function start(path: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(path.trim())
  if (url) return `is a URL: write only its path, ${quoted(url[1] || '/')}`
  return `must start with "/": write ${quoted(`/${path.trimStart().replace(/^\/+/, '')}`)}`
}

/** The part before what no path can have, as a path. */
function before(path: string, found: string): string {
  const part = path.slice(0, path.indexOf(found))
  return quoted(part.replace(/\/+$/, '') || '/')
}

function tooLong(length: number, when = ''): string | undefined {
  return length > MAX_LENGTH ? `has ${length} characters${when}: write at most ${MAX_LENGTH}` : undefined
}

function quoted(path: string): string {
  return path.length > 64 ? `"${path.slice(0, 64)}…"` : `"${path}"`
}
