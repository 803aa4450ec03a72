/**
 * Everything about one ExposedAPI, decided at once: what to own, what to delete, what to annotate, what to say.
 *
 * Pure and synchronous. Status carries facts that exist only after a write (the route's uid), so it is concluded when it is
 * first asked for: the caller decides, writes the objects, asks, and writes the status once.
 */

import { type KubeObject, nameOf, type RenderedObject, sameJson, type View } from '@exposedapi/objects'
import type { GatewayAdapter, RenderedRoute, RouteIntent } from '../adapters/gateway.ts'
import type { HeldAnnotations, MetricsAdapter, RenderedMetrics } from '../adapters/metrics.ts'
import { conditions } from '../findings/conditions.ts'
import type { ConditionType, Finding } from '../findings/finding.ts'
import { type ExposedApi, type ExposedApiStatus, isExternal, isMetricsApi } from '../model/exposed-api.ts'
import { admit, checkComponent } from './admit.ts'
import { checkOwnership, obsolete, ownerOf } from './children.ts'
import { debounced, heldAddress, type Memory } from './grace-periods.ts'
import { type Judgement, judge, policyFindings } from './judgement.ts'
import { ownKindsOf } from './owned-kinds.ts'
import { nestedBelow, nestedIntent, type PathIndexes, type Placement, place } from './placement.ts'
import { checkImplementation } from './readiness.ts'
import type { Settings } from './settings.ts'
import { apiStatus, statusOf } from './status.ts'

/** What decides beside the API itself; the same for all APIs of one operator. */
export interface Deciders {
  readonly gateway: GatewayAdapter
  readonly metrics: MetricsAdapter
  /** Metrics adapters of other modes: what they left behind is removed. */
  readonly former: readonly MetricsAdapter[]
  /** {@link PathIndexes} of `gateway`. */
  readonly paths: PathIndexes
  readonly settings: Settings
}

/** A write that the API server refused. */
export interface WriteFailure {
  readonly object: KubeObject
  /** The API server's own words. */
  readonly message: string
}

/** The moment of a decision. */
export interface Moment {
  /** Milliseconds since the epoch; for `lastTransitionTime` and delays. */
  readonly now: number
  readonly memory: Memory
  /** Writes that were refused. Read when the status is first asked for: whoever carries out the decision adds to it. */
  readonly failures: readonly WriteFailure[]
}

/** The result of deciding one API. */
export interface Decision {
  /** Objects to own, in write order. */
  readonly objects: readonly RenderedObject[]
  /** Owned objects to delete, in this order. */
  readonly obsolete: readonly KubeObject[]
  /** Annotations to hold on objects of others; an empty set gives them back. Only what differs from what is held now. */
  readonly annotate: readonly HeldAnnotations[]
  /** Our part of the status, complete; undefined: the status is not ours to write. Concluded from the view when first asked. */
  readonly status?: ExposedApiStatus | undefined
  readonly memory: Memory
  /** Milliseconds until something is due that no watch will tell. */
  readonly recheckAfterMs?: number | undefined
}

type Conclusion = Pick<Decision, 'status' | 'memory' | 'recheckAfterMs'>

const HANDS_OFF: Decision = { objects: [], obsolete: [], annotate: [], memory: {} }
const NO_ROUTE: RenderedRoute = { objects: [], findings: [] }
const NO_METRICS: RenderedMetrics = { objects: [], held: [], findings: [] }

