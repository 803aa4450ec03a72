/**
 * Our own routes on other Gateways of the same pods.
 *
 * A bare Gateway name means another Gateway in each namespace, and core compares the paths of one Gateway only. Whether two of
 * them select the same pods is known in the cluster alone; then istiod merges their routes, those of the older Gateway first.
 */
import { EXPOSED_API, type ExposedApi, type Index, normalisedPath, selfAndAncestors, type View } from '@exposedapi/core'
import { servedHosts } from '../objects/hosts.ts'
import { type Gateway, VIRTUAL_SERVICE, type VirtualService } from '../objects/kinds.ts'
import { bindings, virtualHosts } from '../objects/servers.ts'
import type { Configuration } from '../options.ts'

/** ExposedAPIs by each path that they ask for, on whichever Gateway. */
export const API_BY_PATH: Index<ExposedApi> = {
  name: 'exposedapis.path-anywhere',
  kind: EXPOSED_API,
  values: ({ spec }) => [...new Set([spec.path, spec.developerUI ?? spec.path].map(normalisedPath))],
}

/** A route of ours, and the Gateway that it comes through. */
export interface Sibling {
  readonly of: VirtualService
  readonly through: Gateway
}

/** Does a Gateway name mean another Gateway in each namespace? */
export function isBare(gateway: Configuration['gateway']): boolean {
  return !gateway.includes('/') || gateway.startsWith('./')
}

/** Routes of other APIs, through one of these Gateways, over one of our paths in one of our virtual hosts. */
export function siblingsOver(
  paths: readonly string[],
  served: readonly string[],
  through: readonly Gateway[],
  { gateway, publicHost }: Configuration,
  view: View,
): readonly Sibling[] {
  const named = isBare(gateway) ? through.filter(({ metadata }) => metadata.name === gateway.replace('./', '')) : []
  if (named.length === 0) return []
  const ofNamespace = new Map(named.map((one) => [one.metadata.namespace, one]))
  // istiod moves `/` behind all other routes, so it takes requests from nobody but another `/`.
  const above = paths.flatMap((path) => selfAndAncestors(path).filter((one) => one !== '/' || path === '/'))
  return above
    .flatMap((path) => view.by(API_BY_PATH, path))
    .flatMap((api): readonly Sibling[] => {
      const { namespace, name } = api.metadata
      const through = ofNamespace.get(namespace)
      const of = through && view.get(VIRTUAL_SERVICE, namespace, name)
      if (!of || of.foreign) return []
      const theirs = virtualHosts(bindings(through, servedHosts(api, publicHost), namespace))
      return theirs.some((host) => served.includes(host)) ? [{ of, through }] : []
    })
}
