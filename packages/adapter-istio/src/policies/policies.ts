/**
 * What Istio alone makes of each policy. Nothing is silently dropped, and nothing is claimed that is not done.
 *
 * One row a policy; verdicts and the fields of http rules follow from the rows. Core answers for a policy without a row.
 */
import {
  POLICY_NAMES,
  type PolicyName,
  type PolicyRequests,
  type PolicyVerdict,
  type RouteIntent,
} from '@exposedapi/core'
import { apiKeyVerification } from './api-key-verification.ts'
import { type CorsFields, cors } from './cors.ts'
import { oasValidation } from './oas-validation.ts'
import type { PolicyRow, RulePart } from './policy.ts'
import { quota } from './quota.ts'
import { rateLimit } from './rate-limit.ts'
import { template } from './template.ts'

type Rows = { readonly [Name in PolicyName]?: PolicyRow<Name> }

const ROWS: Rows = { cors, rateLimit, quota, apiKeyVerification, oasValidation, template }

/** Fields of an http rule that policies set. */
export type PolicyFields = CorsFields

/** One verdict for each policy that is asked for and has a row, in the order of core. */
export function policyVerdicts(requests: PolicyRequests): readonly PolicyVerdict[] {
  return POLICY_NAMES.flatMap((policy) => verdictOn(policy, requests))
}

function verdictOn<Name extends PolicyName>(policy: Name, requests: PolicyRequests): readonly PolicyVerdict[] {
  const row: Rows[Name] = ROWS[policy]
  const asked = requests[policy]
  return row && asked !== undefined ? [{ policy, ...row.verdict(asked) }] : []
}

/** What the policies of a route make of one of its http rules. */
export interface PolicyRule {
  /** The only method that it is for; absent for all. */
  readonly method?: string
  readonly fields: PolicyFields
}

/** The http rules that the policies of a route need, in their order: the one for all methods is the last. */
export function policyRules(intent: RouteIntent): readonly PolicyRule[] {
  const parts = Object.values(ROWS)
    .map((row) => row.render?.(intent))
    .filter((part) => part !== undefined)
  const exceptions = parts.flatMap((part): readonly PolicyRule[] =>
    part.exceptMethod ? [{ method: part.exceptMethod, fields: united(parts.filter((other) => other !== part)) }] : [],
  )
  return [...exceptions, { fields: united(parts) }]
}

function united(parts: readonly RulePart[]): PolicyFields {
  return Object.assign({}, ...parts.map(({ fields }) => fields))
}