/** Decides one ExposedAPI. Never throws for a state that a cluster can be in. */
export function decide(api: ExposedApi, view: View, deciders: Deciders, moment: Moment): Decision {
  // Terminating: ownerReferences clean up, and a write would only race with them.
  if (api.metadata.deletionTimestamp !== undefined) return HANDS_OFF

  const kinds = ownKindsOf(deciders)
  if (isExternal(api)) {
    // Hand-written. What it has of us dates from the time before it became external.
    const { uid = '' } = api.metadata
    const leftovers = obsolete([], api, view, kinds.all)
    return { ...HANDS_OFF, obsolete: leftovers, annotate: release(uid, view, deciders) }
  }

  const admission = admit(api)
  if (admission.some(({ status }) => status === 'False')) return refused(api, view, admission, moment)

  const judgement = judge(api, deciders.gateway, view, deciders.settings)
  const placement = place(api, view, deciders.paths)
  const route = placement.lostTo ? NO_ROUTE : renderRoute(api, placement, judgement, view, deciders)
  const scrape = isMetricsApi(api) && !placement.lostTo ? deciders.metrics.render(api, view) : NO_METRICS

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
    ...route.findings.filter(({ condition }) => condition !== 'AddressAssigned'), // conclude() may hold those back
    ...policyFindings(judgement),
    ...scrape.findings,
    ...scrapeClashes,
    ...writeFindings(objects, route, api, view, deciders, moment.failures),
    ...scrape.held.flatMap(({ object }) => rejected('MetricsConfigured', object, moment.failures)),
  ]
  const served = routeClashes.length > 0 ? NO_ROUTE : route
  let conclusion: Conclusion | undefined
  const concluded = () => {
    conclusion ??= conclude(api, view, served, judgement, findings(), deciders, moment)
    return conclusion
  }
  return {
    objects,
    obsolete: obsolete(objects, api, view, kinds.all),
    annotate: annotationsToChange(api.metadata.uid ?? '', scrape.held, view, deciders),
    get status() {
      return concluded().status
    },
    get memory() {
      return concluded().memory
    },
    get recheckAfterMs() {
      return concluded().recheckAfterMs
    },
  }
}

/** What must be given back of an API that is gone. */
export function release(uid: string, view: View, deciders: Deciders): readonly HeldAnnotations[] {
  return annotationsToChange(uid, [], view, deciders)
}

/** A refused spec: the last good route stays, nothing new is written, and the status says what to correct. */
function refused(api: ExposedApi, view: View, admission: readonly Finding[], moment: Moment): Decision {
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
  deciders: Deciders,
): RenderedRoute {
  const { gateway, paths, settings } = deciders
  // Such an API at "/" has a rule with a method match, which is no catch-all: gateways do not move it to the end.
  const rootToo = judgement.enforced.cors?.preflight.enabled === false
  const nested = nestedBelow(api, placement.paths, view, paths, rootToo).map((entry): RouteIntent => {
    return { ...nestedIntent(entry), ...intentPolicies(judge(entry.api, gateway, view, settings)) }
  })
  const route = { api, hosts: placement.hosts, paths: placement.paths, ...intentPolicies(judgement) }
  return gateway.render({ route, nested }, view)
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
  deciders: Deciders,
  failures: readonly WriteFailure[],
): readonly Finding[] {
  const kinds = ownKindsOf(deciders)
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
  deciders: Deciders,
  { now, memory }: Moment,
): Conclusion {
  const { settings } = deciders
  const readiness = debounced(checkImplementation(api, view), api, memory, now, settings.readinessDebounceMs)
  const address = heldAddress(route, api, memory, now, settings.addressHoldMs)
  const all = [...findings, ...address.findings, ...readiness.findings]
  const next = conditions(conditionTypes(api), all, api.status.conditions ?? [], now)
  const published = apiStatus(api, publishedUid(route, api, view, deciders), address.urls)
  const delays = [readiness.dueMs, address.dueMs].filter((ms) => ms !== undefined)
  return {
    status: statusOf(published, next[0]?.status === 'True', next, judgement.verdicts),
    memory: { ...readiness.memory, ...address.memory },
    ...(delays.length > 0 && { recheckAfterMs: Math.min(...delays) }),
  }
}

/** uid of the route object, once it exists and is ours. */
function publishedUid(route: RenderedRoute, api: ExposedApi, view: View, deciders: Deciders): string | undefined {
  if (!route.published) return undefined
  const { existing, ours } = ownerOf(route.published, api, view, ownKindsOf(deciders).route)
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

/** What is held now and should not be, and what should be and is not. */
function annotationsToChange(
  uid: string,
  wanted: readonly HeldAnnotations[],
  view: View,
  { metrics, former }: Deciders,
): readonly HeldAnnotations[] {
  const held = [metrics, ...former].flatMap((adapter) => adapter.held?.(uid, view) ?? [])
  const find = (list: readonly HeldAnnotations[], { object }: HeldAnnotations) =>
    list.find((entry) => entry.object.metadata.uid === object.metadata.uid)
  const gone = held.filter((entry) => !find(wanted, entry)).map((entry) => ({ ...entry, annotations: {} }))
  return [...gone, ...wanted.filter((entry) => !sameJson(find(held, entry)?.annotations, entry.annotations))]
}

/** A clash over a metrics object is no reason to refuse the API. */
function asMetrics(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, condition: 'MetricsConfigured' }))
}

function notRouted(condition: ConditionType, message: string): Finding {
  return { condition, status: 'False', reason: 'NotRouted', message }
}
