/**
 * Which hosts a route has.
 *
 * Envoy serves a request from the most specific virtual host alone, and Istio's webhook refuses a VirtualService whose hosts
 * overlap. So we never write `*` beside another host.
 */
import { canonicalHost, type ExposedApi, type HostPort } from '@exposedapi/core'

/**
 * Hosts under which an API is served. `spec.hostname` alone only changes the published URL: as a host of its own it would
 * hide every `*` route under that name. With a public host name there are no `*` routes, so it is served beside it.
 */
export function servedHosts({ spec }: ExposedApi, publicHost: HostPort | undefined): readonly string[] {
  if (!publicHost) return ['*']
  return [...new Set([publicHost.host, ...(spec.hostname === undefined ? [] : [canonicalHost(spec.hostname)])])]
}
