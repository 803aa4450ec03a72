/**
 * Renders the VirtualService of one ExposedAPI.
 *
 * Istio's `prefix` is a plain string prefix: `/a` also catches `/ab`. A path therefore gets two matches, `/a` exactly and
 * `/a/…` (istio/istio#60488).
 *
 * istiod appends the routes of all VirtualServices of a host by age and never sorts them by length. So this one also holds
 * copies of all routes below its own paths, longest first: whichever VirtualService comes first, the longest path wins.
 */
import { byLengthThenPath, nameOf, type RenderedObject, type RouteIntent, type RouteRequest } from '@exposedapi/core'
import { destinationProblem, escapedRegex } from './envoy-limits.ts'
import type { StringMatch } from './objects/kinds.ts'
import type { Configuration } from './options.ts'
import { type PolicyFields, policyRules } from './policies/policies.ts'

/** One entry of `http[].match`. */
export interface HttpMatch {
  readonly uri: StringMatch
  readonly method?: { readonly exact: string }
  readonly authority?: { readonly regex: string }
}

/** One entry of `http`: leads to an implementation, or answers by itself. */
export interface HttpRule extends PolicyFields {
  /** Of the API that the rule serves, also in copies: an EnvoyFilter finds routes by it. */
  readonly name: string
  readonly match: readonly HttpMatch[]
  readonly route?: readonly {
    readonly destination: { readonly host: string; readonly port: { readonly number: number } }
  }[]
  readonly directResponse?: { readonly status: number; readonly body: { readonly string: string } }
  readonly retries?: { readonly attempts: number }
}

/** `spec` of a VirtualService. */
export interface VirtualServiceSpec {
  readonly hosts: readonly string[]
  readonly gateways: readonly string[]
  readonly http: readonly HttpRule[]
}

/** The VirtualService of an API. `gateway` is `namespace/name`: a bare name from another namespace is a silent 404. */
export function virtualService(
  request: RouteRequest,
  apiVersion: string,
  gateway: string,
  options: Configuration,
): RenderedObject & { readonly spec: VirtualServiceSpec } {
  const { api, meta, hosts } = request.route
  const http = entries(request).flatMap((entry) => rules(entry, api.metadata.namespace, options))
  return { apiVersion, kind: 'VirtualService', metadata: meta, spec: { hosts, gateways: [gateway], http } }
}

/** The matches of a path; more than one are alternatives. */
export function pathMatches(path: string, paths: Configuration['paths']): readonly StringMatch[] {
  return path === '/' || paths === 'legacy' ? [{ prefix: path }] : [{ exact: path }, { prefix: `${path}/` }]
}

/** A path of some API in this VirtualService. */
interface Entry {
  readonly path: string
  readonly intent: RouteIntent
  /** Set if the copy must not be reached under all our hosts. */
  readonly onlyHosts?: readonly string[]
}

/** Our paths and those nested below them, longest first. The order depends on nothing but the request. */
function entries({ route, nested }: RouteRequest): readonly Entry[] {
  const copies = nested.flatMap((intent): readonly Entry[] => {
    const shared = route.hosts.filter((host) => intent.hosts.includes(host))
    const onlyHosts = shared.length < route.hosts.length ? { onlyHosts: shared } : {}
    const paths = shared.length === 0 ? [] : intent.paths.filter((path) => !route.paths.includes(path))
    return paths.map((path) => ({ path, intent, ...onlyHosts }))
  })
  const own = route.paths.map((path): Entry => ({ path, intent: route }))
  return [...own, ...copies].sort((a, b) => byLengthThenPath(a.path, b.path) || byName(a, b))
}

function byName(a: Entry, b: Entry): number {
  const [first, second] = [nameOf(a.intent.api), nameOf(b.intent.api)]
  return first < second ? -1 : first > second ? 1 : 0
}

function rules({ path, intent, onlyHosts }: Entry, home: string, options: Configuration): readonly HttpRule[] {
  const { namespace, name: apiName } = intent.api.metadata
  const name = `${namespace}.${apiName}`
  const authority = onlyHosts && { authority: authorityMatch(onlyHosts) }
  const match = pathMatches(path, options.paths).map((uri): HttpMatch => ({ uri, ...authority }))

  const denied = intent.denied ?? destinationProblem(intent)
  if (denied !== undefined) return [{ name, match, directResponse: { status: 503, body: { string: denied } } }]

  const { implementation, port } = intent.api.spec
  const host = namespace === home ? implementation : `${implementation}.${namespace}.svc.${options.clusterDomain}`
  const to = {
    route: [{ destination: { host, port: { number: port } } }],
    // A repeated tools/call would run twice. No timeout either: streams stay open for hours.
    ...(intent.api.spec.apiType === 'mcp' && { retries: { attempts: 0 } }),
  }
  return policyRules(intent).map(({ method, fields }) => ({
    name,
    match: method === undefined ? match : match.map((one) => ({ ...one, method: { exact: method } })),
    ...to,
    ...fields,
  }))
}

/**
 * Keeps a copy from being reached under a host that only the outer API is served at. The authority may carry a port, and
 * Envoy compares it letter by letter, so it takes a regular expression.
 */
function authorityMatch(hosts: readonly string[]): { readonly regex: string } {
  return { regex: `(?i)(${hosts.map(escapedRegex).join('|')})(:[0-9]+)?` }
}
