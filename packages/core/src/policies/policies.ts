/**
 * The gateway policies of an ExposedAPI in canonical form: CSV strings split, `limit` a number, `location` and `identifier`
 * trees, documented defaults applied once. Adapters never read the raw spec.
 *
 * One row a policy; all other tables follow from the rows.
 */
import { apiKeyVerification } from './api-key-verification.ts'
import { cors } from './cors.ts'
import { oasValidation } from './oas-validation.ts'
import { Nonsense, type PolicyRow } from './policy.ts'
import { quota } from './quota.ts'
import { rateLimit } from './rate-limit.ts'
import { template } from './template.ts'
import { fieldName, typeProblem } from './type-problem.ts'

/** Every policy by its name, in the order in which they are reported. */
export const POLICIES = { cors, rateLimit, quota, apiKeyVerification, oasValidation, template } as const

/** A policy that an ExposedAPI can ask for. */
export type PolicyName = keyof typeof POLICIES

/** The names of {@link POLICIES}, in their order. */
export const POLICY_NAMES = Object.keys(POLICIES) as readonly PolicyName[]

/** The part of the spec's schema that asks for policies, by field. */
export const POLICY_SCHEMA = Object.fromEntries(
  Object.values(POLICIES).map(({ field, schema }) => [field, schema]),
) as { readonly [Name in PolicyName as (typeof POLICIES)[Name]['field']]: (typeof POLICIES)[Name]['schema'] }

/** The part of a spec that asks for every policy, in ordinary words. */
export const POLICY_EXAMPLES: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.values(POLICIES).map(({ field, example }) => [field, example]),
)

/** Spec fields whose failure makes a policy invalid instead of the whole API, and the policy that each stands for. */
export const POLICY_FIELDS: Readonly<Record<string, PolicyName>> = Object.fromEntries(
  POLICY_NAMES.map((name) => [POLICIES[name].field, name]),
)

/** All policies that one ExposedAPI asks for, by name. Absent means: not asked for. */
export type PolicyRequests = {
  readonly [Name in PolicyName]?: Exclude<ReturnType<(typeof POLICIES)[Name]['read']>, undefined>
}

/** A policy that is asked for in words that make no sense: named field, value and cure. */
export type InvalidPolicies = { readonly [Name in PolicyName]?: string }

/** The outcome of reading the policy fields. A policy is in at most one of the two. */
export interface ParsedPolicies {
  readonly requests: PolicyRequests
  readonly invalid: InvalidPolicies
}

/** Reads the policy fields of a spec whose types are right. Never throws. */
export function parsePolicies(spec: Readonly<Record<string, unknown>>): ParsedPolicies {
  const requests: Record<string, unknown> = {}
  const invalid: Record<string, string> = {}
  for (const name of POLICY_NAMES) {
    const read = readTyped(name, spec[POLICIES[name].field])
    if (read.request !== undefined) requests[name] = read.request
    if (read.invalid !== undefined) invalid[name] = read.invalid
  }
  return { requests, invalid }
}

/** What a value asks for as one policy; neither of the two if it asks for nothing. */
export interface ReadPolicy {
  readonly request?: unknown
  readonly invalid?: string
}

/** Reads a value of any type as one policy. Never throws. */
export function readPolicy(name: PolicyName, value: unknown): ReadPolicy {
  const result = POLICIES[name].schema.safeParse(value)
  if (result.success) return readTyped(name, result.data)
  const [issue] = result.error.issues
  if (!issue) return {}
  const { field } = POLICIES[name]
  const at = [field, ...issue.path]
  return { invalid: `${fieldName(at)} ${typeProblem({ ...issue, path: at }, { [field]: value })}` }
}

function readTyped(name: PolicyName, value: unknown): ReadPolicy {
  // The rows differ in their types, and the schema has checked that each finds its own.
  const row = POLICIES[name] as unknown as PolicyRow<string, never, unknown>
  try {
    const request = row.read(value as never)
    return request === undefined ? {} : { request }
  } catch (error) {
    if (!(error instanceof Nonsense)) throw error
    return { invalid: error.message }
  }
}
