/** CORS as the filters of an HTTPRoute do it. */
import type { CorsPolicy, RouteIntent } from '@exposedapi/core'
import type { Features } from './features.ts'

/** A filter of an HTTPRoute, as far as we write any. */
export type Filter =
  | { readonly type: 'CORS'; readonly cors: CorsFilter }
  | {
      readonly type: 'ResponseHeaderModifier'
      readonly responseHeaderModifier: { readonly remove: readonly string[] }
    }

/** `cors` of such a filter. `maxAge` is in seconds, 1 at least; the CRD would set 5. */
export interface CorsFilter {
  readonly allowOrigins: readonly string[]
  readonly allowCredentials?: true
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly maxAge: number
}

const ORIGIN = /^https?:\/\/(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]+(:[0-9]{1,5})?$/
const MAX_ENTRIES = 64
/** More names than this help nobody, and must not fill a status. */
const MAX_NAMES = 5
const DEFAULT_MAX_AGE = 5

/** Takes away what the backend itself says: for an origin that is not allowed, its open headers would pass. */
const STRIP: Filter = {
  type: 'ResponseHeaderModifier',
  responseHeaderModifier: { remove: ['access-control-allow-origin', 'access-control-allow-credentials'] },
}

/** The filters of a route's rule: none if CORS was not asked for, no CORS headers at all if it was refused. */
export function corsFilters({ api, policies: { cors } }: RouteIntent, { stripsHeaders }: Features): readonly Filter[] {
  const isAsked = (api.policies.cors ?? api.invalidPolicies.cors) !== undefined
  const strip = isAsked && stripsHeaders ? [STRIP] : []
  return cors ? [{ type: 'CORS', cors: corsFilter(cors, api.spec.apiType === 'mcp') }, ...strip] : strip
}

/** Must OPTIONS go to the implementation? The filter answers every preflight, so the route needs a rule without it. */
export function passesPreflights({ policies: { cors } }: RouteIntent): boolean {
  return cors !== undefined && !cors.preflight.enabled
}

/** What of a policy the filter has no words for, each as a sentence. */
export function gapsOf({
  allowOrigins,
  preflight: { enabled, allowHeaders, maxAgeSeconds },
}: CorsPolicy): readonly string[] {
  const allowed = allowedOrigins(allowOrigins)
  const origins = allowed.includes('*') ? [] : allowOrigins.filter((origin) => !allowed.includes(origin.toLowerCase()))
  const names = origins.slice(0, MAX_NAMES).join(', ')
  const list = `${names}${origins.length > MAX_NAMES ? ' and more' : ''}`
  return [
    ...(origins.length > 0 ? [`An HTTPRoute cannot name these origins, which are left out: ${list}.`] : []),
    ...(enabled && wildcardAlone(allowHeaders).length < allowHeaders.length && !allowHeaders.includes('*')
      ? [`An HTTPRoute has room for ${MAX_ENTRIES} allowed headers; the others are left out.`]
      : []),
    ...(enabled && maxAgeSeconds === 0 ? ['An HTTPRoute knows no maxAge of 0, so it is 1 second.'] : []),
  ]
}

/** Is there an origin left? */
export function hasOrigins({ allowOrigins }: CorsPolicy): boolean {
  return allowedOrigins(allowOrigins).length > 0
}

function corsFilter({ allowOrigins, allowCredentials, preflight }: CorsPolicy, isMcp: boolean): CorsFilter {
  const { enabled, allowMethods, allowHeaders, maxAgeSeconds } = preflight
  return {
    allowOrigins: allowedOrigins(allowOrigins),
    ...(allowCredentials && { allowCredentials }),
    ...(enabled && { allowMethods: wildcardAlone(allowMethods), allowHeaders: wildcardAlone(allowHeaders) }),
    ...(isMcp && { exposeHeaders: ['Mcp-Session-Id'] }),
    maxAge: enabled ? Math.max(1, Math.floor(maxAgeSeconds)) : DEFAULT_MAX_AGE,
  }
}

/** Browsers send scheme and host in small letters. */
function allowedOrigins(origins: readonly string[]): readonly string[] {
  if (origins.includes('*')) return ['*']
  const wanted = origins.map((origin) => origin.toLowerCase()).filter((origin) => ORIGIN.test(origin))
  return [...new Set(wanted)].slice(0, MAX_ENTRIES)
}

/** The CRD refuses `*` beside others, which it includes. */
function wildcardAlone(entries: readonly string[]): readonly string[] {
  return entries.includes('*') ? ['*'] : entries.slice(0, MAX_ENTRIES)
}
