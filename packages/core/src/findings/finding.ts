/**
 * What decisions say about the cluster: findings, which become conditions.
 *
 * Expected states are values with a stable reason. Exceptions are faults.
 */
import type { OwnReason, Reason } from './reasons.ts'

/** Conditions of an ExposedAPI, positive polarity: True is good news. `Ready` is computed from the others, never set. */
export const CONDITION_TYPES = [
  'Accepted',
  'AddressAssigned',
  'RouteProgrammed',
  'ImplementationReady',
  'PoliciesEnforced',
  'MetricsConfigured',
] as const

/** One of {@link CONDITION_TYPES}. */
export type ConditionType = (typeof CONDITION_TYPES)[number]

/** A fact about the cluster that a user can act on. Its absence is the good news. */
export interface Finding {
  readonly condition: ConditionType
  /** False: somebody must act. Unknown: we are waiting. True: advice; the condition stays True and carries the message. */
  readonly status: 'False' | 'Unknown' | 'True'
  readonly reason: Reason | OwnReason
  /**
   * The message quotes somebody else: the API server, a controller. While status and reason stay, a change of these words alone is not
   * worth a write: they may hold addresses and counts.
   */
  readonly foreign?: boolean
  /** One sentence that names the other object. No timestamps, no counters: they would rewrite the status for ever. */
  readonly message: string
}
