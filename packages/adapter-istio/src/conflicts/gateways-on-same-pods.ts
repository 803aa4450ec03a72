/** Gateways that share pods, ports and hosts: istiod merges their routes, whichever of them a VirtualService names. */
import { covers, nameOf } from '@exposedapi/core'
import type { Gateway, Server } from '../objects/kinds.ts'
import { derived } from '../objects/memoize-by-object.ts'

/**
 * Of the Gateways with the same selector, those with a server on a port of `gateway`, which is one of them, that is open to
 * all of its hosts there. One that is only for narrower hosts has virtual hosts of its own.
 */
export const neighbours = derived(
  (sameSelector: readonly Gateway[], gateway: Gateway): readonly Gateway[] =>
    sameSelector.filter((other) => other !== gateway && shares(other, gateway)),
  nameOf,
)

function shares({ servers }: Gateway, gateway: Gateway): boolean {
  return gateway.servers.some((ours) =>
    servers.some((theirs) => theirs.number === ours.number && hostsOf(ours).some((host) => isOpenTo(theirs, host))),
  )
}

function isOpenTo(server: Server, host: string): boolean {
  return hostsOf(server).some((pattern) => covers(pattern, host))
}

/** Without the namespaces that they admit. */
function hostsOf({ hosts }: Server): readonly string[] {
  return hosts.map((host) => host.slice(host.indexOf('/') + 1))
}
