/** Validation against an OpenAPI document, which Istio does not do. */
import { type PolicyRow, unsupported } from './policy.ts'

/** The policy `oasValidation`. */
export const oasValidation: PolicyRow<'oasValidation'> = {
  verdict: () =>
    unsupported(
      'Istio cannot validate against an OpenAPI document; validate in the implementation, or use another gateway.',
    ),
}
