/**
 * The route of one API as it shall be: rendered once, and once more, closed, if a protection turns out not to be had.
 *
 * A protection is a policy whose loss closes the route. It is lost if the gateway cannot enforce it, if nothing that is rendered
 * enforces it, if what enforces it is refused, or if the gateway has not said a word about it in all the time it had.
 */
import type { View } from '@exposedapi/objects'
import type { Observation, RouteIntent, RouteRequest } from '../../adapters/gateway.ts'
import type { Rendered } from '../../adapters/rendered.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { asked } from '../rules/adapter-fault.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { type Nested, nestedBelow, nestedIntent, type Placed } from '../rules/placement.ts'
import { type Refusal, refusalsOf, type WriteFailure } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import type { Settings } from '../rules/settings.ts'
import { claims, enforcers, proven, wasInForce } from './evidence.ts'
import { isProtection, type Judgement, judge, namesOf, overruled } from './judgement.ts'

/** A route and what led to it. */
export interface RoutePlan {
  readonly request: RouteRequest
  readonly judgement: Judgement
  /** In write order. */
  readonly route: readonly Rendered[]
  /** Foreign objects in the way, and writes that were refused in this run. */
  readonly refusals: readonly Refusal[]
}

/** Plans the route. Throws an AdapterFault if the gateway throws. */
export function planRoute(
  api: ExposedApi,
  placement: Placed,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): RoutePlan {
  const { gateway, settings } = rules
  const judgement = judge(api, gateway, view, settings)
  const open = rendered(api, placement, judgement, view, rules, failures)
  const lost = lostPolicies(open, api, view, rules)
  if (lost.length === 0) return awaited(open, api, placement, view, rules, failures)
  const closed = overruled(judgement, lost, settings)
  const again = rendered(api, placement, closed, view, rules, failures)
  return { ...again, refusals: [...open.refusals, ...again.refusals] }
}

function rendered(
  api: ExposedApi,
  placement: Placed,
  judgement: Judgement,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): RoutePlan {
  const { gateway } = rules
  const nested = nestedBelow(api, pathsWithNested(placement, judgement, rules), view, rules.paths).map((entry) =>
    nestedRoute(entry, view, rules),
  )
  const route = { api, hosts: placement.hosts, paths: placement.paths, ...intentPolicies(judgement) }
  const request = { route, nested }
  const objects = asked(gateway.name, () => gateway.render(request, view))
  const refusals = refusalsOf(objects, failures, api, view, ownedKindsOf(rules).route)
  return { request, judgement, route: objects, refusals }
}

/** The paths before which the gateway must be given what lies below them. */
function pathsWithNested({ paths }: Placed, { enforced }: Judgement, { gateway }: Rules): readonly string[] {
  if (gateway.precedence === 'longest-path') return []
  return asked(gateway.name, () => gateway.putsRootLast?.(enforced)) ? paths.filter((path) => path !== '/') : paths
}

function intentPolicies({ enforced, denied }: Judgement): Pick<RouteIntent, 'policies' | 'denied'> {
  return { policies: enforced, ...(denied !== undefined && { denied }) }
}

/** A nested API as its own status says: closed as long as one of its protections is not in force, or cannot be asked about. */
function nestedRoute(entry: Nested, view: View, { gateway, settings }: Rules): RouteIntent {
  const { api } = entry
  const waits = namesOf(api.policies).filter((policy) => isProtection(policy, settings) && !wasInForce(api, policy))
  try {
    const judgement = judge(api, gateway, view, settings)
    const denied = judgement.denied ?? (waits.length > 0 ? `policy ${waits.join(', ')} is not in force yet` : undefined)
    return { ...nestedIntent(entry), policies: judgement.enforced, ...(denied !== undefined && { denied }) }
  } catch {
    // The API itself tells of the fault.
    return { ...nestedIntent(entry), policies: {}, denied: 'the gateway adapter cannot render it' }
  }
}

/** Policies that the adapter claims and that cannot be had, each with the verdict that says why. */
function lostPolicies(plan: RoutePlan, api: ExposedApi, view: View, rules: Rules): readonly PolicyVerdict[] {
  const claimed = plan.judgement.verdicts.filter(claims)
  if (claimed.length === 0) return []
  const unbacked = claimed.filter(({ policy }) => enforcers(plan.route, policy).length === 0)
  const observation = unbacked.length === 0 ? NOTHING : observed(plan.request, view, rules)
  const vouched = (verdict: PolicyVerdict) => observation.policies?.some(({ policy }) => policy === verdict.policy)
  return [
    ...unbacked.filter((verdict) => !vouched(verdict)).map(({ policy }) => unproven(policy, rules.gateway.name)),
    ...refusedProtections(claimed, plan, api, view, rules),
  ]
}

const NOTHING: Observation = { findings: [] }

function observed(request: RouteRequest, view: View, { gateway }: Rules): Observation {
  return asked(gateway.name, () => gateway.observe(request, view))
}

function unproven(policy: PolicyVerdict['policy'], adapter: string): PolicyVerdict {
  const message = `Gateway adapter ${adapter} says that it enforces this policy, but renders nothing that does.`
  return { policy, state: 'Unsupported', reason: 'AdapterFault', message }
}

/** A refused change of a protection that stands is no loss: it stays as it was. */
function refusedProtections(
  claimed: readonly PolicyVerdict[],
  { route, refusals }: RoutePlan,
  api: ExposedApi,
  view: View,
  rules: Rules,
): readonly PolicyVerdict[] {
  if (refusals.length === 0) return []
  const exhibits = { api, view, kinds: ownedKindsOf(rules).route, route, refusals, observation: NOTHING }
  return proven(claimed, exhibits).filter(
    ({ policy, state, reason }) =>
      state === 'Refused' && reason !== 'UpdateRejected' && isProtection(policy, rules.settings),
  )
}

/**
 * A protection about which the gateway has never said a word is closed when its wait is over. It stays rendered, so that the answer
 * may still come; the plan that finds it opens the route again.
 */
function awaited(
  plan: RoutePlan,
  api: ExposedApi,
  placement: Placed,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): RoutePlan {
  const overdue = plan.judgement.verdicts.filter((verdict) => isOverdue(verdict, api, rules.settings))
  if (overdue.length === 0) return plan
  const kinds = ownedKindsOf(rules).route
  const observation = observed(plan.request, view, rules)
  const still = proven(overdue, { ...plan, api, view, kinds, observation }).filter((verdict) => !claims(verdict))
  if (still.length === 0) return plan
  const denied = `policy ${still.map(({ policy }) => policy).join(', ')} is not in force yet`
  return rendered(api, placement, { ...plan.judgement, denied }, view, rules, failures)
}

function isOverdue(verdict: PolicyVerdict, { status }: ExposedApi, settings: Settings): boolean {
  const stored = (status.policies ?? []) as readonly Partial<PolicyVerdict>[]
  const isUnanswered = stored.some(({ policy, reason }) => policy === verdict.policy && reason === 'NoAnswer')
  return isUnanswered && claims(verdict) && isProtection(verdict.policy, settings)
}
