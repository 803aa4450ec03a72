/** What Istio alone makes of each policy. Nothing is silently dropped, and nothing is claimed that is not done. */
import { POLICY_NAMES, type PolicyName, type PolicyRequests, type PolicyVerdict } from '@exposedapi/core'

type Verdict = Omit<PolicyVerdict, 'policy'>

/** One verdict for each policy that is asked for. */
export function policyVerdicts(policies: PolicyRequests): readonly PolicyVerdict[] {
  return POLICY_NAMES.filter((policy) => policies[policy] !== undefined).map((policy) => ({
    policy,
    ...(policy === 'cors' ? corsVerdict(policies) : UNSUPPORTED[policy]),
  }))
}

function corsVerdict({ cors }: PolicyRequests): Verdict {
  const uncached = cors?.preflight.enabled && cors.preflight.maxAgeSeconds === 0
  const note = uncached
    ? ' Without a maxAge above 0, browsers choose how long they cache the answer to a preflight.'
    : ''
  return { state: 'Enforced', reason: 'Enforced', message: `The gateway sets the CORS headers.${note}` }
}

const UNSUPPORTED: Record<Exclude<PolicyName, 'cors'>, Verdict> = {
  rateLimit: {
    state: 'Unsupported',
    reason: 'Unsupported',
    message:
      'Istio limits rates by an EnvoyFilter only, which this adapter does not write; use a gateway that limits rates.',
  },
  quota: {
    state: 'Unsupported',
    reason: 'QuotaPeriodMissing',
    message:
      'spec.quota has no field for its period, so no gateway can count it; use spec.rateLimit on a gateway that supports it.',
  },
  apiKeyVerification: {
    state: 'Unsupported',
    reason: 'ProviderMissing',
    message:
      'Istio checks API keys through an external authorizer only, and none is configured; use one, or another gateway.',
  },
  oasValidation: {
    state: 'Unsupported',
    reason: 'Unsupported',
    message:
      'Istio cannot validate against an OpenAPI document; validate in the implementation, or use another gateway.',
  },
  template: {
    state: 'Unsupported',
    reason: 'UnknownTemplate',
    message: 'No gateway template of this name is configured, and none is ever downloaded; leave spec.template empty.',
  },
}
