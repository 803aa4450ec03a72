/**
 * What proves a verdict.
 *
 * An adapter says what it would enforce. It is enforced while every object that enforces it is stored as rendered, ready, and not
 * contradicted by what the gateway reports; until then it is pending, or refused in the words of whoever refuses it.
 */
import { type Kind, type KubeObject, nameOf, type View } from '@exposedapi/objects'
import type { Observation } from '../../adapters/gateway.ts'
import type { Rendered } from '../../adapters/rendered.ts'
import { containsBody } from '../../cluster/contains.ts'
import { unseenText } from '../../findings/not-readable.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { PolicyName } from '../../policies/policies.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { ownerOf, unseenOf } from '../rules/children.ts'
import { type Refusal, refusalOf } from '../rules/refusals.ts'

/** What evidence is made of. */
export interface Exhibits {
  readonly api: ExposedApi
  readonly view: View
  readonly kinds: readonly Kind[]
  readonly route: readonly Rendered[]
  readonly refusals: readonly Refusal[]
  readonly observation: Observation
}

/** How far an object has come. */
export type Progress =
  | { readonly state: 'stored'; readonly stored: KubeObject }
  | { readonly state: 'waiting' | 'dropped'; readonly message: string }
  | { readonly state: 'refused'; readonly refusal: Refusal }
  | { readonly state: 'unseen'; readonly message: string }

type Doubt = Pick<PolicyVerdict, 'state' | 'reason' | 'message'>

/** The verdicts as far as they are proven. Those that claim nothing stay as they are. */
export function proven(verdicts: readonly PolicyVerdict[], exhibits: Exhibits): readonly PolicyVerdict[] {
  return verdicts.map((verdict) => {
    if (!claims(verdict)) return verdict
    const doubt = doubtOf(verdict.policy, exhibits)
    return doubt ? { policy: verdict.policy, ...doubt } : verdict
  })
}

/** Does the verdict say that the policy is in force? */
export function claims({ state }: PolicyVerdict): boolean {
  return state === 'Enforced' || state === 'Approximate'
}

/** Was the policy in force, in whatever shape, when the stored status was written? */
export function wasInForce({ status }: ExposedApi, policy: PolicyName): boolean {
  const stored = (status.policies ?? []) as readonly Partial<PolicyVerdict>[]
  const before = stored.find((verdict) => verdict?.policy === policy)
  if (before?.state === undefined) return false
  const { state, reason } = before
  return state === 'Enforced' || state === 'Approximate' || reason === 'UpdateRejected' || reason === 'UpdatePending'
}

/** The rendered objects that put a policy of this API into force. */
export function enforcers(route: readonly Rendered[], policy: PolicyName): readonly Rendered[] {
  return route.filter(({ enforces }) => enforces?.some((one) => one.policy === policy && one.api === undefined))
}

/** Does an object do nothing but put policies into force? Then its loss is told by their verdicts. */
export function isPolicyOnly({ enforces, routes }: Rendered): boolean {
  return (enforces?.length ?? 0) > 0 && routes !== true
}

/** Is the object there as it was rendered? */
export function progressOf(rendered: Rendered, exhibits: Omit<Exhibits, 'observation'>): Progress {
  const { api, view, kinds, route, refusals } = exhibits
  const { object, ready } = rendered
  const what = `${object.kind} ${nameOf(object)}`
  const refusal = refusalOf(refusals, object)
  if (refusal) return { state: 'refused', refusal }
  const { existing, ours } = ownerOf(object, api, view, kinds)
  const unseen = existing ? undefined : unseenOf(object, view, kinds)
  if (unseen) return { state: 'unseen', message: `${unseenText(unseen)} ${what} is not written while it is not seen.` }
  if (!existing || !ours) return { state: 'waiting', message: `${what} has not been written yet.` }
  if (!containsBody(existing, object)) {
    // Nothing is written behind what is refused or not ready yet.
    const isHeldUp = route.slice(0, route.indexOf(rendered)).some((before) => holdsUp(before, exhibits))
    if (isHeldUp) return { state: 'waiting', message: `The latest version of ${what} has not been written yet.` }
    return {
      state: 'dropped',
      message: `The API server dropped some fields of ${what}: update its custom resource definition.`,
    }
  }
  if (ready?.(existing) === false) return { state: 'waiting', message: `${what} is not ready yet.` }
  return { state: 'stored', stored: existing }
}

function holdsUp({ object, ready }: Rendered, { api, view, kinds, refusals }: Omit<Exhibits, 'observation'>): boolean {
  if (refusalOf(refusals, object)?.reason === 'WriteRejected') return true
  const { existing } = ownerOf(object, api, view, kinds)
  return ready !== undefined && (existing === undefined || !ready(existing))
}

function doubtOf(policy: PolicyName, exhibits: Exhibits): Doubt | undefined {
  const standing = wasInForce(exhibits.api, policy)
  const objects = enforcers(exhibits.route, policy)
  const told = doubtTold(policy, objects, exhibits.observation, standing)
  for (const rendered of objects) {
    const doubt = doubtAbout(progressOf(rendered, exhibits), standing)
    // What the gateway refuses does not become ready by waiting.
    if (doubt) return doubt.state === 'Pending' && told?.state === 'Refused' ? told : doubt
  }
  return told
}

/** What the gateway says about the policy; where that is nothing, what it says about the route that holds it. */
function doubtTold(
  policy: PolicyName,
  objects: readonly Rendered[],
  { policies, awaiting }: Observation,
  standing: boolean,
): Doubt | undefined {
  const report = policies?.find((one) => one.policy === policy)
  if (report?.state === 'Refused') return { state: 'Refused', reason: 'ReportedByGateway', message: report.message }
  if (report?.state === 'Pending') return pending(standing, report.message)
  const isHeldByRoute = objects.some((rendered) => !isPolicyOnly(rendered))
  if (report || !awaiting || !isHeldByRoute) return undefined
  return pending(standing, 'The gateway has not answered yet to the route that holds it.')
}

function doubtAbout(progress: Progress, standing: boolean): Doubt | undefined {
  switch (progress.state) {
    case 'stored':
      return undefined
    case 'waiting':
    case 'unseen':
      return pending(standing, progress.message)
    case 'dropped':
      return { state: 'Refused', reason: 'FieldsDropped', message: progress.message }
    case 'refused': {
      const { reason, message } = progress.refusal
      // The garbage collector is on its way.
      if (reason === 'LeftoverOfEarlierApi') return pending(standing, message)
      if (reason === 'WriteRejected' && standing) {
        return {
          state: 'Refused',
          reason: 'UpdateRejected',
          message: `The policy stays in force as it was: ${message}`,
        }
      }
      return { state: 'Refused', reason, message }
    }
  }
}

function pending(standing: boolean, message: string): Doubt {
  return { state: 'Pending', reason: standing ? 'UpdatePending' : 'PolicyPending', message }
}
