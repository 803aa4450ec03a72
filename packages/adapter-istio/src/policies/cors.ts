/**
 * CORS as Istio does it.
 *
 * The backend's own CORS headers are removed on the same rule: Envoy replaces them for an origin that is allowed, but lets
 * a backend's `access-control-allow-origin: *` pass for every origin that is not. Removal leaves Envoy's own in place.
 */
import type { CorsPolicy, RouteIntent } from '@exposedapi/core'
import { escapedRegex, isHeaderName, isMethod, isShortRegex } from '../envoy-limits.ts'

/** `StringMatch` of Istio. Regular expressions are RE2 and match the whole text. */
export type StringMatch = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string }

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

/** The CORS fields of a route's rule: none if CORS was not asked for, no CORS headers at all if it was refused. */
export function corsFields({ api, policies }: RouteIntent): CorsFields {
  if (policies.cors) return corsRule(policies.cors, api.spec.apiType === 'mcp')
  return (api.policies.cors ?? api.invalidPolicies.cors) === undefined ? {} : CLOSED
}

/**
 * Must OPTIONS go to the implementation? Envoy has no switch: it answers every preflight of a route that has a CORS policy.
 * So the route needs a rule without one, for OPTIONS, before its own.
 */
export function passesPreflights({ policies: { cors } }: RouteIntent): boolean {
  return cors !== undefined && !cors.preflight.enabled
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
