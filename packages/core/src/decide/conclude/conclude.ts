/**
 * What to say about one ExposedAPI, on the view that contains what its plan has written. Pure; the clock comes in as a number.
 */
import { type KubeObject, nameOf, type View } from '@exposedapi/objects'
import type { Condition } from '../../findings/condition.ts'
import { conditions, NEEDED } from '../../findings/conditions.ts'
import type { ConditionType, Finding } from '../../findings/finding.ts'
import { type ExposedApi, type ExposedApiStatus, isMetricsApi } from '../../model/exposed-api.ts'
import { checkComponent } from '../plan/admit.ts'
import type { Because, Plan } from '../plan/plan.ts'
import type { RoutePlan } from '../plan/route-plan.ts'
import { AdapterFault, answerOf } from '../rules/adapter-fault.ts'
import { ownerOf, unseenOf } from '../rules/children.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import type { Rules } from '../rules/rules.ts'
import type { ConclusionInput } from './conclusion-input.ts'
import { debounced, type GraceState, keptAddress } from './grace-periods.ts'
import { metricsFindings } from './metrics-findings.ts'
import { moved } from './moving.ts'
import { policyFindings } from './policy-findings.ts'
import { checkImplementation } from './readiness.ts'
import { notRouted, placementFindings } from './route-findings.ts'
import { outcomeOf } from './route-outcome.ts'
import { leftoverFindings, type ServingStatus, servingStatus } from './serving.ts'
import { apiStatus, isBehind, statusOf } from './status.ts'
import { NO_WAIT } from './waiting.ts'

/** What follows from a plan once it is carried out. */
export interface Conclusion {
  /** Our part of the status, complete; undefined: there is nothing to write, or nothing to say yet. */
  readonly status?: ExposedApiStatus | undefined
  readonly grace: GraceState
  /** Milliseconds until something is due that no watch will tell. */
  readonly recheckAfterMs?: number | undefined
  /** An adapter threw: to be logged, and tried again. */
  readonly fault?: AdapterFault | undefined
}

/** Concludes a plan. Never throws for a state that a cluster can be in, nor for an adapter that does. */
export function conclude(plan: Plan, view: View, rules: Rules, input: ConclusionInput): Conclusion {
  const { api, because } = plan
  if (!because) return { grace: {} }
  if (because.fault) return faulty(api, because, because.fault, view, input)
  if (because.admission.some(({ status }) => status === 'False')) return refused(api, because, view, input)
  const concluded = answerOf(() => routed(plan, because, view, rules, input))
  return concluded instanceof AdapterFault ? faulty(api, because, concluded, view, input) : concluded
}

/** A refused spec: the last good route stays, nothing new is written, and the status says what to correct. */
function refused(api: ExposedApi, { admission }: Because, view: View, { now }: ConclusionInput): Conclusion {
  const types = conditionTypes(api)
  const waits = 'Nothing is written while the spec is invalid; the last valid route, if there is one, stays in place.'
  const findings = [
    ...admission,
    ...checkComponent(api, view),
    ...types.filter((type) => type !== 'Accepted').map((type) => notRouted(type, waits)),
  ]
  const all = conditions(types, findings, api.status.conditions ?? [], now)
  return { status: statusOf(api.status.apiStatus, false, all, [], kept(api)), grace: {} }
}

/** The gateway adapter threw: what is published stays, and so does the route; what is true of them nobody knows. */
function faulty(
  api: ExposedApi,
  { admission }: Because,
  fault: AdapterFault,
  view: View,
  { now }: ConclusionInput,
): Conclusion {
  const asksPolicies = conditionTypes(api).includes('PoliciesEnforced')
  const open = asksPolicies ? ' It may be open although the API asks for a policy.' : ''
  const message = `Gateway adapter ${fault.adapter} failed for this API; an existing route is left as it is.${open}`
  const unknown = (condition: ConditionType): Finding => {
    return { condition, status: 'Unknown', reason: 'AdapterFault', message }
  }
  const concerned = conditionTypes(api).filter((type) => type !== 'Accepted' && type !== 'ImplementationReady')
  const findings = [
    ...admission,
    ...checkComponent(api, view),
    ...concerned.map(unknown),
    ...checkImplementation(api, view),
  ]
  const all = conditions(conditionTypes(api), findings, api.status.conditions ?? [], now)
  const isGone = checkImplementation(api, view).some(({ status }) => status === 'False')
  const ready = api.status.implementation?.ready === true && !isGone
  const verdicts = (api.status.policies ?? []) as Parameters<typeof statusOf>[3]
  return { status: statusOf(api.status.apiStatus, ready, all, verdicts, kept(api)), grace: {}, fault }
}

