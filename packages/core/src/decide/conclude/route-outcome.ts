/** What has become of one planned route. */
import type { View } from '@exposedapi/objects'
import type { Observation } from '../../adapters/gateway.ts'
import type { Finding } from '../../findings/finding.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { type Exhibits, progressOf, proven } from '../plan/evidence.ts'
import { isPolicyOnly, type Plan } from '../plan/plan.ts'
import type { RoutePlan } from '../plan/route-plan.ts'
import { asked } from '../rules/adapter-fault.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { refusalsOf } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import type { ConclusionInput } from './conclusion-input.ts'
import { routeFindings } from './route-findings.ts'
import { aged, type Wait, waitFor } from './waiting.ts'

/** The facts about a route after its writes. */
export interface RouteOutcome {
  readonly route: RoutePlan
  readonly observation: Observation
  readonly wait: Wait
  readonly verdicts: readonly PolicyVerdict[]
  /** On `RouteProgrammed` and `Accepted`. */
  readonly findings: readonly Finding[]
  /** It is written, and not stopped by a foreign object of its name. */
  readonly stands: boolean
  /** It is written as it was rendered, and nothing speaks against it. */
  readonly programmed: boolean
}

/** Looks at a route. Throws an AdapterFault if the gateway throws. */
export function outcomeOf(
  route: RoutePlan,
  { api, writes }: Plan,
  view: View,
  rules: Rules,
  input: ConclusionInput,
): RouteOutcome {
  const { adapter } = route.entry
  const observation = asked(adapter.name, () => adapter.observe(route.request, view))
  const wait = waitFor(observation, api, input.grace, input.now, rules.settings.noAnswerMs)
  const exhibits = exhibitsOf(route, observation, api, view, rules, input)
  const findings = [
    ...routeFindings(route.judgement, exhibits),
    ...wait.findings,
    ...observation.findings.filter(({ condition }) => condition !== 'AddressAssigned'), // see keptAddress
  ]
  const carriers = route.route.filter((rendered) => !isPolicyOnly(rendered))
  const isStored = carriers.length > 0 && carriers.every((one) => progressOf(one, exhibits).state === 'stored')
  return {
    route,
    observation,
    wait,
    verdicts: aged(proven(route.judgement.verdicts, exhibits), wait),
    findings,
    stands: route.route.some((rendered) => writes.includes(rendered)),
    programmed: isStored && !observation.awaiting && findings.every(({ status }) => status === 'True'),
  }
}

function exhibitsOf(
  route: RoutePlan,
  observation: Observation,
  api: ExposedApi,
  view: View,
  rules: Rules,
  { failures }: ConclusionInput,
): Exhibits {
  const kinds = ownedKindsOf(rules).route
  const refusals = [...route.refusals, ...refusalsOf(route.route, failures, api, view, kinds)]
  return { api, view, kinds, observation, route: route.route, refusals }
}
