/** What becomes of the policies that an API asks for. Every one gets a verdict; none is dropped. */

import type { View } from '@exposedapi/objects'
import type { GatewayAdapter } from '../../adapters/gateway.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { POLICY_NAMES, type PolicyName, type PolicyRequests } from '../../policies/policies.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { asked } from '../rules/adapter-fault.ts'
import type { Settings } from '../rules/settings.ts'

/** Verdicts, the policies left to enforce, and whether the route must be closed. */
export interface Judgement {
  readonly verdicts: readonly PolicyVerdict[]
  readonly enforced: PolicyRequests
  /** Why every request must be refused; absent if the route may be served. */
  readonly denied?: string
}

/** Asks core's own rules first, then the gateway, about each requested policy. Throws an AdapterFault if the gateway throws. */
export function judge(api: ExposedApi, gateway: GatewayAdapter, view: View, settings: Settings): Judgement {
  const refused = refusedHere(api, settings)
  const open = without(api.policies, refused)
  const answers = asked(gateway.name, () => gateway.verdicts(api, open, view))
  const judged = namesOf(open).map(
    (policy) => answers.find((verdict) => verdict.policy === policy) ?? silence(policy, gateway.name),
  )
  return judgementOf([...refused, ...judged], open, settings)
}

/** The judgement once some of its verdicts have turned out otherwise. */
export function overruled(
  { verdicts, enforced }: Judgement,
  instead: readonly PolicyVerdict[],
  settings: Settings,
): Judgement {
  const all = verdicts.map((verdict) => instead.find(({ policy }) => policy === verdict.policy) ?? verdict)
  return judgementOf(all, enforced, settings)
}

/** Is this a policy whose loss closes the route? */
export function isProtection(policy: PolicyName, settings: Settings): boolean {
  return settings.unsupportedPolicy[policy] === 'Deny'
}

/** The names of the policies that are asked for. */
export function namesOf(requests: PolicyRequests): readonly PolicyName[] {
  return Object.keys(requests) as PolicyName[]
}

function judgementOf(verdicts: readonly PolicyVerdict[], requests: PolicyRequests, settings: Settings): Judgement {
  const inOrder = [...verdicts].sort((a, b) => POLICY_NAMES.indexOf(a.policy) - POLICY_NAMES.indexOf(b.policy))
  const lost = inOrder.filter(({ state }) => state !== 'Enforced' && state !== 'Approximate')
  const closing = lost.filter(({ policy }) => isProtection(policy, settings)).map(({ policy }) => policy)
  const enforced = without(requests, lost)
  if (closing.length === 0) return { verdicts: inOrder, enforced }
  return { verdicts: inOrder, enforced, denied: `policy ${closing.join(', ')} cannot be enforced` }
}

function without(requests: PolicyRequests, verdicts: readonly PolicyVerdict[]): PolicyRequests {
  return Object.fromEntries(
    Object.entries(requests).filter(([name]) => !verdicts.some(({ policy }) => policy === name)),
  ) as PolicyRequests
}

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
    'spec.CORS.allowCredentials with allowOrigins "*" would let any website act for the user: list the allowed origins.'
  return [...invalid, { policy: 'cors', state: 'Invalid', reason: 'InsecureCORS', message }]
}

/** An adapter that says nothing does nothing. */
function silence(policy: PolicyName, gateway: string): PolicyVerdict {
  return {
    policy,
    state: 'Unsupported',
    reason: 'Unsupported',
    message: `Gateway adapter ${gateway} does not know this policy.`,
  }
}
