/** What the verdicts on policies amount to. */
import type { Finding } from '../../findings/finding.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'

const SEVERITY = [
  ['Invalid', 'False'],
  ['Unsupported', 'False'],
  ['Refused', 'False'],
  ['Pending', 'Unknown'],
  ['Approximate', 'True'],
] as const

/** Findings on `PoliciesEnforced`: one for each state that is not simply good. */
export function policyFindings(verdicts: readonly PolicyVerdict[]): readonly Finding[] {
  return SEVERITY.flatMap(([state, status]): readonly Finding[] => {
    const concerned = verdicts.filter((verdict) => verdict.state === state)
    if (concerned.length === 0) return []
    const message = concerned.map(({ policy, message }) => `${policy}: ${message}`).join(' ')
    return [{ condition: 'PoliciesEnforced', status, reason: state, message, foreign: state === 'Refused' }]
  })
}
