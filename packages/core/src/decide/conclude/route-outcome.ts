/** What has become of one planned route. */
import type { View } from '@exposedapi/objects'
import type { Observation } from '../../adapters/gateway.ts'
import type { Finding } from '../../findings/finding.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { type Exhibits, isPolicyOnly, progressOf, proven } from '../plan/evidence.ts'
import type { Plan } from '../plan/plan.ts'
import type { RoutePlan } from '../plan/route-plan.ts'
import { asked } from '../rules/adapter-fault.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { refusalsOf } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { evidenced, witnessed } from '../rules/witness.ts'
import type { ConclusionInput } from './conclusion-input.ts'
import { addressless } from './grace-periods.ts'
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
  /** Where it leads from, as far as it stands. */
  readonly located: Pick<Observation, 'address' | 'findings'>
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
  const observation = observedOn(route, api, view)
  const wait = waitFor(observation, api, input.grace, input.now, rules.settings.noAnswerMs)
  const exhibits = exhibitsOf(route, observation, api, view, rules, input)
  const findings = [
    ...routeFindings(route.judgement, exhibits),
    ...wait.findings,
    ...observation.findings.filter(({ condition }) => condition !== 'AddressAssigned'), // see keptAddress
  ]
  const carriers = route.route.filter((rendered) => !isPolicyOnly(rendered))
  const states = carriers.map((one) => progressOf(one, exhibits).state)
  const isStored = states.length > 0 && states.every((state) => state === 'stored')
  // What may not be read is not written, and what was published of it stays.
  const { url, path } = api.status.apiStatus ?? {}
  const isUnseen = states.includes('unseen')
  const stands = route.route.some((rendered) => writes.includes(rendered))
  const isAssumed = isUnseen && url !== undefined && path === api.spec.path
  return {
    route,
    observation,
    wait,
    verdicts: aged(proven(route.judgement.verdicts, exhibits), wait),
    findings,
    stands: stands || isAssumed,
    located: stands || isAssumed ? observation : { findings: isUnseen ? findings.flatMap(asOfAddress) : [] },
    programmed: isStored && !observation.awaiting && findings.every(({ status }) => status === 'True'),
  }
}

/** Whether there is an address is as unknown as whether there is a route. */
function asOfAddress(finding: Finding): readonly Finding[] {
  return finding.reason === 'NotReadable' ? [{ ...finding, condition: 'AddressAssigned' }] : []
}

/** What the gateway says, without bad news that it has no evidence for. */
function observedOn({ entry: { adapter }, request }: RoutePlan, api: ExposedApi, view: View): Observation {
  const witness = witnessed(view, adapter.kinds, api.metadata.namespace)
  const observation = asked(adapter.name, () => adapter.observe(request, witness.view))
  const isAnswered =
    observation.address || observation.findings.some(({ condition }) => condition === 'AddressAssigned')
  const findings = isAnswered ? observation.findings : [...observation.findings, addressless()]
  return { ...observation, findings: evidenced(findings, witness) }
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
