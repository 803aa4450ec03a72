/** Rate limits, which Istio has in an EnvoyFilter only. */
import { type PolicyRow, unsupported } from './policy.ts'

/** The policy `rateLimit`. */
export const rateLimit: PolicyRow<'rateLimit'> = {
  verdict: () =>
    unsupported(
      'Istio limits rates by an EnvoyFilter only, which this adapter does not write; use a gateway that limits rates.',
    ),
}
