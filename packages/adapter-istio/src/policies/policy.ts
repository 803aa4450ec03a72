/** What Istio makes of one policy: what is said about it, and what it adds to the http rules of a route. */
import type { PolicyName, PolicyRequests, PolicyVerdict, RouteIntent } from '@exposedapi/core'

/** A verdict without the name of its policy, which the table knows. */
export type Verdict = Omit<PolicyVerdict, 'policy'>

/** What one policy adds to the http rules of a route. */
export interface RulePart<Fields extends object = object> {
  /** Fields of the rule that no other policy sets. */
  readonly fields: Fields
  /** Requests with this method must be served without the fields. */
  readonly exceptMethod?: 'OPTIONS'
}

/** One policy. Every table about policies is derived from a list of these rows (`policies.ts`). */
export interface PolicyRow<Name extends PolicyName, Fields extends object = object> {
  /** What becomes of the policy where an API asks for it. */
  verdict(asked: NonNullable<PolicyRequests[Name]>): Verdict
  /** Called for every route: a policy that was refused may need fields as well. Absent if it never needs any. */
  render?(intent: RouteIntent): RulePart<Fields>
}

/** The verdict on a policy that Istio cannot enforce by itself. */
export function unsupported(message: string, reason: Verdict['reason'] = 'Unsupported'): Verdict {
  return { state: 'Unsupported', reason, message }
}
