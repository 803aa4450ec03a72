/** What a gateway adapter is asked to render: an outer API, one nested below it, and all that varies. */
import type { View } from '@exposedapi/objects'
import type { GatewayAdapter, RouteIntent, RouteRequest } from '../../adapters/gateway.ts'
import { judge } from '../../decide/plan/judgement.ts'
import { entryMeta, type GatewayEntry } from '../../decide/rules/gateway-entry.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../decide/rules/settings.ts'
import { childMeta } from '../../model/child-meta.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { byLengthThenPath, isBelow, normalisedPath } from '../../model/paths.ts'
import { POLICY_NAMES } from '../../policies/policies.ts'
import { type ApiWords, anApi } from '../../testing/builders.ts'

/** Why a route is denied, in some case. */
export const DENIED = 'policy apiKeyVerification cannot be enforced'
/** Service of the outer API: a name that occurs nowhere by accident. */
export const OUTER_SERVICE = 'outer-implementation'
/** Another one, for APIs that move. */
export const OTHER_SERVICE = 'other-implementation'
/** Service of the nested API. */
export const NESTED_SERVICE = 'nested-implementation'
/** No policy closes a route, whatever the adapter can do. */
export const WARN_FOR_ALL: Settings = settingsFor('Warn')
/** Every policy is a protection. */
export const DENY_FOR_ALL: Settings = settingsFor('Deny')

/** Requests by what is special about them, each made when it is asked for. `policies` are spec fields that ask for every policy. */
export function routeRequests(
  gateway: GatewayAdapter,
  policies: Readonly<Record<string, unknown>>,
  view: View,
): Readonly<Record<string, () => RouteRequest>> {
  const to = (spec: ApiWords['spec'] = {}, more: Partial<RouteIntent> = {}, namespace = 'components'): RouteRequest => {
    return { route: { ...intent(gateway, outer({ spec, namespace }), view), ...more }, nested: [] }
  }
  const above = (words: ApiWords, more: Partial<RouteIntent> = {}): RouteRequest => {
    return { ...to(), nested: [{ ...intent(gateway, anApi(nestedWords(words)), view), ...more }] }
  }
  const alone = {
    'an ordinary API': () => to(),
    'an API at the root': () => to({ path: '/' }),
    'an API with a slash at the end': () => to({ path: '/outer/' }),
    'an API with a developer UI elsewhere': () => to({ developerUI: '/ui' }),
    'an MCP API': () => to({ apiType: 'mcp' }),
    'an API with a host name': () => to({ hostname: 'api.example' }),
    'an API in another namespace': () => to({}, {}, 'elsewhere'),
    'an API on one of several gateways': () => onEntry(to({ ...policies })),
    'an API without preflight': () => to({ CORS: { enabled: true, handlePreflightRequests: { enabled: false } } }),
    'a denied API': () => to({}, { denied: DENIED }),
    'a denied API with every policy': () => to({ ...policies, developerUI: '/ui' }, { denied: DENIED }),
    'an API with every policy': () => to({ ...policies, developerUI: '/ui' }),
  }
  // The others take the longest path by themselves, and are given nothing nested.
  if (gateway.precedence === 'longest-path') return alone
  return {
    ...alone,
    'an API with a nested one': () => above({}),
    'an API with a nested one in another namespace': () => above({ namespace: 'elsewhere' }),
    'an API with a nested one that has every policy': () => above({ spec: policies }),
    'an API with a denied nested one': () => above({}, { denied: DENIED }),
  }
}

/** The outer API with some words of its own. */
export function outerWords(words: ApiWords): ApiWords {
  return {
    name: 'an-outer-api',
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
  const spec = { path: '/outer/nested', implementation: NESTED_SERVICE, ...words.spec }
  return { name: 'a-nested-api', ...words, spec }
}

/** What core would ask for this API. */
export function intent(gateway: GatewayAdapter, api: ExposedApi, view: View): RouteIntent {
  const { enforced } = judge(api, gateway, view, WARN_FOR_ALL)
  const [path, ui] = [api.spec.path, api.spec.developerUI ?? api.spec.path].map(normalisedPath) as [string, string]
  const paths = ui === path || isBelow(ui, path) ? [path] : [path, ui].sort(byLengthThenPath)
  return { api, meta: childMeta(api), hosts: gateway.hosts(api), paths, policies: enforced }
}

/** The same on a gateway whose objects do not have the plain names. */
function onEntry({ route, nested }: RouteRequest): RouteRequest {
  const entry = { name: 'second', plainNames: false } as GatewayEntry
  return { route: { ...route, meta: entryMeta(route.api, entry) }, nested }
}

/** One of the requests. Throws when there is none of that name. */
export function request(all: Readonly<Record<string, () => RouteRequest>>, which: string): RouteRequest {
  const found = all[which]
  if (!found) throw new Error(`no request ${which}`)
  return found()
}

function settingsFor(all: 'Deny' | 'Warn'): Settings {
  const unsupportedPolicy = Object.fromEntries(POLICY_NAMES.map((name) => [name, all])) as Settings['unsupportedPolicy']
  return { ...DEFAULT_SETTINGS, unsupportedPolicy }
}
