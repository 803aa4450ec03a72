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
import { entryMeta, type GatewayEntry } from '../rules/gateway-entry.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { type Claim, type Nested, nestedBelow, nestedIntent, type Placed } from '../rules/placement.ts'
import { type Refusal, refusalsOf, type WriteFailure } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import type { Settings } from '../rules/settings.ts'
import { witnessed } from '../rules/witness.ts'
import { claims, enforcers, isPolicyOnly, proven, wasInForce } from './evidence.ts'
import { isProtection, type Judgement, judge, namesOf, overruled } from './judgement.ts'

/** A route and what led to it. */
export interface RoutePlan {
  readonly entry: GatewayEntry
  readonly request: RouteRequest
  readonly judgement: Judgement
  /** In write order. */
  readonly route: readonly Rendered[]
  /** Foreign objects in the way, and writes that were refused in this run. */
  readonly refusals: readonly Refusal[]
  /** It was rendered without seeing something that may not be read: what is missing in it may be wanted. */
  readonly blind: boolean
}

/** What a route is planned from. */
export interface RouteInput {
  readonly api: ExposedApi
  readonly claim: Claim
  readonly placement: Placed
  readonly view: View
  readonly rules: Rules
  readonly failures: readonly WriteFailure[]
}

/** Plans the route. Throws an AdapterFault if the gateway throws. */
export function planRoute(input: RouteInput): RoutePlan {
  const { api, claim, view, rules } = input
  const judgement = judge(api, claim.entry.adapter, view, rules.settings)
  const open = rendered(input, judgement)
  const lost = lostPolicies(open, input)
  if (lost.length === 0) return awaited(open, input)
  const again = rendered(input, overruled(judgement, lost, rules.settings))
  return { ...again, refusals: [...open.refusals, ...again.refusals] }
}

function rendered(input: RouteInput, judgement: Judgement): RoutePlan {
  const { api, claim, placement, view, rules, failures } = input
  const { entry } = claim
  const nested = nestedBelow(api, claim, pathsWithNested(placement, judgement, entry), view, rules.paths).map((one) =>
    nestedRoute(one, input),
  )
  const meta = entryMeta(api, entry)
  const route = { api, meta, hosts: placement.hosts, paths: placement.paths, ...intentPolicies(judgement) }
  const request = { route, nested }
  const witness = witnessed(view, entry.adapter.kinds, api.metadata.namespace)
  const objects = asked(entry.adapter.name, () => entry.adapter.render(request, witness.view))
  const refusals = refusalsOf(objects, failures, api, view, ownedKindsOf(rules).route)
  return { entry, request, judgement, route: objects, refusals, blind: witness.unseen() !== undefined }
}

/** The paths before which the gateway must be given what lies below them. */
function pathsWithNested({ paths }: Placed, { enforced }: Judgement, { adapter }: GatewayEntry): readonly string[] {
  if (adapter.precedence === 'longest-path') return []
  return asked(adapter.name, () => adapter.putsRootLast?.(enforced)) ? paths.filter((path) => path !== '/') : paths
}

function intentPolicies({ enforced, denied }: Judgement): Pick<RouteIntent, 'policies' | 'denied'> {
  return { policies: enforced, ...(denied !== undefined && { denied }) }
}

/** A nested API as its own status says: closed as long as one of its protections is not in force, or cannot be asked about. */
function nestedRoute(nested: Nested, { claim: { entry }, view, rules: { settings } }: RouteInput): RouteIntent {
  const { api } = nested
  const intent = { ...nestedIntent(nested), meta: entryMeta(api, entry) }
  const waits = namesOf(api.policies).filter((policy) => isProtection(policy, settings) && !wasInForce(api, policy))
  try {
    const judgement = judge(api, entry.adapter, view, settings)
    const denied = judgement.denied ?? (waits.length > 0 ? `policy ${waits.join(', ')} is not in force yet` : undefined)
    return { ...intent, policies: judgement.enforced, ...(denied !== undefined && { denied }) }
  } catch {
    // The API itself tells of the fault.
    return { ...intent, policies: {}, denied: 'the gateway adapter cannot render it' }
  }
}

