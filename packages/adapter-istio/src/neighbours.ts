/** Gateways that share pods, ports and hosts: istiod merges their routes, whichever of them a VirtualService names. */
import { covers } from './hosts.ts'
import type { Gateway, Server } from './kinds.ts'

/** Lists of the view stay the same until something in them changes, so what follows from one is kept with it. */
const KNOWN = new WeakMap<readonly Gateway[], WeakMap<Gateway, readonly Gateway[]>>()

/**
 * Of the Gateways with the same selector, those with a server on a port of `gateway` that is open to all of its hosts there.
 * One that is only for narrower hosts has virtual hosts of its own.
 */
export function neighbours(gateway: Gateway, sameSelector: readonly Gateway[]): readonly Gateway[] {
  const known = KNOWN.get(sameSelector) ?? new WeakMap<Gateway, readonly Gateway[]>()
  KNOWN.set(sameSelector, known)
  const found = known.get(gateway) ?? sameSelector.filter((other) => other !== gateway && shares(other, gateway))
  known.set(gateway, found)
  return found
}

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
