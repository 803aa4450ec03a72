/**
 * Policies that are asked for where nobody reads them: nested as in a Component (`gatewayConfiguration`), or with other capitals.
 *
 * A protection counts all the same. Who wrote it wants the API closed, and an open route would be the worst answer.
 */
import { isRecord } from '@exposedapi/objects'
import { POLICIES, POLICY_NAMES, type PolicyName, readPolicy } from './policies.ts'

/** One of them. */
export interface MisplacedPolicy {
  readonly policy: PolicyName
  /** `spec.gatewayConfiguration.rateLimit` */
  readonly field: string
  /** Where it belongs: `spec.rateLimit`. */
  readonly right: string
  /** The key right below `spec` in which it was found. */
  readonly top: string
  /** A policy whose loss closes the route; it counts as asked for, as `asked` says. */
  readonly isProtection: boolean
  readonly asked: ReturnType<typeof readPolicy>
}

/** Deep enough for any shape that is in circulation, and an end for hostile ones. */
const MAX_DEPTH = 4
const MAX_ENTRIES = 64

const BY_LOWER_CASE = new Map(POLICY_NAMES.map((name) => [POLICIES[name].field.toLowerCase(), name]))

/** Those that ask for something, in the order in which they are found. `isRead`: is this key of `spec` somebody's? */
export function misplacedPolicies(
  spec: Readonly<Record<string, unknown>>,
  isRead: (key: string) => boolean,
): readonly MisplacedPolicy[] {
  const ignored = Object.entries(spec).filter(([key]) => !isRead(key))
  return ignored.slice(0, MAX_ENTRIES).flatMap(([key, value]) => found(key, value, `spec.${key}`, key, 1))
}

function found(key: string, value: unknown, field: string, top: string, depth: number): readonly MisplacedPolicy[] {
  const policy = BY_LOWER_CASE.get(key.toLowerCase())
  if (policy !== undefined) return misplaced(policy, value, field, top)
  if (depth >= MAX_DEPTH) return []
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ENTRIES).flatMap((item, at) => found('', item, `${field}[${at}]`, top, depth + 1))
  }
  if (!isRecord(value)) return []
  const entries = Object.entries(value).slice(0, MAX_ENTRIES)
  return entries.flatMap(([name, inner]) => found(name, inner, `${field}.${name}`, top, depth + 1))
}

function misplaced(policy: PolicyName, value: unknown, field: string, top: string): readonly MisplacedPolicy[] {
  const asked = readPolicy(policy, value)
  const { field: right, whenUnsupported, schema } = POLICIES[policy]
  const isProtection = whenUnsupported === 'Deny'
  if (asked.request === undefined && asked.invalid === undefined) return []
  // Of another type it may be something quite different. If it may be a protection, it counts as one.
  if (!isProtection && !schema.safeParse(value).success) return []
  return [{ policy, field, right: `spec.${right}`, top, isProtection, asked }]
}
