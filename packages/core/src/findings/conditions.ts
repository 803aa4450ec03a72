/** Findings become conditions; `Ready` is computed here and nowhere else. */

import { causeOf, causesFirst } from './causes.ts'
import type { Condition } from './condition.ts'
import type { ConditionType, Finding } from './finding.ts'
import type { Reason } from './reasons.ts'

/**
 * The reason of a condition without a finding against it. It carries no message: the reason says it all, and every byte of a
 * condition is stored, sent and cached once for each API.
 */
export const GOOD_REASONS: Readonly<Record<ConditionType, Reason>> = {
  Accepted: 'Accepted',
  RouteProgrammed: 'Programmed',
  AddressAssigned: 'Assigned',
  ImplementationReady: 'EndpointsReady',
  PoliciesEnforced: 'AllEnforced',
  MetricsConfigured: 'Configured',
}

/** Conditions that `Ready` needs, most fundamental first: the first bad one explains why the API is not ready. */
export const NEEDED: readonly ConditionType[] = [
  'Accepted',
  'RouteProgrammed',
  'AddressAssigned',
  'ImplementationReady',
]

const SEVERITY = { False: 2, Unknown: 1, True: 0 } as const

/**
 * The conditions of an API: `Ready` first, then those of `types`, then those that others wrote beside ours.
 *
 * `now` is milliseconds since the epoch. `lastTransitionTime` is kept unless the status flips, so that an unchanged state
 * renders an unchanged status.
 */
export function conditions(
  types: readonly ConditionType[],
  findings: readonly Finding[],
  previous: readonly Condition[],
  now: number,
): readonly Condition[] {
  const own = types.map((type) => condition(type, findings, previous))
  const all = [ready(own, findings), ...own].map((next) => ({
    ...next,
    lastTransitionTime: transition(next, previous, now),
  }))
  const foreign = previous.filter(({ type }) => type !== 'Ready' && !Object.hasOwn(GOOD_REASONS, type))
  return [...all, ...foreign]
}

type Untimed = Omit<Condition, 'lastTransitionTime'>

function condition(type: ConditionType, findings: readonly Finding[], previous: readonly Condition[]): Untimed {
  const concerned = findings.filter((finding) => finding.condition === type)
  const worst = Math.max(...concerned.map(({ status }) => SEVERITY[status]))
  const decisive = causesFirst(concerned.filter(({ status }) => SEVERITY[status] === worst))
  const [first] = decisive
  if (!first) return { type, status: 'True', reason: GOOD_REASONS[type], message: '' }
  const { status, reason } = first
  const before = previous.find((candidate) => candidate.type === type)
  if (before?.status === status && before.reason === reason && decisive.every(({ foreign }) => foreign)) {
    return { type, status, reason, message: before.message }
  }
  return { type, status, reason, message: [...new Set(decisive.map((finding) => finding.message))].join(' ') }
}

/** Repeats what stands in the way: the most fundamental cause, and never a mere consequence while there is something else. */
function ready(own: readonly Untimed[], findings: readonly Finding[]): Untimed {
  const needed = NEEDED.map((type) => own.find((candidate) => candidate.type === type)).filter(
    (found) => found !== undefined,
  )
  const bad = needed.filter(({ status }) => status !== 'True')
  const causes = bad.filter(({ reason }) => reason !== 'NotRouted')
  const candidates = causes.length > 0 ? causes : bad
  const worst = candidates.find(({ status }) => status === 'False') ?? candidates[0]
  if (!worst) return { type: 'Ready', status: 'True', reason: 'Ready', message: '' }
  const { reason, message } = causeOf(worst.reason, findings) ?? worst
  return { type: 'Ready', status: worst.status, reason, message }
}

function transition(next: Untimed, previous: readonly Condition[], now: number): string {
  const before = previous.find(({ type }) => type === next.type)
  if (before?.status === next.status && before.lastTransitionTime) return before.lastTransitionTime
  // Kubernetes' metav1.Time has one-second resolution.
  return `${new Date(now).toISOString().slice(0, 19)}Z`
}
