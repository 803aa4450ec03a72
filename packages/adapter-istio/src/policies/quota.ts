/** Quotas, whose period nobody can say. */
import { type PolicyRow, unsupported } from './policy.ts'

/** The policy `quota`. */
export const quota: PolicyRow<'quota'> = {
  verdict: () =>
    unsupported(
      'spec.quota has no field for its period, so no gateway can count it; use spec.rateLimit on a gateway that supports it.',
      'QuotaPeriodMissing',
    ),
}
