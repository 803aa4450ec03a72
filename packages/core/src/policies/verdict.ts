/** What became of one policy that the ExposedAPI asks for. */
import type { OwnReason, Reason } from '../findings/reasons.ts'
import type { PolicyName } from './policies.ts'

/** The verdict on one policy. Every policy that is asked for gets one; none is dropped. */
export interface PolicyVerdict {
  readonly policy: PolicyName
  /**
   * Enforced: the product does what the field says. Approximate: something weaker, the message says what. Unsupported: well
   * formed, but not possible here and now. Invalid: the value makes no sense, or is refused as unsafe. Pending: it is not in
   * force yet, the message says what it waits for. Refused: somebody said no, in whose words the message says why.
   *
   * Adapters say the first four; core adds the evidence, and says the last two.
   */
  readonly state: 'Enforced' | 'Approximate' | 'Unsupported' | 'Invalid' | 'Pending' | 'Refused'
  readonly reason: Reason | OwnReason
  readonly message: string
}
