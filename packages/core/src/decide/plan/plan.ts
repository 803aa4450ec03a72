/**
 * What to write for one ExposedAPI, and why. Pure and synchronous.
 *
 * The caller writes what the plan says and concludes (`conclude.ts`) on the view that then contains it: the status carries facts
 * that exist only after a write.
 */
import type { KubeObject, View } from '@exposedapi/objects'
import type { AppliedAnnotations, RenderedMetrics } from '../../adapters/metrics.ts'
import type { Rendered } from '../../adapters/rendered.ts'
import type { Finding } from '../../findings/finding.ts'
import { type ExposedApi, isExternal, isMetricsApi } from '../../model/exposed-api.ts'
import { servicePortOf } from '../../model/service-port.ts'
import { AdapterFault, answerOf, asked } from '../rules/adapter-fault.ts'
import { kindOf, obsolete, unseenOf } from '../rules/children.ts'
import { chosenEntry, ENTRY_LABEL, type GatewayEntry } from '../rules/gateway-entry.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { type Placement, place } from '../rules/placement.ts'
import { type Refusal, refusalOf, refusalsOf, type WriteFailure } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import type { Settings } from '../rules/settings.ts'
import { witnessed } from '../rules/witness.ts'
import { admit } from './admit.ts'
import { annotationsToChange, release } from './annotations.ts'
import { isPolicyOnly } from './evidence.ts'
import { isProtection } from './judgement.ts'
import { planRoute, type RoutePlan } from './route-plan.ts'

/** What the plan rests on: the answers to the questions of a decision, as far as they were asked. */
export interface Because {
  readonly admission: readonly Finding[]
  /** On the gateway that the rules choose; absent: they choose none, or the spec is refused. */
  readonly placement?: Placement
  /** On the gateway that the rules choose. */
  readonly route?: RoutePlan
  /** On the gateway that serves the API, as long as that is another one. */
  readonly former?: RoutePlan
  /** What makes a metrics API known; the fault if its adapter threw. */
  readonly metrics?: RenderedMetrics | AdapterFault
  /** Foreign objects in the way of the metrics objects, and refused writes of them. */
  readonly metricsRefusals?: readonly Refusal[]
  /** The gateway adapter threw. */
  readonly fault?: AdapterFault
}

/** What to do for one API. */
export interface Plan {
  readonly api: ExposedApi
  /** Absent: the status is not ours to write. */
  readonly because?: Because
  /** Objects to own, in write order. */
  readonly writes: readonly Rendered[]
  /** Owned objects to delete, in this order. */
  readonly obsolete: readonly KubeObject[]
  /** Annotations to apply to objects of others; an empty set removes them. Only what differs from what is applied now. */
  readonly annotate: readonly AppliedAnnotations[]
}

const NO_METRICS: RenderedMetrics = { objects: [], annotations: [] }

/**
 * Plans one ExposedAPI. Never throws for a state that a cluster can be in, nor for an adapter that does.
 *
 * @param failures writes that were refused earlier in this run.
 */
export function plan(api: ExposedApi, view: View, rules: Rules, failures: readonly WriteFailure[] = []): Plan {
  const nothing = { api, writes: [], obsolete: [], annotate: [] }
  // Terminating: ownerReferences clean up, and a write would only race with them.
  if (api.metadata.deletionTimestamp !== undefined) return nothing
  if (isExternal(api)) {
    // Hand-written. What it has of us dates from the time before it became external.
    const { uid = '' } = api.metadata
    const leftovers = obsolete([], api, view, ownedKindsOf(rules).all)
    return { ...nothing, obsolete: leftovers, annotate: release(uid, view, rules) }
  }
  const admission = admit(api)
  // The last good route stays, nothing new is written, and the status says what to correct.
  if (admission.some(({ status }) => status === 'False')) return { ...nothing, because: { admission } }
  const planned = answerOf(() => placedPlan(api, admission, view, rules, failures))
  return planned instanceof AdapterFault ? { ...nothing, because: { admission, fault: planned } } : planned
}

