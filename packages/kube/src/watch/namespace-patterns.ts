/**
 * Which namespaces are served.
 *
 * The pattern language is kopf's, since operators in the field are configured with it: several patterns are or-ed;
 * within one, comma-separated globs apply from left to right. `!glob` excludes; a later positive glob re-includes only
 * what the first one matched; a leading `!` implies `*` before it.
 */

/** The namespaces of a setting. */
export interface NamespaceSet {
  /** Whether objects of this namespace are served. */
  readonly includes: (namespace: string) => boolean
  /** Those that are named exactly: they can be watched one by one. */
  readonly names: readonly string[]
  /** Patterns whose namespaces are known only to who may list namespaces. */
  readonly globs: readonly string[]
  /** Namespaces in which kinds of scope `cluster` are read where the whole cluster may not be. */
  readonly alsoRead: readonly string[]
}

/** Compiles a setting. `alsoRead` are namespaces that are not served, but hold what is needed to serve. */
export function namespaceSet(patterns: readonly string[], alsoRead: readonly string[] = []): NamespaceSet {
  const includes = namespaceMatcher(patterns)
  // Later globs of a pattern only re-include what the first one matched.
  const firsts = patterns.map(
    (pattern) =>
      pattern
        .split(',')
        .find((glob) => glob.trim() !== '')
        ?.trim() ?? '',
  )
  const isExact = (glob: string) => !/[*?[!]/.test(glob)
  return {
    includes,
    names: [...new Set(firsts.filter((glob) => isExact(glob) && includes(glob)))],
    globs: patterns.filter((_, at) => !isExact(firsts[at] ?? '')),
    alsoRead: [...new Set(alsoRead)],
  }
}

/**
 * Compiles patterns such as `['components,!components-old', 'odacompns-*']`. No pattern, or only empty ones, matches
 * nothing.
 */
export function namespaceMatcher(patterns: readonly string[]): (namespace: string) => boolean {
  const matchers = patterns.map(patternMatcher)
  const known = new Map<string, boolean>()
  return (namespace) => {
    let matches = known.get(namespace)
    if (matches === undefined) {
      matches = matchers.some((matcher) => matcher(namespace))
      // Namespaces are few, but a hostile stream of names must not fill the memory.
      if (known.size > 10_000) known.clear()
      known.set(namespace, matches)
    }
    return matches
  }
}

function patternMatcher(pattern: string): (namespace: string) => boolean {
  const globs = pattern
    .split(',')
    .map((glob) => glob.trim())
    .filter(Boolean)
  const rules = globs.map((glob) => {
    const excludes = glob.startsWith('!')
    return { excludes, matches: globMatcher(excludes ? glob.slice(1).trim() : glob) }
  })
  if (rules[0]?.excludes) rules.unshift({ excludes: false, matches: () => true })
  const [first, ...rest] = rules
  return (namespace) => {
    if (!first?.matches(namespace)) return false
    let included = true
    for (const rule of rest) if (rule.matches(namespace)) included = !rule.excludes
    return included
  }
}

type Token = { readonly star: true } | { readonly star: false; readonly accepts: (char: string) => boolean }

/** `*`, `?`, `[abc]`, `[a-z]`, `[!a]` as in Python's fnmatch. Two pointers: quadratic at worst, never exponential. */
export function globMatcher(glob: string): (text: string) => boolean {
  const tokens = tokenize(glob)
  return (text) => {
    let t = 0
    let i = 0
    let starAt = -1
    let resumeAt = 0
    while (i < text.length) {
      const token = tokens[t]
      if (token?.star) {
        starAt = t++
        resumeAt = i
      } else if (token?.accepts(text.charAt(i))) {
        t++
        i++
      } else if (starAt >= 0) {
        t = starAt + 1
        i = ++resumeAt
      } else return false
    }
    while (tokens[t]?.star) t++
    return t === tokens.length
  }
}

function tokenize(glob: string): Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i)
    if (char === '*') {
      if (!tokens.at(-1)?.star) tokens.push({ star: true })
    } else if (char === '?') tokens.push({ star: false, accepts: () => true })
    else if (char === '[') {
      // A `]` right after `[` or `[!` is a member; a bracket that never closes is a plain character.
      const negated = glob.charAt(i + 1) === '!'
      const start = i + (negated ? 2 : 1)
      const end = glob.indexOf(']', start + 1)
      if (end < 0) tokens.push({ star: false, accepts: (c) => c === '[' })
      else {
        const members = glob.slice(start, end)
        tokens.push({ star: false, accepts: (c) => isMember(members, c) !== negated })
        i = end
      }
    } else tokens.push({ star: false, accepts: (c) => c === char })
  }
  return tokens
}

function isMember(members: string, char: string): boolean {
  for (let i = 0; i < members.length; i++) {
    const from = members.charAt(i)
    const isRange = members.charAt(i + 1) === '-' && i + 2 < members.length
    if (!isRange && from === char) return true
    if (isRange && from <= char && char <= members.charAt(i + 2)) return true
    if (isRange) i += 2
  }
  return false
}