/** What stays in the status of an API about which nothing new is known. */
function kept({ status: { gateway, metrics, leftovers } }: ExposedApi): ServingStatus {
  return { ...(gateway && { gateway }), ...(metrics && { metrics }), ...(leftovers && { leftovers }) }
}

function routed(plan: Plan, because: Because, view: View, rules: Rules, input: ConclusionInput): Conclusion {
  const { api } = plan
  const { settings } = rules
  const { now, grace } = input
  const outcome = (route: RoutePlan | undefined) => route && outcomeOf(route, plan, view, rules, input)
  const move = moved(outcome(because.route), outcome(because.former), grace, now, settings.moveSettleMs)
  const { published } = move
  const wait = published?.wait ?? NO_WAIT
  if (wait.silent && api.status.conditions !== undefined) return { grace: wait.grace, recheckAfterMs: wait.dueMs }

  const serving = servingStatus(api, published?.route.entry, rules, plan.obsolete.length === 0)
  const metrics = metricsFindings(api, because, view, rules, input.failures)
  const readiness = debounced(checkImplementation(api, view), api, grace, now, settings.readinessDebounceMs)
  const stands = published?.stands ?? false
  const located = published?.located ?? NOWHERE
  const address = keptAddress({ ...located, stands }, api, grace, now, settings.addressHoldMs)
  const findings = [
    ...because.admission,
    ...checkComponent(api, view),
    ...(because.placement ? placementFindings(api, because.placement, because.former) : [noGateway(api)]),
    ...(published?.findings ?? []),
    ...move.findings,
    ...policyFindings(published?.verdicts ?? []),
    ...leftoverFindings(serving.leftovers, rules),
    ...metrics.findings,
    ...address.findings,
    ...readiness.findings,
  ]
  const next = conditions(conditionTypes(api), findings, api.status.conditions ?? [], now)
  const uid = publishedUid(published?.observation.published, api, view, rules)
  const ready = next[0]?.status === 'True' || isKept(api, next, wait.keepsReady)
  const delays = [readiness.dueMs, address.dueMs, wait.dueMs, move.dueMs].filter((ms) => ms !== undefined)
  return {
    status: statusOf(apiStatus(api, uid, address.urls), ready, next, published?.verdicts ?? [], serving),
    grace: { ...readiness.grace, ...address.grace, ...wait.grace, ...move.grace },
    ...(delays.length > 0 && { recheckAfterMs: Math.min(...delays) }),
    ...(metrics.fault && { fault: metrics.fault }),
  }
}

const NOWHERE = { findings: [] }

function noGateway(api: ExposedApi): Finding {
  const message = `No gateway of the operator's configuration matches ExposedAPI ${nameOf(api)}.`
  return { condition: 'RouteProgrammed', status: 'False', reason: 'NoGatewayMatches', message }
}

/**
 * Does readiness stay that was published? While nothing speaks against it but that the gateway owes an answer, or that something may
 * not be read. What has never been seen of another destination is not taken over from the one before.
 */
function isKept(api: ExposedApi, all: readonly Condition[], awaitsAnswer: boolean): boolean {
  if (api.status.implementation?.ready !== true) return false
  const isUnseen = ({ status, reason }: Condition) => status === 'Unknown' && reason === 'NotReadable'
  if (isBehind(api) && all.some(isUnseen)) return false
  const isAwaited = ({ type, status }: Condition) => awaitsAnswer && type === 'RouteProgrammed' && status === 'Unknown'
  return NEEDED.every((type) =>
    all.some((one) => one.type === type && (one.status === 'True' || isUnseen(one) || isAwaited(one))),
  )
}

/** uid of the route object, once it exists and is ours. */
function publishedUid(
  published: KubeObject | undefined,
  api: ExposedApi,
  view: View,
  rules: Rules,
): string | undefined {
  if (!published) return undefined
  const kinds = ownedKindsOf(rules).route
  if (unseenOf(published, view, kinds)) return api.status.apiStatus?.uid
  const { existing, ours } = ownerOf(published, api, view, kinds)
  return ours ? existing?.metadata.uid : undefined
}

/** Conditions that apply to an API: those on policies and metrics only where it has any. */
function conditionTypes(api: ExposedApi): readonly ConditionType[] {
  const asksPolicies = Object.keys(api.policies).length + Object.keys(api.invalidPolicies).length > 0
  return [
    'Accepted',
    'RouteProgrammed',
    'AddressAssigned',
    'ImplementationReady',
    ...(asksPolicies ? (['PoliciesEnforced'] as const) : []),
    ...(isMetricsApi(api) ? (['MetricsConfigured'] as const) : []),
  ]
}
