/**
 * Everything about one ExposedAPI, decided at once: what to own, what to delete, what to annotate, what to say.
 *
 * Pure and synchronous. Status carries facts that exist only after a write (the route's uid), so it is concluded when it is
 * first asked for: the caller decides, writes the objects, asks, and writes the status once.
 */

import { type KubeObject, nameOf, type RenderedObject, sameJson, type View } from '@exposedapi/objects'
import type { GatewayAdapter, RenderedRoute, RouteIntent } from '../adapters/gateway.ts'
import type { AppliedAnnotations, RenderedMetrics } from '../adapters/metrics.ts'
import { conditions } from '../findings/conditions.ts'
import type { ConditionType, Finding } from '../findings/finding.ts'
import { type ExposedApi, type ExposedApiStatus, isExternal, isMetricsApi } from '../model/exposed-api.ts'
import { admit, checkComponent } from './admit.ts'
import { checkOwnership, obsolete, ownerOf } from './children.ts'
import { debounced, type GraceState, keptAddress } from './grace-periods.ts'
import { type Judgement, judge, policyFindings } from './judgement.ts'
import { ownedKindsOf } from './owned-kinds.ts'
import { nestedBelow, nestedIntent, type Placement, place } from './placement.ts'
import { checkImplementation } from './readiness.ts'
import type { Rules } from './rules.ts'
import { apiStatus, statusOf } from './status.ts'

/** A write that the API server refused. */
export interface WriteFailure {
  readonly object: KubeObject
  /** The API server's own words. */
  readonly message: string
}

/** The moment of a decision. */
export interface DecisionInput {
  /** Milliseconds since the epoch; for `lastTransitionTime` and delays. */
  readonly now: number
  readonly grace: GraceState
  /** Writes that were refused. Read when the status is first asked for: whoever carries out the decision adds to it. */
  readonly failures: readonly WriteFailure[]
}

/** The result of deciding one API. */
export interface Decision {
  /** Objects to own, in write order. */
  readonly objects: readonly RenderedObject[]
  /** Owned objects to delete, in this order. */
  readonly obsolete: readonly KubeObject[]
  /** Annotations to apply to objects of others; an empty set removes them. Only what differs from what is applied now. */
  readonly annotate: readonly AppliedAnnotations[]
  /** Our part of the status, complete; undefined: the status is not ours to write. Concluded from the view when first asked. */
  readonly status?: ExposedApiStatus | undefined
  readonly grace: GraceState
  /** Milliseconds until something is due that no watch will tell. */
  readonly recheckAfterMs?: number | undefined
}

type Conclusion = Pick<Decision, 'status' | 'grace' | 'recheckAfterMs'>

const HANDS_OFF: Decision = { objects: [], obsolete: [], annotate: [], grace: {} }
const NO_ROUTE: RenderedRoute = { objects: [], findings: [] }
const NO_METRICS: RenderedMetrics = { objects: [], annotations: [], findings: [] }

