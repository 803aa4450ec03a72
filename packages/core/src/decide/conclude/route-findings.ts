/** What is said about the route beside what its gateway says. */
import { nameOf } from '@exposedapi/objects'
import type { Rendered } from '../../adapters/rendered.ts'
import type { ConditionType, Finding } from '../../findings/finding.ts'
import { type ExposedApi, isMetricsApi } from '../../model/exposed-api.ts'
import { type Exhibits, isPolicyOnly, type Progress, progressOf } from '../plan/evidence.ts'
import type { Judgement } from '../plan/judgement.ts'
import type { RoutePlan } from '../plan/route-plan.ts'
import { ownerOf } from '../rules/children.ts'
import type { Placement } from '../rules/placement.ts'

/** Findings about the ownership of paths. */
export function placementFindings(api: ExposedApi, placement: Placement, former?: RoutePlan): readonly Finding[] {
  if (placement.lostTo) {
    const message = `spec.path ${api.spec.path} belongs to the older ExposedAPI ${nameOf(placement.lostTo)}.`
    if (former) {
      const stays = `${message} The route stays on gateway ${former.entry.name} until then.`
      return [{ condition: 'Accepted', status: 'False', reason: 'PathConflict', message: stays }]
    }
    return [
      { condition: 'Accepted', status: 'False', reason: 'PathConflict', message },
      notRouted('RouteProgrammed', 'No route is written: the path belongs to another ExposedAPI.'),
      ...(isMetricsApi(api)
        ? [notRouted('MetricsConfigured', 'Metrics are not collected: the path belongs to another ExposedAPI.')]
        : []),
    ]
  }
  if (!placement.developerUiLostTo) return []
  const message = `Path ${api.spec.developerUI} of spec.developerUI belongs to ExposedAPI ${nameOf(placement.developerUiLostTo)}, so requests to it go there.`
  return [{ condition: 'RouteProgrammed', status: 'True', reason: 'PathNotRouted', message }]
}

/** Are the objects there, and if not, why; and is a route that must be closed closed? */
export function routeFindings({ denied }: Judgement, exhibits: Exhibits): readonly Finding[] {
  const carriers = exhibits.route.filter((rendered) => !isPolicyOnly(rendered))
  const states = carriers.map((rendered) => ({ rendered, progress: progressOf(rendered, exhibits) }))
  const closing = denied === undefined ? [] : [closed(denied, states, exhibits)].flat()
  return [...closing, ...states.flatMap(({ progress }) => undone(progress))]
}

/** Good news about a closed route needs evidence, too: it is closed when the objects that close it are stored. */
function closed(
  denied: string,
  states: readonly { readonly rendered: Rendered; readonly progress: Progress }[],
  { api, view, kinds }: Exhibits,
): readonly Finding[] {
  if (states.every(({ progress }) => progress.state === 'stored')) {
    const message = `All requests are answered with 503: ${denied}.`
    return [{ condition: 'RouteProgrammed', status: 'False', reason: 'Denied', message }]
  }
  const isOpen = states.some(({ rendered, progress }) => {
    return progress.state !== 'stored' && ownerOf(rendered.object, api, view, kinds).ours
  })
  if (!isOpen) return []
  const message = `The route is still open: ${denied}, and it could not be closed.`
  return [{ condition: 'RouteProgrammed', status: 'False', reason: 'StillOpen', message }]
}

function undone(progress: Progress): readonly Finding[] {
  switch (progress.state) {
    case 'stored':
      return []
    case 'waiting':
      return [{ condition: 'RouteProgrammed', status: 'Unknown', reason: 'RoutePending', message: progress.message }]
    case 'unseen':
      return [{ condition: 'RouteProgrammed', status: 'Unknown', reason: 'NotReadable', message: progress.message }]
    case 'dropped':
      return [{ condition: 'RouteProgrammed', status: 'False', reason: 'FieldsDropped', message: progress.message }]
    case 'refused':
      return refused(progress)
  }
}

function refused({ refusal: { reason, message } }: Progress & { state: 'refused' }): readonly Finding[] {
  if (reason === 'WriteRejected') {
    return [{ condition: 'RouteProgrammed', status: 'False', reason, message, foreign: true }]
  }
  const status = reason === 'NotOwned' ? 'False' : 'Unknown'
  return [
    { condition: 'Accepted', status, reason, message },
    { ...notRouted('RouteProgrammed', 'Another object already has the name of the route.'), status },
  ]
}

/** Nothing is known about this condition, since there is no route. */
export function notRouted(condition: ConditionType, message: string): Finding {
  return { condition, status: 'False', reason: 'NotRouted', message }
}
