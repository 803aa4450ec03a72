/** What is said about the metrics of an API. It never blocks the route. */
import { type KubeObject, nameOf, type View } from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import { notReadable } from '../../findings/not-readable.ts'
import { type ExposedApi, isMetricsApi } from '../../model/exposed-api.ts'
import type { Because } from '../plan/plan.ts'
import { AdapterFault, answerOf, asked } from '../rules/adapter-fault.ts'
import { ownerOf, unseenOf } from '../rules/children.ts'
import { ownedKindsOf } from '../rules/owned-kinds.ts'
import { isSameObject, type WriteFailure } from '../rules/refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { evidenced, witnessed } from '../rules/witness.ts'

/** Findings on `MetricsConfigured`, and the fault if the adapter threw. */
export function metricsFindings(
  api: ExposedApi,
  { metrics, metricsRefusals = [] }: Because,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): { readonly findings: readonly Finding[]; readonly fault?: AdapterFault } {
  if (metrics === undefined) return { findings: [] }
  if (metrics instanceof AdapterFault) return { findings: [faulty(metrics)], fault: metrics }
  if (!isMetricsApi(api)) return { findings: [] }
  const witness = witnessed(view, rules.metrics.kinds, api.metadata.namespace)
  const observed = answerOf(() => asked(rules.metrics.name, () => rules.metrics.observe(api, witness.view)))
  if (observed instanceof AdapterFault) return { findings: [faulty(observed)], fault: observed }
  const clashes = metricsRefusals
    .filter(({ reason }) => reason !== 'WriteRejected')
    .map(({ reason, message }): Finding => ({ condition: 'MetricsConfigured', status: clash(reason), reason, message }))
  const objects = clashes.length > 0 ? [] : metrics.objects.map(({ object }) => object)
  return {
    findings: [
      ...evidenced(observed.findings, witness),
      ...clashes,
      ...objects.flatMap((object) => written(object, api, view, rules, failures)),
      ...metrics.annotations.flatMap(({ object }) => rejected(object, failures)),
    ],
  }
}

function clash(reason: string): 'False' | 'Unknown' {
  return reason === 'NotOwned' ? 'False' : 'Unknown'
}

function faulty({ adapter }: AdapterFault): Finding {
  const message = `Metrics adapter ${adapter} failed for this API; what it has written is left as it is.`
  return { condition: 'MetricsConfigured', status: 'Unknown', reason: 'AdapterFault', message }
}

function written(
  object: KubeObject,
  api: ExposedApi,
  view: View,
  rules: Rules,
  failures: readonly WriteFailure[],
): readonly Finding[] {
  const refusal = rejected(object, failures)
  const kinds = ownedKindsOf(rules).metrics
  if (refusal.length > 0 || ownerOf(object, api, view, kinds).ours) return refusal
  const unseen = unseenOf(object, view, kinds)
  if (unseen) {
    const effect = `${object.kind} ${nameOf(object)} is not written while it is not seen.`
    return [notReadable('MetricsConfigured', unseen, effect)]
  }
  const message = `${object.kind} ${nameOf(object)} has not been written yet.`
  return [{ condition: 'MetricsConfigured', status: 'Unknown', reason: 'RoutePending', message }]
}

function rejected(object: KubeObject, failures: readonly WriteFailure[]): readonly Finding[] {
  const failure = failures.find(({ object: failed }) => isSameObject(failed, object))
  if (!failure) return []
  const message = `${object.kind} ${nameOf(object)}: ${failure.message}`
  return [{ condition: 'MetricsConfigured', status: 'False', reason: 'WriteRejected', message, foreign: true }]
}