/** Decides one ExposedAPI. Never throws for a state that a cluster can be in. */
export function decide(api: ExposedApi, view: View, rules: Rules, moment: DecisionInput): Decision {
  // Terminating: ownerReferences clean up, and a write would only race with them.
  if (api.metadata.deletionTimestamp !== undefined) return HANDS_OFF

  const kinds = ownedKindsOf(rules)
  if (isExternal(api)) {
    // Hand-written. What it has of us dates from the time before it became external.
    const { uid = '' } = api.metadata
    const leftovers = obsolete([], api, view, kinds.all)
    return { ...HANDS_OFF, obsolete: leftovers, annotate: release(uid, view, rules) }
  }

  const admission = admit(api)
  if (admission.some(({ status }) => status === 'False')) return refused(api, view, admission, moment)

  const judgement = judge(api, rules.gateway, view, rules.settings)
  const placement = place(api, view, rules.paths)
  const route = placement.lostTo ? NO_ROUTE : renderRoute(api, placement, judgement, view, rules)
  const scrape = isMetricsApi(api) && !placement.lostTo ? rules.metrics.render(api, view) : NO_METRICS

  const routeClashes = checkOwnership(route.objects, api, view, kinds.route)
  const scrapeClashes = asMetrics(checkOwnership(scrape.objects, api, view, kinds.metrics))
  const objects = [
    ...(routeClashes.length > 0 ? [] : route.objects),
    ...(scrapeClashes.length > 0 ? [] : scrape.objects),
  ]

  const findings = () => [
    ...admission,
    ...checkComponent(api, view),
    ...placementFindings(api, placement),
    ...routeClashes,
    ...routeClashes.map(({ status }): Finding => {
      return { ...notRouted('RouteProgrammed', 'Another object has the name of the route.'), status }
    }),
    ...route.findings.filter(({ condition }) => condition !== 'AddressAssigned'), // conclude() may delay those
    ...policyFindings(judgement),
    ...scrape.findings,
    ...scrapeClashes,
    ...writeFindings(objects, route, api, view, rules, moment.failures),
    ...scrape.annotations.flatMap(({ object }) => rejected('MetricsConfigured', object, moment.failures)),
  ]
  const served = routeClashes.length > 0 ? NO_ROUTE : route
  let conclusion: Conclusion | undefined
  const concluded = () => {
    conclusion ??= conclude(api, view, served, judgement, findings(), rules, moment)
    return conclusion
  }
  return {
    objects,
    obsolete: obsolete(objects, api, view, kinds.all),
    annotate: annotationsToChange(api.metadata.uid ?? '', scrape.annotations, view, rules),
    get status() {
      return concluded().status
    },
    get grace() {
      return concluded().grace
    },
    get recheckAfterMs() {
      return concluded().recheckAfterMs
    },
  }
}

/** What must be given back of an API that is gone. */
export function release(uid: string, view: View, rules: Rules): readonly AppliedAnnotations[] {
  return annotationsToChange(uid, [], view, rules)
}

/** A refused spec: the last good route stays, nothing new is written, and the status says what to correct. */
function refused(api: ExposedApi, view: View, admission: readonly Finding[], moment: DecisionInput): Decision {
  const types = conditionTypes(api)
  const waits = 'Nothing is written while the spec is refused; a last good route stays.'
  const findings = [
    ...admission,
    ...checkComponent(api, view),
    ...types.filter((type) => type !== 'Accepted').map((type) => notRouted(type, waits)),
  ]
  const all = conditions(types, findings, api.status.conditions ?? [], moment.now)
  return { ...HANDS_OFF, status: statusOf(api.status.apiStatus, false, all, []) }
}

function renderRoute(
  api: ExposedApi,
  placement: Placement & { lostTo?: undefined },
  judgement: Judgement,
  view: View,
  rules: Rules,
): RenderedRoute {
  const { gateway, paths, settings } = rules
  const nested = nestedBelow(api, pathsWithNested(placement, judgement, gateway), view, paths).map(
    (entry): RouteIntent => {
      return { ...nestedIntent(entry), ...intentPolicies(judge(entry.api, gateway, view, settings)) }
    },
  )
  const route = { api, hosts: placement.hosts, paths: placement.paths, ...intentPolicies(judgement) }
  return gateway.render({ route, nested }, view)
}

/** The paths before which the gateway must be given what lies below them. */
function pathsWithNested(
  { paths }: Placement & { lostTo?: undefined },
  { enforced }: Judgement,
  gateway: GatewayAdapter,
): readonly string[] {
  if (gateway.precedence === 'longest-path') return []
  return gateway.putsRootLast?.(enforced) ? paths.filter((path) => path !== '/') : paths
}

function intentPolicies({ enforced, denied }: Judgement): Pick<RouteIntent, 'policies' | 'denied'> {
  return { policies: enforced, ...(denied !== undefined && { denied }) }
}

