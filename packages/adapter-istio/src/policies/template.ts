/** Gateway templates, of which there are none for Istio. */
import { type PolicyRow, unsupported } from './policy.ts'

/** The policy `template`. */
export const template: PolicyRow<'template'> = {
  verdict: () =>
    unsupported(
      'No gateway template of this name is configured, and none is ever downloaded; leave spec.template empty.',
      'UnknownTemplate',
    ),
}
