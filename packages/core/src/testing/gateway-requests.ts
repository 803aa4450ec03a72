/** What the contract of a gateway adapter asks an adapter to render: an outer API, one nested below it, and all that varies. */

import type { View } from '@exposedapi/objects'
import type { GatewayAdapter, RouteIntent, RouteRequest } from '../adapters/gateway.ts'
import { judge } from '../decide/plan/judgement.ts'
import { DEFAULT_SETTINGS, type Settings } from '../decide/rules/settings.ts'
import { childMeta } from '../model/child-meta.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import { byLengthThenPath, normalisedPath } from '../model/paths.ts'
import { type ApiWords, anApi } from './builders.ts'

/** An ordinary request for every policy, in well-formed words. */
export const ALL_POLICIES = {
  CORS: { enabled: true, allowCredentials: true, allowOrigins: 'https://a.example, https://*.b.example' },
  rateLimit: { enabled: true, limit: '6', interval: 'pm', identifier: 'IP' },
  quota: { limit: '100', identifier: 'IP' },
  apiKeyVerification: { enabled: true, location: 'header:x-api-key' },
  OASValidation: { requestEnabled: true },
  template: 'gold',
}
const DENIED = 'policy apiKeyVerification cannot be enforced'
/** Service of the outer API: a name that occurs nowhere by accident. */
export const OUTER_SERVICE = 'outer-implementation'
/** Service of the nested API. */
export const NESTED_SERVICE = 'nested-implementation'
/** No policy closes a route, whatever the adapter can do. */
export const WARN_FOR_ALL: Settings = {
  ...DEFAULT_SETTINGS,
  unsupportedPolicy: { ...DEFAULT_SETTINGS.unsupportedPolicy, apiKeyVerification: 'Warn' },
}

/** Requests by what is special about them. `policies` are spec fields that ask for every policy. */
export function routeRequests(
  gateway: GatewayAdapter,
  policies: Readonly<Record<string, unknown>>,
  view: View,
): Readonly<Record<string, RouteRequest>> {
  const to = (api: ExposedApi, more: Partial<RouteIntent> = {}) => ({ ...intent(gateway, api, view), ...more })
  const nested = [to(anApi(nestedWords({})))]
  return {
    'an ordinary API': { route: to(outer()), nested: [] },
    'an API at the root': { route: to(outer({ spec: { path: '/' } })), nested: [] },
    'an API with a developer UI elsewhere': { route: to(outer({ spec: { developerUI: '/ui' } })), nested: [] },
    'an MCP API': { route: to(outer({ spec: { apiType: 'mcp' } })), nested: [] },
    'an API with a host name': { route: to(outer({ spec: { hostname: 'api.example' } })), nested: [] },
    'an API with every policy': { route: to(outer({ spec: policies })), nested: [] },
    'an API without preflight': {
      route: to(outer({ spec: { CORS: { enabled: true, handlePreflightRequests: { enabled: false } } } })),
      nested,
    },
    'an API with a nested one': { route: to(outer()), nested },
    'a denied API': { route: to(outer(), { denied: DENIED }), nested: [] },
    'an API with a denied nested one': { route: to(outer()), nested: [to(anApi(nestedWords({})), { denied: DENIED })] },
  }
}

/** The outer API with some words of its own. */
export function outerWords(words: ApiWords): ApiWords {
  return {
    name: 'outer',
    ...words,
    metadata: { labels: { 'oda.tmforum.org/componentName': 'shop', team: 'blue' }, ...words.metadata },
    spec: { path: '/outer', implementation: OUTER_SERVICE, ...words.spec },
  }
}

/** The outer API in canonical form. */
export function outer(words: ApiWords = {}): ExposedApi {
  return anApi(outerWords(words))
}

/** An API below the path of the outer one. */
export function nestedWords(words: ApiWords): ApiWords {
  return { name: 'nested', ...words, spec: { path: '/outer/nested', implementation: NESTED_SERVICE, ...words.spec } }
}

/** What core would ask for this API. */
export function intent(gateway: GatewayAdapter, api: ExposedApi, view: View): RouteIntent {
  const { enforced } = judge(api, gateway, view, WARN_FOR_ALL)
  const paths = [api.spec.path, api.spec.developerUI ?? api.spec.path].map(normalisedPath)
  const meta = childMeta(api)
  return { api, meta, hosts: gateway.hosts(api), paths: [...new Set(paths)].sort(byLengthThenPath), policies: enforced }
}

/** One of the requests. Throws when there is none of that name. */
export function request(all: Readonly<Record<string, RouteRequest>>, which: string): RouteRequest {
  const found = all[which]
  if (!found) throw new Error(`no request ${which}`)
  return found
}
