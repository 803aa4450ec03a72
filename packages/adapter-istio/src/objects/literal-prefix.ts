/**
 * With which text does everything begin that a regular expression matches?
 *
 * Expressions in the objects of others are never run: the engine of JavaScript backtracks, and one bad expression would
 * stop the operator. One pass over the text finds the literal beginning instead. Istio's are RE2 and match the whole path.
 */

/** What is known about an expression without running it. */
export interface LiteralPrefix {
  /** Every match begins with it. Empty if nothing is known. */
  readonly literal: string
  /** Is there nothing else to it? */
  readonly whole: boolean
}

/** The literal beginning of an expression, rather too short than too long. */
export function literalPrefix(regex: string): LiteralPrefix {
  if (hasAlternatives(regex)) return { literal: '', whole: false }
  let literal = ''
  let at = regex.startsWith('^') ? 1 : 0
  const end = /[^\\]\$$/.test(regex) ? regex.length - 1 : regex.length
  while (at < end) {
    const escaped = regex[at] === '\\'
    const letter = regex[escaped ? at + 1 : at] ?? ''
    // Escaped letters and digits are classes, positions and code points; other escaped characters mean themselves.
    if (letter === '' || (escaped ? /[\p{L}\p{N}]/u : /[.[\](){}*+?|^$]/).test(letter)) return { literal, whole: false }
    at += escaped ? 2 : 1
    // A quantifier belongs to this character alone, which may then be missing. Not with `+`.
    const next = regex[at] ?? ''
    if ('*?{'.includes(next) && next !== '') return { literal, whole: false }
    literal += letter
  }
  return { literal, whole: true }
}

/** Does `a|b` stand outside all brackets? Then the beginning of `a` says nothing about `b`. */
function hasAlternatives(regex: string): boolean {
  if (regex.includes('\\Q')) return true // quotes up to \E: not worth following
  let depth = 0
  for (let at = 0; at < regex.length; at++) {
    const letter = regex[at]
    if (letter === '\\') at++
    else if (letter === '[') at = endOfClass(regex, at)
    else if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === '|' && depth <= 0) return true
  }
  return false
}

/** Where a class ends. A closing bracket that comes first is a member: `[]a]`, `[^]a]`. */
function endOfClass(regex: string, start: number): number {
  let at = regex[start + 1] === '^' ? start + 2 : start + 1
  if (regex[at] === ']') at++
  for (; at < regex.length && regex[at] !== ']'; at++) if (regex[at] === '\\') at++
  return at
}
