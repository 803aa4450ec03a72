/** Which hosts a route has. */
import { canonicalHost, type ExposedApi, type HostPort, isIp } from '@exposedapi/core'

/**
 * Hosts under which an API is served. `spec.hostname` alone only changes the published URL: a route of its own host would hide every
 * route without one under that name. With a public host name there are no such routes, so it is served beside it. HTTPRoutes know no IP
 * addresses: an API that is published under one is served under any host.
 */
export function servedHosts({ spec }: ExposedApi, publicHost: HostPort | undefined): readonly string[] {
  if (!publicHost || isIp(publicHost.host)) return ['*']
  return [...new Set([publicHost.host, ...(spec.hostname === undefined ? [] : [canonicalHost(spec.hostname)])])]
}
