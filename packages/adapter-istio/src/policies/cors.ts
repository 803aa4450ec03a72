/**
 * CORS as Istio does it.
 *
 * The backend's own CORS headers are removed on the same rule: Envoy replaces them for an origin that is allowed, but lets
 * a backend's `access-control-allow-origin: *` pass for every origin that is not. Removal leaves Envoy's own in place.
 */
import type { CorsPolicy, RouteIntent } from '@exposedapi/core'
import { escapedRegex, isHeaderName, isMethod, isShortRegex } from '../envoy-limits.ts'
import type { StringMatch } from '../objects/kinds.ts'
import type { PolicyRow, RulePart, Verdict } from './policy.ts'

/** Fields of an http rule that make up CORS. */
export interface CorsFields {
  readonly corsPolicy?: {
    readonly allowOrigins: readonly StringMatch[]
    readonly allowMethods?: readonly string[]
    readonly allowHeaders?: readonly string[]
    readonly exposeHeaders?: readonly string[]
    readonly maxAge?: string
    readonly allowCredentials?: boolean
    readonly unmatchedPreflights: 'IGNORE'
  }
  readonly headers?: { readonly response: { readonly remove: readonly string[] } }
}

const CLOSED: CorsFields = {
  headers: { response: { remove: ['access-control-allow-origin', 'access-control-allow-credentials'] } },
}

/** The policy `cors`. */
export const cors = { verdict, render } satisfies PolicyRow<'cors', CorsFields>

function verdict({ preflight }: CorsPolicy): Verdict {
  const uncached = preflight.enabled && preflight.maxAgeSeconds === 0
  const note = uncached
    ? ' Without a maxAge above 0, browsers choose how long they cache the answer to a preflight.'
    : ''
  return { state: 'Enforced', reason: 'Enforced', message: `The gateway sets the CORS headers.${note}` }
}

/**
 * No fields if CORS was not asked for, no CORS headers at all if it was refused.
 *
 * Where OPTIONS must go to the implementation, it is an exception: Envoy has no switch, but answers every preflight of a
 * route that has a CORS policy.
 */
function render({ api, policies }: RouteIntent): RulePart<CorsFields> {
  const asked = policies.cors
  if (!asked) return { fields: (api.policies.cors ?? api.invalidPolicies.cors) === undefined ? {} : CLOSED }
  const fields = corsRule(asked, api.spec.apiType === 'mcp')
  return fields.corsPolicy && !asked.preflight.enabled ? { fields, exceptMethod: 'OPTIONS' } : { fields }
}

function corsRule({ allowOrigins, allowCredentials, preflight }: CorsPolicy, isMcp: boolean): CorsFields {
  const origins = allowOrigins.flatMap(originMatch)
  if (origins.length === 0) return CLOSED
  const methods = preflight.allowMethods.filter(isMethod)
  const headers = preflight.allowHeaders.filter(isHeaderName)
  const answers = preflight.enabled && {
    ...(methods.length > 0 && { allowMethods: methods }),
    ...(headers.length > 0 && { allowHeaders: headers }),
    // Whole seconds in one spelling: the API server stores what was written, and `30m` would be a difference. 0s is refused.
    ...(preflight.maxAgeSeconds > 0 && { maxAge: `${Math.floor(preflight.maxAgeSeconds)}s` }),
  }
  return {
    corsPolicy: {
      allowOrigins: origins,
      ...answers,
      ...(isMcp && { exposeHeaders: ['Mcp-Session-Id'] }),
      ...(allowCredentials && { allowCredentials }),
      // The default, FORWARD, sends preflights of other origins to the implementation. Since Istio 1.23.
      unmatchedPreflights: 'IGNORE',
    },
    ...CLOSED,
  }
}

/** `*` means all origins to Istio if written as an exact match. Browsers send scheme and host in small letters. */
function originMatch(text: string): readonly StringMatch[] {
  const origin = text.toLowerCase()
  const [scheme, rest] = origin.split('://*.', 2)
  if (rest === undefined) return origin === '' ? [] : [{ exact: origin }]
  const regex = `${escapedRegex(`${scheme}://`)}[a-z0-9.-]+${escapedRegex(`.${rest}`)}`
  return isShortRegex(regex) ? [{ regex }] : []
}
