/** What an HTTPRoute alone makes of each policy. Nothing is silently dropped, and nothing is claimed that is not done. */
import {
  type CorsPolicy,
  POLICY_NAMES,
  type PolicyName,
  type PolicyRequests,
  type PolicyVerdict,
} from '@exposedapi/core'
import { gapsOf, hasOrigins } from './cors.ts'
import type { Features } from './features.ts'

type Verdict = Omit<PolicyVerdict, 'policy'>

/** One verdict for each policy that is asked for. */
export function policyVerdicts(policies: PolicyRequests, features: Features): readonly PolicyVerdict[] {
  const { cors } = policies
  return POLICY_NAMES.flatMap((policy): readonly PolicyVerdict[] => {
    if (policy === 'cors') return cors ? [{ policy, ...corsVerdict(cors, features) }] : []
    const said = UNSUPPORTED[policy]
    return said && policies[policy] !== undefined ? [{ policy, state: 'Unsupported', ...said }] : []
  })
}

function corsVerdict(asked: CorsPolicy, { cors, stripsHeaders }: Features): Verdict {
  if (cors.answer !== 'yes') return left(cors.because)
  const gaps = [
    ...gapsOf(asked),
    ...(stripsHeaders ? [] : ['CORS headers that the implementation sets itself may pass.']),
  ]
  if (!hasOrigins(asked)) return left(gaps.join(' '))
  const set = `The CORS filter of the HTTPRoute sets the headers. ${cors.because}`
  return gaps.length === 0
    ? { state: 'Enforced', reason: 'Enforced', message: set }
    : { state: 'Approximate', reason: 'Approximate', message: `${set} ${gaps.join(' ')}` }
}

function left(because: string): Verdict {
  return { state: 'Unsupported', reason: 'Unsupported', message: `The HTTPRoute has no CORS filter. ${because}` }
}

/** Core answers for a policy that is not here. */
const UNSUPPORTED: { readonly [Name in PolicyName]?: Omit<Verdict, 'state'> } = {
  rateLimit: { reason: 'Unsupported', message: 'HTTPRoutes cannot limit rates; use a gateway that does.' },
  quota: {
    reason: 'QuotaPeriodMissing',
    message:
      'spec.quota has no field for its period, so no gateway can count it; use spec.rateLimit on a gateway that supports it.',
  },
  apiKeyVerification: {
    reason: 'Unsupported',
    message: 'HTTPRoutes cannot check API keys; use a gateway that does.',
  },
  oasValidation: {
    reason: 'Unsupported',
    message:
      'HTTPRoutes cannot validate against an OpenAPI document; validate in the implementation, or use another gateway.',
  },
  template: {
    reason: 'UnknownTemplate',
    message: 'No gateway template of this name is configured, and none is ever downloaded; leave spec.template empty.',
  },
}
