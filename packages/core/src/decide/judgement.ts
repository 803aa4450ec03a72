/** What becomes of the policies that an API asks for. Every one gets a verdict; none is dropped. */

import type { View } from '@exposedapi/objects'
import type { GatewayAdapter } from '../adapters/gateway.ts'
import type { Finding } from '../findings/finding.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import { POLICY_NAMES, type PolicyName, type PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import type { Settings } from './settings.ts'

/** Verdicts, the policies left to enforce, and whether the route must be closed. */
export interface Judgement {
  readonly verdicts: readonly PolicyVerdict[]
  readonly enforced: PolicyRequests
  /** Why every request must be refused; absent if the route may be served. */
  readonly denied?: string
}

/** Asks core's own rules first, then the gateway, about each requested policy. */
export function judge(api: ExposedApi, gateway: GatewayAdapter, view: View, settings: Settings): Judgement {
  const refused = refusedHere(api, settings)
  const open = Object.fromEntries(
    Object.entries(api.policies).filter(([name]) => !refused.some(({ policy }) => policy === name)),
  ) as PolicyRequests
  const answers = gateway.verdicts(open, view)
  const judged = (Object.keys(open) as PolicyName[]).map(
    (policy) => answers.find((verdict) => verdict.policy === policy) ?? silence(policy, gateway.name),
  )
  const verdicts = [...refused, ...judged].sort(
    (a, b) => POLICY_NAMES.indexOf(a.policy) - POLICY_NAMES.indexOf(b.policy),
  )
  const lost = verdicts.filter(({ state }) => state === 'Unsupported' || state === 'Invalid')
  const closing = lost.filter(({ policy }) => settings.unsupportedPolicy[policy] === 'Deny')
  const enforced = Object.fromEntries(
    Object.entries(open).filter(([name]) => !lost.some(({ policy }) => policy === name)),
  ) as PolicyRequests
  if (closing.length === 0) return { verdicts, enforced }
  return { verdicts, enforced, denied: `policy ${closing.map(({ policy }) => policy).join(', ')} cannot be enforced` }
}

/** Findings on `PoliciesEnforced`, and on `RouteProgrammed` if the route is closed. */
export function policyFindings({ verdicts, denied }: Judgement): readonly Finding[] {
  const findings: Finding[] = []
  for (const [state, status] of SEVERITY) {
    const concerned = verdicts.filter((verdict) => verdict.state === state)
    if (concerned.length === 0) continue
    const message = concerned.map(({ policy, message }) => `${policy}: ${message}`).join(' ')
    findings.push({ condition: 'PoliciesEnforced', status, reason: state, message })
  }
  if (denied !== undefined) {
    findings.push({
      condition: 'RouteProgrammed',
      status: 'False',
      reason: 'Denied',
      message: `Requests are answered 503: ${denied}.`,
    })
  }
  return findings
}

const SEVERITY = [
  ['Invalid', 'False'],
  ['Unsupported', 'False'],
  ['Approximate', 'True'],
] as const

function refusedHere(api: ExposedApi, settings: Settings): readonly PolicyVerdict[] {
  const invalid = Object.entries(api.invalidPolicies).map(
    ([policy, message]): PolicyVerdict => ({
      policy: policy as PolicyName,
      state: 'Invalid',
      reason: 'Invalid',
      message: `${message}.`,
    }),
  )
  const { cors } = api.policies
  if (!cors?.allowCredentials || !cors.allowOrigins.includes('*') || settings.allowInsecureCors) return invalid
  const message =
    'spec.CORS.allowCredentials together with allowOrigins "*" would let every site act for the user; name the origins.'
  return [...invalid, { policy: 'cors', state: 'Invalid', reason: 'InsecureCORS', message }]
}

/** An adapter that says nothing does nothing. */
function silence(policy: PolicyName, gateway: string): PolicyVerdict {
  return {
    policy,
    state: 'Unsupported',
    reason: 'Unsupported',
    message: `Gateway ${gateway} does not know this policy.`,
  }
}