/** Policies that the adapter claims and that cannot be had, each with the verdict that says why. */
function lostPolicies(plan: RoutePlan, input: RouteInput): readonly PolicyVerdict[] {
  const claimed = plan.judgement.verdicts.filter(claims)
  if (claimed.length === 0) return []
  const unbacked = claimed.filter(({ policy }) => enforcers(plan.route, policy).length === 0)
  const observation = unbacked.length === 0 ? NOTHING : observed(plan, input.view)
  const vouched = (verdict: PolicyVerdict) => observation.policies?.some(({ policy }) => policy === verdict.policy)
  return [
    ...unbacked.filter((verdict) => !vouched(verdict)).map(({ policy }) => unproven(policy, plan.entry.adapter.name)),
    ...refusedProtections(claimed, plan, input),
  ]
}

const NOTHING: Observation = { findings: [] }

function observed({ entry, request }: RoutePlan, view: View): Observation {
  return asked(entry.adapter.name, () => entry.adapter.observe(request, view))
}

function unproven(policy: PolicyVerdict['policy'], adapter: string): PolicyVerdict {
  const message = `Gateway adapter ${adapter} says that it enforces this policy, but renders nothing that does.`
  return { policy, state: 'Unsupported', reason: 'AdapterFault', message }
}

/**
 * A refused change of a protection that stands is no loss: it stays as it was. Nor is a field that is not stored, as long as nobody
 * knows whether it has been written.
 */
function refusedProtections(
  claimed: readonly PolicyVerdict[],
  { route, refusals }: RoutePlan,
  { api, view, rules }: RouteInput,
): readonly PolicyVerdict[] {
  if (refusals.length === 0) return []
  const exhibits = { api, view, kinds: ownedKindsOf(rules).route, route, refusals, observation: NOTHING }
  return proven(claimed, exhibits).filter(
    ({ policy, reason }) =>
      (reason === 'WriteRejected' || reason === 'NotOwned') && isProtection(policy, rules.settings),
  )
}

/**
 * A route is closed whose protection the gateway refuses, or about which it has not said a word in all its time. The protection
 * stays rendered, so that a better answer may still come; the plan that finds it opens the route again.
 */
function awaited(plan: RoutePlan, input: RouteInput): RoutePlan {
  const { api, view, rules } = input
  const missed = plan.judgement.verdicts.filter((verdict) => isMissed(verdict, plan, api, rules.settings))
  if (missed.length === 0) return plan
  const exhibits = { ...plan, api, view, kinds: ownedKindsOf(rules).route, observation: observed(plan, view) }
  const still = missed
    .flatMap((verdict) => proven([verdict], { ...exhibits, route: witnesses(plan, verdict.policy) }))
    .filter((verdict) => !claims(verdict))
  if (still.length === 0) return plan
  const denied = `policy ${still.map(({ policy }) => policy).join(', ')} is not in force yet`
  const verdicts = plan.judgement.verdicts.map(
    (verdict) => still.find(({ policy }) => policy === verdict.policy) ?? verdict,
  )
  return rendered(input, { ...plan.judgement, verdicts, denied })
}

/** The objects of the policy alone, where it has some: the route itself is not written as it would be if it were open. */
function witnesses({ route }: RoutePlan, policy: PolicyVerdict['policy']): readonly Rendered[] {
  const own = enforcers(route, policy).filter(isPolicyOnly)
  return own.length > 0 ? own : route
}

/**
 * By the stored status, which has seen what the gateway says of what was written. A no to an object that is also the route is no
 * news about the closed route, which has another content.
 */
function isMissed(verdict: PolicyVerdict, plan: RoutePlan, { status }: ExposedApi, settings: Settings): boolean {
  const stored = (status.policies ?? []) as readonly Partial<PolicyVerdict>[]
  const told = stored.find(({ policy }) => policy === verdict.policy)?.reason
  const isRefused =
    (told === 'ReportedByGateway' || told === 'FieldsDropped') && witnesses(plan, verdict.policy).every(isPolicyOnly)
  return (told === 'NoAnswer' || isRefused) && claims(verdict) && isProtection(verdict.policy, settings)
}
