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

/** Enough for any shape that is in circulation, and an end for hostile ones. */
const MAX_DEPTH = 4
const MAX_ENTRIES = 1_000
const MAX_INSIDE = 64
const MAX_NAME = 64

const BY_LOWER_CASE = new Map(POLICY_NAMES.map((name) => [POLICIES[name].field.toLowerCase(), name]))

/** Something below `spec`. */
interface Entry {
  readonly key: string
  readonly value: unknown
  readonly field: string
  readonly top: string
  readonly depth: number
}

/** Those that ask for something, the nearest to `spec` first. `isRead`: is this key of `spec` somebody's? */
export function misplacedPolicies(
  spec: Readonly<Record<string, unknown>>,
  isRead: (key: string) => boolean,
): readonly MisplacedPolicy[] {
  const ignored = Object.keys(spec).filter((key) => !isRead(key))
  const entries = ignored.map(
    (key): Entry => ({ key, value: spec[key], field: `spec.${key.slice(0, MAX_NAME)}`, top: key, depth: 1 }),
  )
  const found: MisplacedPolicy[] = []
  // The list grows while it is walked: what is found below an entry comes after all that is as near as itself.
  for (const entry of entries) {
    const policy = BY_LOWER_CASE.get(entry.key.toLowerCase())
    if (policy !== undefined) found.push(...misplaced(policy, entry))
    else entries.push(...below(entry).slice(0, Math.max(0, MAX_ENTRIES - entries.length)))
  }
  return found
}

function below({ value, field, top, depth }: Entry): readonly Entry[] {
  if (depth >= MAX_DEPTH) return []
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_INSIDE)
    return items.map((item, at) => ({ key: '', value: item, field: `${field}[${at}]`, top, depth: depth + 1 }))
  }
  if (!isRecord(value)) return []
  const inner = Object.entries(value).slice(0, MAX_INSIDE)
  return inner.map(([key, item]) => ({
    key,
    value: item,
    field: `${field}.${key.slice(0, MAX_NAME)}`,
    top,
    depth: depth + 1,
  }))
}

function misplaced(policy: PolicyName, { value, field, top }: Entry): readonly MisplacedPolicy[] {
  const asked = readPolicy(policy, value)
  const { field: right, whenUnsupported, schema } = POLICIES[policy]
  const isProtection = whenUnsupported === 'Deny'
  if (asked.request === undefined && asked.invalid === undefined) return []
  // Of another type it may be something quite different. If it may be a protection, it counts as one.
  if (!isProtection && !schema.safeParse(value).success) return []
  return [{ policy, field, right: `spec.${right}`, top, isProtection, asked }]
}