function placementFindings(api: ExposedApi, placement: Placement): readonly Finding[] {
  if (placement.lostTo) {
    const message = `spec.path ${api.spec.path} belongs to the older ExposedAPI ${nameOf(placement.lostTo)}.`
    return [
      { condition: 'Accepted', status: 'False', reason: 'PathConflict', message },
      notRouted('RouteProgrammed', 'No route is written for a path of another API.'),
      ...(isMetricsApi(api)
        ? [notRouted('MetricsConfigured', 'Metrics are not collected from a path of another API.')]
        : []),
    ]
  }
  if (!placement.developerUiLostTo) return []
  const message = `spec.developerUI ${api.spec.developerUI} belongs to ExposedAPI ${nameOf(placement.developerUiLostTo)}, so it leads there.`
  return [{ condition: 'RouteProgrammed', status: 'True', reason: 'PathNotRouted', message }]
}

/** Are the objects there, and if not, why? */
function writeFindings(
  objects: readonly RenderedObject[],
  route: RenderedRoute,
  api: ExposedApi,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): readonly Finding[] {
  const kinds = ownedKindsOf(rules)
  return objects.flatMap((object): readonly Finding[] => {
    const condition = route.objects.includes(object) ? 'RouteProgrammed' : 'MetricsConfigured'
    const refusal = rejected(condition, object, failures)
    if (refusal.length > 0 || ownerOf(object, api, view, kinds.all).ours) return refusal
    const message = `${object.kind} ${nameOf(object)} is not written yet.`
    return [{ condition, status: 'Unknown', reason: 'RoutePending', message }]
  })
}

function rejected(condition: ConditionType, object: KubeObject, failures: readonly WriteFailure[]): readonly Finding[] {
  const failure = failures.find(
    ({ object: failed }) => failed.kind === object.kind && nameOf(failed) === nameOf(object),
  )
  if (!failure) return []
  const message = `${object.kind} ${nameOf(object)}: ${failure.message}`
  return [{ condition, status: 'False', reason: 'WriteRejected', message }]
}

function conclude(
  api: ExposedApi,
  view: View,
  route: RenderedRoute,
  judgement: Judgement,
  findings: readonly Finding[],
  rules: Rules,
  { now, grace }: DecisionInput,
): Conclusion {
  const { settings } = rules
  const readiness = debounced(checkImplementation(api, view), api, grace, now, settings.readinessDebounceMs)
  const address = keptAddress(route, api, grace, now, settings.addressHoldMs)
  const all = [...findings, ...address.findings, ...readiness.findings]
  const next = conditions(conditionTypes(api), all, api.status.conditions ?? [], now)
  const published = apiStatus(api, publishedUid(route, api, view, rules), address.urls)
  const delays = [readiness.dueMs, address.dueMs].filter((ms) => ms !== undefined)
  return {
    status: statusOf(published, next[0]?.status === 'True', next, judgement.verdicts),
    grace: { ...readiness.grace, ...address.grace },
    ...(delays.length > 0 && { recheckAfterMs: Math.min(...delays) }),
  }
}

/** uid of the route object, once it exists and is ours. */
function publishedUid(route: RenderedRoute, api: ExposedApi, view: View, rules: Rules): string | undefined {
  if (!route.published) return undefined
  const { existing, ours } = ownerOf(route.published, api, view, ownedKindsOf(rules).route)
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

/** What is applied now and should not be, and what should be and is not. */
function annotationsToChange(
  uid: string,
  wanted: readonly AppliedAnnotations[],
  view: View,
  { metrics, retired }: Rules,
): readonly AppliedAnnotations[] {
  const applied = [metrics, ...retired].flatMap((adapter) => adapter.applied?.(uid, view) ?? [])
  const find = (list: readonly AppliedAnnotations[], { object }: AppliedAnnotations) =>
    list.find((entry) => entry.object.metadata.uid === object.metadata.uid)
  const gone = applied.filter((entry) => !find(wanted, entry)).map((entry) => ({ ...entry, annotations: {} }))
  return [...gone, ...wanted.filter((entry) => !sameJson(find(applied, entry)?.annotations, entry.annotations))]
}

/** A clash over a metrics object is no reason to refuse the API. */
function asMetrics(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, condition: 'MetricsConfigured' }))
}

function notRouted(condition: ConditionType, message: string): Finding {
  return { condition, status: 'False', reason: 'NotRouted', message }
}