function placedPlan(
  api: ExposedApi,
  admission: readonly Finding[],
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): Plan {
  const claims = asked(gatewayNames(rules), () => rules.paths.claimsOf(api))
  const chosen = chosenEntry(api, rules.gateways)
  const [claim] = claims
  if (!claim || claim.entry !== chosen)
    return finished({ api, because: { admission }, routes: [], metrics: NO_METRICS, view, rules })
  const routes = claims.map((one) => {
    const placement = asked(one.entry.adapter.name, () => place(api, one, view, rules.paths))
    return {
      placement,
      ...(!placement.lostTo && { route: planRoute({ api, claim: one, placement, view, rules, failures }) }),
    }
  })
  const [first, former] = routes
  const placed = routes.flatMap(({ route }) => route ?? [])
  const because = {
    admission,
    ...(first && { placement: first.placement }),
    ...(first?.route && { route: first.route }),
    ...(former?.route && { former: former.route }),
  }
  if (placed.length === 0) return finished({ api, because, routes: [], metrics: NO_METRICS, view, rules })
  const { metrics, blind } = isMetricsApi(api) ? metricsOf(api, view, rules) : { metrics: NO_METRICS, blind: false }
  const rendered = metrics instanceof AdapterFault ? NO_METRICS : metrics
  const metricsRefusals = refusalsOf(rendered.objects, failures, api, view, ownedKindsOf(rules).metrics)
  return finished({
    api,
    because: { ...because, metrics, metricsRefusals },
    routes: placed,
    metrics: rendered,
    blind,
    view,
    rules,
  })
}

/** What makes a metrics API known; and whether something that it depends on may not be read, so that less is rendered than is wanted. */
function metricsOf(api: ExposedApi, view: View, { metrics: adapter }: Rules) {
  const witness = witnessed(view, adapter.kinds, api.metadata.namespace)
  const metrics = answerOf(() => asked(adapter.name, () => adapter.render(api, witness.view)))
  const blind = servicePortOf(api, view).problem === 'NotReadable' || witness.unseen() !== undefined
  return { metrics, blind }
}

function gatewayNames({ gateways }: Rules): string {
  return gateways.map(({ adapter }) => adapter.name).join(', ')
}

/** Where a foreign object is in the way of the route itself, nothing of it is written; one in the way of a policy costs the policy. */
function writable({ route, refusals, judgement }: RoutePlan): readonly Rendered[] {
  const clashes = refusals.filter(({ reason }) => reason !== 'WriteRejected')
  if (route.some((rendered) => refusalOf(clashes, rendered.object) && !isPolicyOnly(rendered))) return []
  const writes = route.filter(({ object }) => !refusalOf(clashes, object))
  if (judgement.denied === undefined) return writes
  // A route is closed first of all: there is nothing to protect then, and nothing to wait for.
  return [...writes.filter((rendered) => !isPolicyOnly(rendered)), ...writes.filter(isPolicyOnly)]
}

/** Can the route do without the object? Not if it protects. */
export function isDispensable(rendered: Rendered, settings: Settings): boolean {
  return isPolicyOnly(rendered) && !(rendered.enforces ?? []).some(({ policy }) => isProtection(policy, settings))
}

/** Does what the object's `ready` asks for hold of the stored object? */
export function isReady({ object, ready }: Rendered, view: View, rules: Rules): boolean {
  if (!ready) return true
  const kind = kindOf(object, ownedKindsOf(rules).all)
  const stored = kind && view.get(kind, object.metadata.namespace ?? '', object.metadata.name)
  return stored !== undefined && ready(stored)
}

function finished({
  api,
  because,
  routes,
  metrics,
  blind = false,
  view,
  rules,
}: {
  readonly api: ExposedApi
  readonly because: Because
  readonly routes: readonly RoutePlan[]
  readonly metrics: RenderedMetrics
  /** What the metrics need may not be read. */
  readonly blind?: boolean
  readonly view: View
  readonly rules: Rules
}): Plan {
  const kinds = ownedKindsOf(rules)
  const refusals = [...(because.metricsRefusals ?? []), ...routes.flatMap((route) => route.refusals)]
  const foreign = because.metricsRefusals?.some(({ reason }) => reason !== 'WriteRejected') ?? false
  const wanted = [...routes.flatMap(({ route }) => route), ...metrics.objects].map(({ object }) => object)
  // What a faulty adapter has made stays, and what one has made that sees nothing now: nobody knows what it still wants.
  const isUnsure = blind || because.metrics instanceof AdapterFault
  const owned = obsolete(wanted, api, view, isUnsure ? kinds.route : kinds.all)
  return {
    api,
    because,
    // What may not be read is not written either: nobody could tell whose it is.
    writes: [...routes.flatMap(writable), ...(foreign ? [] : metrics.objects)].filter(
      ({ object }) => !unseenOf(object, view, kinds.all),
    ),
    // A run in which something is refused or unseen deletes nothing: what would go may be what still protects.
    obsolete:
      refusals.length > 0 || routes.some((route) => route.blind)
        ? []
        : owned.filter((object) => isOfConfigured(object, rules.gateways)),
    annotate: isUnsure ? [] : annotationsToChange(api.metadata.uid ?? '', metrics.annotations, view, rules),
  }
}

/** What an entry has made that is no longer configured is reported and never touched. */
function isOfConfigured({ metadata: { labels } }: KubeObject, entries: readonly GatewayEntry[]): boolean {
  const entry = labels?.[ENTRY_LABEL]
  return entry === undefined || entries.some(({ name }) => name === entry)
}
