/** What a conclusion rests on beside plan and view. */
import type { WriteFailure } from '../rules/refusals.ts'
import type { GraceState } from './grace-periods.ts'

/** The moment of a conclusion. */
export interface ConclusionInput {
  /** Milliseconds since the epoch; for `lastTransitionTime` and delays. */
  readonly now: number
  readonly grace: GraceState
  /** Writes of this run that were refused. */
  readonly failures: readonly WriteFailure[]
}
