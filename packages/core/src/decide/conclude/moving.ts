/**
 * From one gateway to another: make before break.
 *
 * The status names the gateway that serves the API. As long as the rules choose another one, the plan keeps both routes; what is
 * published comes from the former, until the new one has been programmed for a while. Then the status names the new one, and the
 * next plan, which finds it there, takes the former route away.
 */
import type { Finding } from '../../findings/finding.ts'
import type { GraceState } from './grace-periods.ts'
import type { RouteOutcome } from './route-outcome.ts'

/** Which of two routes speaks for the API. */
export interface Move {
  readonly published: RouteOutcome | undefined
  readonly findings: readonly Finding[]
  readonly grace: GraceState
  /** Milliseconds until the move goes on by time alone. */
  readonly dueMs?: number
}

/** Decides which route speaks. `now` and `settleMs` are milliseconds. */
export function moved(
  next: RouteOutcome | undefined,
  former: RouteOutcome | undefined,
  grace: GraceState,
  now: number,
  settleMs: number,
): Move {
  if (!former) return { published: next, findings: [], grace: {} }
  if (!next) return { published: former, findings: [], grace: {} }
  const to = next.route.entry.name
  if (!next.programmed) {
    const why = next.findings.find(({ status }) => status !== 'True')?.message ?? 'It is not programmed yet.'
    return { published: former, findings: [moving(to, why)], grace: {} }
  }
  const since = grace.movingSince ?? now
  const dueMs = since + settleMs - now
  // Once more at once: the plan that follows takes the former route away.
  if (dueMs <= 0) return { published: next, findings: [], grace: {}, dueMs: 0 }
  return { published: former, findings: [moving(to, 'It is programmed.')], grace: { movingSince: since }, dueMs }
}

function moving(to: string, why: string): Finding {
  const message = `The route is moving to gateway ${to}; the former one serves until then. ${why}`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'Moving', message, foreign: true }
}
