/**
 * What is said while the gateway owes an answer to what was written.
 *
 * For a moment nothing is said: most answers come at once, and one status write is better than two. Then good news that was true
 * before stays published, since a controller that is away is no reason to withdraw anything; and what has never been true is
 * called unanswered when its time is over.
 */
import type { Observation } from '../../adapters/gateway.ts'
import type { Finding } from '../../findings/finding.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import type { GraceState } from './grace-periods.ts'

/** What a wait amounts to. */
export interface Wait {
  /** Say nothing yet: keep the stored status. */
  readonly silent: boolean
  readonly findings: readonly Finding[]
  /** Readiness that was published stays published. */
  readonly keepsReady: boolean
  /** The time that it had is over, and the gateway has never said yes. */
  readonly unanswered: boolean
  readonly grace: GraceState
  /** Milliseconds until the next of these changes by time alone. */
  readonly dueMs?: number
}

const SILENCE_MS = 2000
/** Nothing is owed. */
export const NO_WAIT: Wait = { silent: false, findings: [], keepsReady: false, unanswered: false, grace: {} }

/** The wait of a route whose gateway reports. `now` and `limitMs` are milliseconds. */
export function waitFor(
  { awaiting = false, policies = [], findings: observed }: Observation,
  api: ExposedApi,
  grace: GraceState,
  now: number,
  limitMs: number,
): Wait {
  const owed = awaiting || policies.some(({ state }) => state === 'Pending')
  if (!owed) return NO_WAIT
  const since = grace.awaitingSince ?? now
  const remembered = { awaitingSince: since }
  const waited = now - since
  if (waited < SILENCE_MS) {
    // Where nothing has been said at all, silence is no option.
    const isTold = observed.some(({ condition, status }) => condition === 'RouteProgrammed' && status !== 'True')
    const findings = awaiting && !isTold ? [pending('Unknown', 'RoutePending')] : []
    return { ...NO_WAIT, silent: true, findings, grace: remembered, dueMs: SILENCE_MS - waited }
  }
  if (awaiting && wasServed(api)) {
    return { ...NO_WAIT, findings: [pending('Unknown', 'RoutePending')], keepsReady: true, grace: remembered }
  }
  const unanswered = waited >= limitMs || wasUnanswered(api)
  const findings = awaiting ? [unanswered ? pending('False', 'NoAnswer') : pending('Unknown', 'RoutePending')] : []
  return { ...NO_WAIT, findings, unanswered, grace: remembered, ...(!unanswered && { dueMs: limitMs - waited }) }
}

/** Pending verdicts become refused ones once the gateway has had all the time that it gets. */
export function aged(verdicts: readonly PolicyVerdict[], wait: Wait): readonly PolicyVerdict[] {
  if (!wait.unanswered) return verdicts
  return verdicts.map((verdict) =>
    verdict.reason === 'PolicyPending' ? { ...verdict, state: 'Refused', reason: 'NoAnswer' } : verdict,
  )
}

/** Was it published as ready, under the route that stands? */
function wasServed({ status }: ExposedApi): boolean {
  return status.implementation?.ready === true && status.apiStatus?.url !== undefined
}

/** The stored status says so already: a restart forgets how long it has waited, and must not take it back. */
function wasUnanswered({ status }: ExposedApi): boolean {
  const stored = [...(status.conditions ?? []), ...((status.policies ?? []) as readonly { reason?: string }[])]
  return stored.some((said) => said?.reason === 'NoAnswer')
}

function pending(status: 'False' | 'Unknown', reason: 'NoAnswer' | 'RoutePending'): Finding {
  const message =
    reason === 'NoAnswer'
      ? 'The gateway has never reported on the route: is its controller running?'
      : 'The gateway has not yet reported on the latest version of the route.'
  return { condition: 'RouteProgrammed', status, reason, message }
}
