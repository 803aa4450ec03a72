/**
 * Who owns a path, and which APIs are nested below it. Both are questions to an index, never a walk over all APIs.
 *
 * An API at `/a/b` is indexed under `/a/b` (exact) and under `/a`, `/` (below), once for each host of its gateway.
 * The set at an equal path is the conflict set, the longer ones are the nested set; reading them through the view queues this
 * API again when one of them comes, changes or goes.
 *
 * Oldest wins (Gateway API conflict rule: creationTimestamp, then namespace/name). `spec.path` outranks any
 * `spec.developerUI` at the same path, so that ownership of paths depends on paths alone and no circle can arise.
 */

import { type Index, nameOf, type View } from '@exposedapi/objects'
import type { RouteIntent } from '../../adapters/gateway.ts'
import { compareAge } from '../../model/age.ts'
import { type ExposedApi, isExternal } from '../../model/exposed-api.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import { ancestors, byLengthThenPath, isBelow, normalisedPath } from '../../model/paths.ts'
import { chosenEntry, type GatewayEntry, servingEntry } from './gateway-entry.ts'

/** What an API claims on one gateway. */
export interface Claim {
  readonly entry: GatewayEntry
  readonly hosts: readonly string[]
  /** `gateway host` for each host: paths meet on the same host of the same gateway only. */
  readonly scopes: readonly string[]
}

/** The two indexes of placement, and what they are made of. */
export interface PathIndexes {
  /**
   * What the API claims: on the gateway that the rules choose, and then, while another one still serves it, on that one. Empty if no
   * rule chooses a gateway and none serves it.
   */
  readonly claimsOf: (api: ExposedApi) => readonly Claim[]
  /** `scope path` for each path of the API. */
  readonly exact: Index<ExposedApi>
  /** `scope path` for each path above one of the API. */
  readonly below: Index<ExposedApi>
}

/** Where an API stands among the others on the same gateway. */
export type Placement = { readonly lostTo: ExposedApi } | Placed

/** An API that owns its path. */
export interface Placed {
  readonly lostTo?: undefined
  readonly hosts: readonly string[]
  /** Normalised paths that are ours, longest first. */
  readonly paths: readonly string[]
  /** The developer UI's path and the API that owns it, if it is not ours. */
  readonly developerUiLostTo?: ExposedApi
}

/** A path of another API strictly below one of ours. */
export interface Nested {
  readonly api: ExposedApi
  readonly hosts: readonly string[]
  readonly path: string
}

/** The path indexes of these gateways. */
export function pathIndexes(entries: readonly GatewayEntry[]): PathIndexes {
  const claimsOf = (api: ExposedApi) => {
    const claimed = new Set([chosenEntry(api, entries), servingEntry(api, entries)])
    return [...claimed].flatMap((entry) => (entry ? [claimOn(entry, api)] : []))
  }
  const values = (api: ExposedApi, expand: (path: string) => readonly string[]) => {
    if (!isClaimant(api)) return []
    const paths = [...new Set(claims(api).flatMap(expand))]
    const scopes = new Set(claimsOf(api).flatMap((claim) => claim.scopes))
    return [...scopes].flatMap((scope) => paths.map((path) => `${scope} ${path}`))
  }
  return {
    claimsOf,
    exact: { name: 'exposedapis.path', kind: EXPOSED_API, values: (api) => values(api, (path) => [path]) },
    below: { name: 'exposedapis.below', kind: EXPOSED_API, values: (api) => values(api, ancestors) },
  }
}

function claimOn(entry: GatewayEntry, api: ExposedApi): Claim {
  const hosts = entry.adapter.hosts(api)
  const gateway = entry.adapter.gatewayOf ? entry.adapter.gatewayOf(api) : entry.name
  return { entry, hosts, scopes: hosts.map((host) => `${gateway} ${host}`) }
}

/** Decides which of its paths an API owns on one gateway. */
export function place(api: ExposedApi, { hosts, scopes }: Claim, view: View, indexes: PathIndexes): Placement {
  const lostTo = scopes.map((scope) => pathWinner(api, scope, view, indexes)).find((winner) => winner !== undefined)
  if (lostTo) return { lostTo }
  const [path = '/', ui] = claims(api)
  if (ui === undefined) return { hosts, paths: [path] }
  const uiLostTo = scopes.map((scope) => uiWinner(api, ui, scope, view, indexes)).find((winner) => winner !== undefined)
  return uiLostTo
    ? { hosts, paths: [path], developerUiLostTo: uiLostTo }
    : { hosts, paths: [path, ui].sort(byLengthThenPath) }
}

/**
 * Paths of other APIs strictly below some of those of a placed API, longest first. Below `/` that is every API of the host, and
 * every change of any of them is then a change of this one.
 */
