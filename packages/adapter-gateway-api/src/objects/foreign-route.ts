/**
 * What HTTPRoutes of others match, as far as it can conflict with ours.
 *
 * Other people's objects come in every shape the API server once accepted, so each field is read for itself and falls back to
 * a harmless value.
 */
import { normalisedPath } from '@exposedapi/core'
import * as z from 'zod'

/** One path that an HTTPRoute of somebody else matches. */
export interface ForeignPath {
  /** For a regular expression: what every match begins with, as far as that is known. */
  readonly path: string
  readonly how: 'exact' | 'prefix' | 'regex'
  /** With a condition beside the path: method, header or query. */
  readonly conditional: boolean
}

/** The routes of an HTTPRoute that no ExposedAPI controls. */
export interface ForeignRoute {
  readonly hosts: readonly string[]
  readonly paths: readonly ForeignPath[]
}

const Path = z.object({ type: z.string().catch('PathPrefix'), value: z.string().catch('/') })
const ROOT = { type: 'PathPrefix', value: '/' }
const list = z.array(z.unknown()).catch([])
const Match = z.object({
  path: Path.catch(ROOT),
  method: z.string().optional().catch(undefined),
  headers: list,
  queryParams: list,
})
const ANY: z.infer<typeof Match> = { path: ROOT, headers: [], queryParams: [] }
const Rule = z.object({ matches: z.array(Match.catch(ANY)).catch([]) }).catch({ matches: [] })
const Spec = z
  .object({ hostnames: z.array(z.string()).catch([]), rules: z.array(Rule).catch([]) })
  .catch({ hostnames: [], rules: [] })

/** Reads `spec` of an HTTPRoute. Never throws. */
export function foreignRoute(spec: unknown): ForeignRoute {
  const { hostnames, rules } = Spec.parse(spec)
  return {
    hosts: hostnames.length === 0 ? ['*'] : hostnames,
    paths: rules.flatMap(({ matches }) => (matches.length === 0 ? [ANY] : matches).map(foreignPath)),
  }
}

function foreignPath({ path: { type, value }, method, headers, queryParams }: z.infer<typeof Match>): ForeignPath {
  const conditional = method !== undefined || headers.length + queryParams.length > 0
  if (type === 'Exact') return { path: value, how: 'exact', conditional }
  if (type === 'RegularExpression') return { path: literalBeginning(value), how: 'regex', conditional }
  return { path: normalisedPath(value), how: 'prefix', conditional }
}

/**
 * The text with which every match begins, rather too short than too long. Expressions in the objects of others are never run: one
 * bad expression would stop the operator.
 */
function literalBeginning(regex: string): string {
  if (regex.includes('|')) return ''
  const literal = /^\^?([\w\-/~%&=:@,;!' ]*)/.exec(regex)?.[1] ?? ''
  const next = regex[regex.indexOf(literal) + literal.length] ?? ''
  // A quantifier belongs to the last character alone, which may then be missing.
  return '*?{'.includes(next) && next !== '' ? literal.slice(0, -1) : literal
}
