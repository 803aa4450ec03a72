/** API keys, which Istio leaves to an external authorizer. */
import { type PolicyRow, unsupported } from './policy.ts'

/** The policy `apiKeyVerification`. */
export const apiKeyVerification: PolicyRow<'apiKeyVerification'> = {
  verdict: () =>
    unsupported(
      'Istio checks API keys through an external authorizer only, and none is configured; use one, or another gateway.',
      'ProviderMissing',
    ),
}
