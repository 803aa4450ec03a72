/**
 * Renders the HTTPRoute of one ExposedAPI.
 *
 * `PathPrefix` is by segments, and of several routes the longest path wins, so nothing of other APIs is in here. What the CRD would
 * default inside lists is written out: else each start would find a difference and write it again.
 */
import { normalisedPath, type RenderedObject, type RouteIntent } from '@exposedapi/core'
import { GROUP } from './objects/kinds.ts'
import { corsFilters, type Filter, passesPreflights } from './policies/cors.ts'
import type { Features } from './policies/features.ts'

/** One entry of `rules[].matches`. */
export interface RouteMatch {
  readonly path: { readonly type: 'PathPrefix'; readonly value: string }
  readonly method?: 'OPTIONS'
}

/** One entry of `rules`: leads to an implementation. Without `backendRefs` its requests are answered 500. */
export interface RouteRule {
  readonly matches: readonly RouteMatch[]
  readonly filters?: readonly Filter[]
  readonly backendRefs?: readonly {
    readonly group: ''
    readonly kind: 'Service'
    readonly name: string
    readonly port: number
    readonly weight: 1
  }[]
  readonly timeouts?: { readonly request?: '0s'; readonly backendRequest?: '0s' }
}

/** `spec` of an HTTPRoute. */
export interface HttpRouteSpec {
  readonly parentRefs: readonly {
    readonly group: typeof GROUP
    readonly kind: 'Gateway'
    readonly namespace: string
    readonly name: string
    readonly sectionName?: string
  }[]
  readonly hostnames?: readonly string[]
  readonly rules: readonly RouteRule[]
}

/** The path of an API's URL. */
export function mainPath({ api }: RouteIntent): string {
  return normalisedPath(api.spec.path)
}

/** The HTTPRoute of an API, or undefined if its path cannot be written. `gateway` is `namespace/name`. */
export function httpRoute(
  route: RouteIntent,
  apiVersion: string,
  gateway: string,
  sectionName: string | undefined,
  features: Features,
): (RenderedObject & { readonly spec: HttpRouteSpec }) | undefined {
  if (pathValue(mainPath(route)) === undefined) return undefined
  const values = route.paths.flatMap((path) => pathValue(path) ?? [])
  const [namespace = '', name = ''] = gateway.split('/', 2)
  const parent = { group: GROUP, kind: 'Gateway', namespace, name, ...(sectionName !== undefined && { sectionName }) }
  const hostnames = route.hosts.filter((host) => host !== '*')
  const spec: HttpRouteSpec = {
    parentRefs: [parent as HttpRouteSpec['parentRefs'][number]],
    ...(hostnames.length > 0 && { hostnames }),
    rules: rules(route, values, features),
  }
  return { apiVersion, kind: 'HTTPRoute', metadata: route.meta, spec }
}

function rules(route: RouteIntent, values: readonly string[], features: Features): readonly RouteRule[] {
  const matches = values.map((value): RouteMatch => ({ path: { type: 'PathPrefix', value } }))
  // A rule without a backend still takes its requests: without the rule they would reach whoever has a shorter path.
  if (route.denied !== undefined) return [{ matches }]

  const { implementation, port, apiType } = route.api.spec
  const filters = corsFilters(route, features)
  const to: Pick<RouteRule, 'backendRefs' | 'timeouts'> = {
    backendRefs: [{ group: '', kind: 'Service', name: implementation, port, weight: 1 }],
    ...(apiType === 'mcp' && { timeouts: noTimeouts(features) }),
  }
  const main = { matches, ...(filters.length > 0 && { filters }), ...to }
  if (!passesPreflights(route)) return [main]
  // Of two rules for one path the one with a method comes first.
  return [{ matches: matches.map((match) => ({ ...match, method: 'OPTIONS' })), ...to }, main]
}

/** Streams stay open for hours. A field that the controller says it cannot do may cost the whole route. */
function noTimeouts({ requestTimeout, backendTimeout }: Features): NonNullable<RouteRule['timeouts']> {
  return {
    ...(requestTimeout.answer !== 'no' && { request: '0s' }),
    ...(backendTimeout.answer !== 'no' && { backendRequest: '0s' }),
  }
}

/** The schema of HTTPRoute (CEL rules on `path`), for what core's form of a path still may hold. */
const ALLOWED = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/

/** A path as HTTPRoutes allow it. Undefined if it cannot be written: with an empty segment, an encoded slash, or a bracket. */
export function pathValue(path: string): string | undefined {
  return ALLOWED.test(path) && !/\/\/|%2f/i.test(path) ? path : undefined
}
