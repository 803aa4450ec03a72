/** Policies as the product has them: a Plugin each. */
import type { PolicyName, PolicyRequests, PolicyVerdict, RequestPart } from '../../src/index.ts'

/** Policies that become a Plugin. */
export type Pluggable = 'cors' | 'rateLimit' | 'apiKeyVerification'

/** In the order in which they are written. */
export const PLUGGABLE: readonly Pluggable[] = ['apiKeyVerification', 'rateLimit', 'cors']

type Verdict = Omit<PolicyVerdict, 'policy'>

/** What the product makes of one policy where it has Plugins. */
export function verdictOn(policy: PolicyName, policies: PolicyRequests): Verdict {
  if (policy === 'quota') return unsupported('QuotaPeriodMissing', 'A quota has no period, so nothing can count it.')
  if (policy === 'template') return unsupported('UnknownTemplate', 'No template has this name.')
  if (policy === 'oasValidation') return unsupported('Unsupported', 'The product does not validate.')
  if (policy === 'apiKeyVerification' && policies.apiKeyVerification?.location.in === 'cookie') {
    return unsupported('Unsupported', 'The product does not look for keys in cookies.')
  }
  return { state: 'Enforced', reason: 'Enforced', message: 'A Plugin does it.' }
}

/** Where the cluster has no Plugins. */
export function unsupported(
  reason: 'Unsupported' | 'QuotaPeriodMissing' | 'UnknownTemplate',
  message: string,
): Verdict {
  return { state: 'Unsupported', reason, message }
}

/** `spec.config` of the Plugin for a policy. */
export function configOf(policy: Pluggable, { cors, rateLimit, apiKeyVerification }: PolicyRequests): object {
  if (policy === 'cors') {
    const { allowOrigins, allowCredentials, preflight } = cors ?? {}
    return {
      origins: allowOrigins,
      credentials: allowCredentials,
      preflight: preflight?.enabled ? preflight : 'passed on',
    }
  }
  if (policy === 'rateLimit') {
    const { limit, interval, identifier } = rateLimit ?? {}
    return { limit, per: interval, by: identifier?.by === 'part' ? partText(identifier.part) : identifier?.by }
  }
  const { location } = apiKeyVerification ?? {}
  return { key: location && partText(location) }
}

function partText({ in: place, name }: RequestPart): string {
  return `${place}:${name ?? 'x-api-key'}`
}
