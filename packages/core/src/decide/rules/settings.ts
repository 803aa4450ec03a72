/** What an administrator decides for all APIs at once. */
import { POLICIES, POLICY_NAMES, type PolicyName } from '../../policies/policies.ts'

/** Settings of the decisions. All have defaults: {@link DEFAULT_SETTINGS}. */
export interface Settings {
  /**
   * What happens to a route whose policy is asked for and cannot be enforced. `Deny`: it answers 503 and the API is not
   * ready. `Warn`: it stays open, and conditions say so. Default: `Deny` for `apiKeyVerification`, `Warn` for all others.
   */
  readonly unsupportedPolicy: Readonly<Record<PolicyName, 'Deny' | 'Warn'>>
  /** Allow CORS with any origin and credentials? Every site may then act for the user. Default false. */
  readonly allowInsecureCors: boolean
  /** Milliseconds without a ready endpoint until readiness is withdrawn. Default 1000. */
  readonly readinessDebounceMs: number
  /**
   * Milliseconds for which a published address outlives its Gateway or Service. Default 60,000: the Gateway of the Canvas
   * chart is a Helm hook, deleted and created again at each upgrade.
   */
  readonly addressHoldMs: number
  /**
   * Milliseconds after which a gateway that has never said yes to a route or policy counts as one that says nothing: reason
   * `NoAnswer`. Default 60,000.
   */
  readonly noAnswerMs: number
  /**
   * Milliseconds for which a route stays on its former gateway once it is programmed on the new one: gateways that do not report need
   * a moment to take it in. Default 5000.
   */
  readonly moveSettleMs: number
}

/** The defaults of {@link Settings}. */
export const DEFAULT_SETTINGS: Settings = {
  unsupportedPolicy: Object.fromEntries(
    POLICY_NAMES.map((name) => [name, POLICIES[name].whenUnsupported]),
  ) as Settings['unsupportedPolicy'],
  allowInsecureCors: false,
  readinessDebounceMs: 1000,
  addressHoldMs: 60_000,
  noAnswerMs: 60_000,
  moveSettleMs: 5000,
}
