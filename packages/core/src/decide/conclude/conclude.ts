/**
 * What to say about one ExposedAPI, on the view that contains what its plan has written. Pure; the clock comes in as a number.
 */
import type { KubeObject, View } from '@exposedapi/objects'
import type { Observation } from '../../adapters/gateway.ts'
import { conditions } from '../../findings/conditions.ts'
import type { ConditionType, Finding } from '../../findings/finding.ts'
import { type ExposedApi, type ExposedApiStatus, isMetricsApi } from '../../model/exposed-api.ts'
import { checkComponent } from '../plan/admit.ts'
import { proven } from '../plan/evidence.ts'
import type { Because, Plan } from '../plan/plan.ts'
import type { RoutePlan } from '../plan/route-plan.ts'
import { AdapterFault, answerOf, asked } from '../rules/adapter-fault.ts'
import { ownerOf } from '../rules/children.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { refusalsOf, type WriteFailure } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { debounced, type GraceState, keptAddress } from './grace-periods.ts'
import { metricsFindings } from './metrics-findings.ts'
import { policyFindings } from './policy-findings.ts'
import { checkImplementation } from './readiness.ts'
import { notRouted, placementFindings, routeFindings } from './route-findings.ts'
import { apiStatus, statusOf } from './status.ts'
import { aged, waitFor } from './waiting.ts'

/** The moment of a conclusion. */
export interface ConclusionInput {
  /** Milliseconds since the epoch; for `lastTransitionTime` and delays. */
  readonly now: number
  readonly grace: GraceState
  /** Writes of this run that were refused. */
  readonly failures: readonly WriteFailure[]
}

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
  if (!because.placement) return refused(api, because, view, input)
  const concluded = answerOf(() => routed(plan, because, view, rules, input))
  return concluded instanceof AdapterFault ? faulty(api, because, concluded, view, input) : concluded
}

/** A refused spec: the last good route stays, nothing new is written, and the status says what to correct. */
function refused(api: ExposedApi, { admission }: Because, view: View, { now }: ConclusionInput): Conclusion {
  const types = conditionTypes(api)
  const waits = 'Nothing is written while the spec is refused; a last good route stays.'
  const findings = [
    ...admission,
    ...checkComponent(api, view),
    ...types.filter((type) => type !== 'Accepted').map((type) => notRouted(type, waits)),
  ]
  const all = conditions(types, findings, api.status.conditions ?? [], now)
  return { status: statusOf(api.status.apiStatus, false, all, []), grace: {} }
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
  const open = asksPolicies ? ' It may still be open although a policy is asked for.' : ''
  const message = `Gateway adapter ${fault.adapter} failed on this API; a route that stands is left as it is.${open}`
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
  const kept = api.status.implementation?.ready === true && checkImplementation(api, view).length === 0
  const verdicts = (api.status.policies ?? []) as Parameters<typeof statusOf>[3]
  return { status: statusOf(api.status.apiStatus, kept, all, verdicts), grace: {}, fault }
}

function routed({ api, writes }: Plan, because: Because, view: View, rules: Rules, input: ConclusionInput): Conclusion {
  const { settings, gateway } = rules
  const { now, grace } = input
  const { route, placement, admission } = because
  const observation = route ? asked(gateway.name, () => gateway.observe(route.request, view)) : NOT_ROUTED
  const wait = waitFor(observation, api, grace, now, settings.noAnswerMs)
  if (wait.silent && api.status.conditions !== undefined) return { grace: wait.grace, recheckAfterMs: wait.dueMs }

  const exhibits = {
    api,
    view,
    kinds: ownedKindsOf(rules).route,
    observation,
    ...evidenceOf(route, view, api, rules, input),
  }
  const verdicts = route ? aged(proven(route.judgement.verdicts, exhibits), wait) : []
  const metrics = metricsFindings(api, because, view, rules, input.failures)
  const findings = [
    ...admission,
    ...checkComponent(api, view),
    ...(placement ? placementFindings(api, placement) : []),
    ...(route ? routeFindings(route.judgement, exhibits) : []),
    ...wait.findings,
    ...observation.findings.filter(({ condition }) => condition !== 'AddressAssigned'), // see keptAddress
    ...policyFindings(verdicts),
    ...metrics.findings,
  ]
  const readiness = debounced(checkImplementation(api, view), api, grace, now, settings.readinessDebounceMs)
  // A foreign object of the route's name: what is served there is not ours to publish.
  const stands = exhibits.route.some((rendered) => writes.includes(rendered))
  const address = keptAddress(
    { ...(stands ? observation : NOT_ROUTED), stands },
    api,
    grace,
    now,
    settings.addressHoldMs,
  )
  const all = [...findings, ...address.findings, ...readiness.findings]
  const next = conditions(conditionTypes(api), all, api.status.conditions ?? [], now)
  const published = apiStatus(api, publishedUid(observation.published, api, view, rules), address.urls)
  const ready = next[0]?.status === 'True' || (wait.keepsReady && isKept(next))
  const delays = [readiness.dueMs, address.dueMs, wait.dueMs].filter((ms) => ms !== undefined)
  return {
    status: statusOf(published, ready, next, verdicts),
    grace: { ...readiness.grace, ...address.grace, ...wait.grace },
    ...(delays.length > 0 && { recheckAfterMs: Math.min(...delays) }),
    ...(metrics.fault && { fault: metrics.fault }),
  }
}

const NOT_ROUTED: Observation = { findings: [] }

/** The objects of the route, as far as they may be written, and what stands against them. */
function evidenceOf(
  route: RoutePlan | undefined,
  view: View,
  api: ExposedApi,
  rules: Rules,
  { failures }: ConclusionInput,
) {
  if (!route) return { route: [], refusals: [] }
  const refusals = refusalsOf(route.route, failures, api, view, ownedKindsOf(rules).route)
  return { route: route.route, refusals: [...route.refusals, ...refusals] }
}

/** While the gateway owes an answer, only the wait itself is in doubt. */
function isKept(all: ReturnType<typeof conditions>): boolean {
  const needed = all.filter(
    ({ type }) => type === 'Accepted' || type === 'AddressAssigned' || type === 'ImplementationReady',
  )
  const route = all.find(({ type }) => type === 'RouteProgrammed')
  return needed.every(({ status }) => status === 'True') && route?.status === 'Unknown'
}

/** uid of the route object, once it exists and is ours. */
function publishedUid(
  published: KubeObject | undefined,
  api: ExposedApi,
  view: View,
  rules: Rules,
): string | undefined {
  if (!published) return undefined
  const { existing, ours } = ownerOf(published, api, view, ownedKindsOf(rules).route)
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