export function nestedBelow(
  api: ExposedApi,
  { scopes }: Claim,
  paths: readonly string[],
  view: View,
  indexes: PathIndexes,
): readonly Nested[] {
  const found = new Map<string, Nested>()
  for (const scope of scopes) {
    for (const above of paths) {
      for (const other of view.by(indexes.below, `${scope} ${above}`)) {
        const claim = isSame(other, api) ? undefined : claimIn(scope, other, indexes)
        for (const path of claim ? ownedPaths(other, claim, view, indexes) : []) {
          if (claim && isBelow(path, above))
            found.set(`${path} ${nameOf(other)}`, { api: other, hosts: claim.hosts, path })
        }
      }
    }
  }
  return [...found.values()].sort((a, b) => byLengthThenPath(a.path, b.path) || compareAge(a.api, b.api))
}

/** The claim of an API that one of its scopes belongs to. */
function claimIn(scope: string, api: ExposedApi, indexes: PathIndexes): Claim | undefined {
  return indexes.claimsOf(api).find(({ scopes }) => scopes.includes(scope))
}

/** External, refused and terminating APIs claim nothing: bad input costs nobody else a path. */
function isClaimant(api: ExposedApi): boolean {
  return !isExternal(api) && api.problems.length === 0 && api.metadata.deletionTimestamp === undefined
}

/** `spec.path`, then `spec.developerUI` if it lies outside. */
function claims(api: ExposedApi): readonly string[] {
  const path = normalisedPath(api.spec.path)
  const ui = api.spec.developerUI === undefined ? path : normalisedPath(api.spec.developerUI)
  return ui === path || isBelow(ui, path) ? [path] : [path, ui]
}

/**
 * The API that owns our `spec.path` on a host of our gateway, if it is another one with another destination. One that is
 * itself shut out, under whichever of its hosts, owns nothing: else we would lose a path that nobody serves.
 */
function pathWinner(api: ExposedApi, scope: string, view: View, indexes: PathIndexes): ExposedApi | undefined {
  const path = normalisedPath(api.spec.path)
  const older = view.by(indexes.exact, `${scope} ${path}`).filter((other) => compareAge(other, api) < 0)
  const rivals = older.filter((other) => claims(other)[0] === path && !sameRoute(other, api))
  return byAge(rivals).find((other) => ownsItsPath(other, scope, view, indexes))
}

function uiWinner(
  api: ExposedApi,
  ui: string,
  scope: string,
  view: View,
  indexes: PathIndexes,
): ExposedApi | undefined {
  const others = byAge(view.by(indexes.exact, `${scope} ${ui}`).filter((other) => !isSame(other, api)))
  const byPath = others.find((other) => claims(other)[0] === ui && ownsItsPath(other, scope, view, indexes))
  if (byPath) return byPath
  const rivals = others.filter((other) => compareAge(other, api) < 0 && !sameRoute(other, api))
  return rivals.find((other) => {
    const claim = claimIn(scope, other, indexes)
    return claim !== undefined && ownedPaths(other, claim, view, indexes).includes(ui)
  })
}

/** On the gateway of this scope; what it loses on another one is no matter here. */
function ownsItsPath(api: ExposedApi, scope: string, view: View, indexes: PathIndexes): boolean {
  const claim = claimIn(scope, api, indexes)
  return claim?.scopes.every((one) => pathWinner(api, one, view, indexes) === undefined) ?? false
}

function ownedPaths(api: ExposedApi, claim: Claim, view: View, indexes: PathIndexes): readonly string[] {
  const placement = place(api, claim, view, indexes)
  return placement.lostTo ? [] : placement.paths
}

function byAge(apis: readonly ExposedApi[]): readonly ExposedApi[] {
  return [...apis].sort(compareAge)
}

/** By name and not by uid: objects that come from files, for `exposedapi render`, have no uid. */
function isSame(a: ExposedApi, b: ExposedApi): boolean {
  return nameOf(a) === nameOf(b)
}

/** Versions of one API may share path and destination; then there is nothing to decide and both are served. */
function sameRoute(a: ExposedApi, b: ExposedApi): boolean {
  return destination(a) === destination(b)
}

function destination({ metadata, spec, policies, invalidPolicies }: ExposedApi): string {
  const long = spec.apiType === 'mcp'
  return JSON.stringify([metadata.namespace, spec.implementation, spec.port, long, policies, invalidPolicies])
}

/** The intent of a nested path: the part of {@link RouteIntent} that placement knows. */
export function nestedIntent({ api, hosts, path }: Nested): Pick<RouteIntent, 'api' | 'hosts' | 'paths'> {
  return { api, hosts, paths: [path] }
}
