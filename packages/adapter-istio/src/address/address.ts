/**
 * Where an API is reachable from outside.
 *
 * An Istio Gateway has no address. Its servers say how to call it, and the Service in front of its pods says where. All of
 * it is read through the view, so that a change of any part publishes new URLs.
 */
import {
  type Address,
  canonicalHost,
  covers,
  type ExposedApi,
  type Finding,
  isWildcard,
  notReadable,
  type Reason,
  type Service,
  type Unseen,
  type View,
} from '@exposedapi/core'
import { type Gateway, type Server, selectorText } from '../objects/kinds.ts'
import { type Entrance, serverList } from '../objects/servers.ts'
import type { Configuration } from '../options.ts'
import type { BlindSpots } from './blind-spots.ts'
import {
  type Entry,
  entriesWithNodes,
  externalPort,
  gatewayServices,
  nodePort,
  noSuchService,
  OF_NODE,
  serviceName,
} from './gateway-service.ts'

/** An address, or why there is none, and what else there is to say about it. */
export interface Located {
  readonly address?: Address
  readonly findings: readonly Finding[]
}

/** What stands in front of the gateway: Services, best first, and the addresses that they offer. */
interface Front {
  readonly services: readonly Service[]
  readonly entries: readonly Entry[]
}

/** A finding on `AddressAssigned`. */
export function addressFinding(status: Finding['status'], reason: Reason, message: string): Finding {
  return { condition: 'AddressAssigned', status, reason, message }
}

/** The address of an API on a Gateway, through one of the servers that it can be called at, best first. */
export function addressOn(
  gateway: Gateway,
  entrances: readonly Entrance[],
  api: ExposedApi,
  options: Configuration,
  view: View,
  blind: BlindSpots,
): Located {
  const services = gatewayServices(gateway, options, view)
  const front = { services, entries: services.flatMap((service) => entriesWithNodes(service, options, view)) }
  for (const host of configuredHosts(api, options)) {
    const entrance = entrances.find(({ hosts }) => hosts.some((pattern) => covers(pattern, host)))
    if (entrance) return named(host, entrance, front, api, options)
  }
  for (const entrance of entrances) {
    const found = entrance.hosts.includes('*')
      ? byService(entrance, front, api, options)
      : byServerHost(entrance, front, api, options)
    if (found) return found
  }
  return { findings: [missing(gateway, entrances, services, options, blind)] }
}

/** Hosts that somebody configured for URLs, the most specific wish first. */
export function configuredHosts({ spec }: ExposedApi, { publicHost }: Configuration): readonly string[] {
  return [
    ...(spec.hostname === undefined ? [] : [canonicalHost(spec.hostname)]),
    ...(publicHost ? [publicHost.host] : []),
  ]
}

/** A URL with a name needs no load balancer to be known: what resolves the name may stand in front of the mesh. */
function named(
  host: string,
  entrance: Entrance,
  { services, entries }: Front,
  api: ExposedApi,
  options: Configuration,
): Located {
  const service = services.find((candidate) => externalPort(entrance.server, candidate) !== undefined)
  const port = service && namedPort(entrance, service, options)
  const ip = options.publicHost?.host ?? kept(entries, api)?.value
  const address = withPort(entrance, port ?? entrance.server.number, options)
  return { address: { ...address, host, ...(ip !== undefined && { ip }) }, findings: clientCertificate(entrance) }
}

function namedPort({ server }: Entrance, service: Service, { nodePorts }: Configuration): number | undefined {
  return (
    (nodePorts && service.spec.type === 'NodePort' ? nodePort(server, service) : undefined) ??
    externalPort(server, service)
  )
}

/** A server for certain hosts answers 404 to a URL with an IP address, so one of its hosts is published. */
function byServerHost(entrance: Entrance, front: Front, api: ExposedApi, options: Configuration): Located | undefined {
  const host = entrance.hosts.find((pattern) => !isWildcard(pattern))
  return host === undefined ? undefined : named(host, entrance, front, api, options)
}

function byService(entrance: Entrance, front: Front, api: ExposedApi, options: Configuration): Located | undefined {
  const { server } = entrance
  const entries = front.entries.filter((entry) => portOf(server, entry) !== undefined)
  const entry = kept(entries, api)
  if (!entry) return undefined
  const address = withPort(entrance, portOf(server, entry) ?? server.number, options)
  return {
    address: { ...address, host: entry.value, ip: entry.value },
    findings: [...clientCertificate(entrance), ...ambiguity(entry, entries)],
  }
}

/** A node opens another port than the Service. */
function portOf(server: Server, { kind, service }: Entry): number | undefined {
  return kind === OF_NODE ? nodePort(server, service) : externalPort(server, service)
}

/** The published entry while it is still offered, else the best: load balancer controllers reorder their lists. */
export function kept(entries: readonly Entry[], { status }: ExposedApi): Entry | undefined {
  return entries.find(({ value }) => value === status.apiStatus?.ip) ?? entries[0]
}

/** Scheme and port; an absent port means the scheme's own. */
function withPort(
  { scheme }: Entrance,
  found: number,
  { publicScheme = scheme, publicPort, publicHost }: Configuration,
): Pick<Address, 'scheme' | 'port'> {
  // Another scheme than the server's comes from a load balancer in front, whose port is not the server's either.
  const port = publicPort ?? publicHost?.port ?? (publicScheme === scheme ? found : undefined)
  return { scheme: publicScheme, ...(port !== undefined && port !== DEFAULT_PORT[publicScheme] && { port }) }
}

const DEFAULT_PORT = { http: 80, https: 443 } as const

function clientCertificate({ server }: Entrance): readonly Finding[] {
  if (server.tls?.mode !== 'MUTUAL') return []
  const message = `Server ${server.number} of the Gateway requires a client certificate (TLS mode MUTUAL).`
  return [addressFinding('True', 'Assigned', message)]
}

/**
 * Addresses of other Services, and further ones of the same kind: one of each kind belongs to one load balancer. Nodes are
 * all the same way in.
 */
function ambiguity(taken: Entry, entries: readonly Entry[]): readonly Finding[] {
  const others = entries.filter(
    ({ value, kind, service }) =>
      value !== taken.value && kind !== OF_NODE && (service !== taken.service || kind === taken.kind),
  )
  if (others.length === 0) return []
  const list = others.map(({ value, service }) => `${value} (Service ${serviceName(service)})`).sort()
  const message = `${taken.value} (Service ${serviceName(taken.service)}) is published, but these are possible as well: ${list.join(', ')}.`
  return [addressFinding('True', 'AmbiguousAddress', message)]
}

function missing(
  gateway: Gateway,
  entrances: readonly Entrance[],
  services: readonly Service[],
  { gatewayService, gatewayPods, nodePorts }: Configuration,
  { front }: BlindSpots,
): Finding {
  const what = `Gateway ${gateway.metadata.namespace}/${gateway.metadata.name}`
  const byAddress = entrances.filter(({ hosts }) => hosts.includes('*'))
  if (byAddress.length === 0) {
    const hosts = [...new Set(entrances.flatMap((entrance) => entrance.hosts))].sort().join(', ')
    const message = `${what} serves only ${hosts}, and a URL needs a host without a wildcard; set spec.hostname, or option publicHostname.`
    return addressFinding('False', 'HostnameRequired', message)
  }
  if (front) return unseenFront(front)
  const [service] = services
  if (!service) {
    const selector = selectorText(gateway.selector) || 'no selector'
    const cure = `name one by option gatewayService${gatewayPods ? '' : ', or find it through the pods by option gatewayPods'}`
    const message = gatewayService
      ? noSuchService(gatewayService)
      : `No Service selects the pods of ${what} (${selector}); ${cure}.`
    return addressFinding('Unknown', 'AddressPending', message)
  }
  const reaching = services.filter((one) => byAddress.some(({ server }) => externalPort(server, one) !== undefined))
  const [first] = reaching
  if (!first) {
    const message = `Service ${serviceName(service)} has no port for any server of ${what} (servers: ${serverList(gateway)}).`
    return addressFinding('False', 'NoUsableServer', message)
  }
  return pending(first, nodePorts)
}

/** What is said where no address is found, and there may be one that is not seen. */
export function unseenFront(front: Unseen): Finding {
  const cure = 'The address of the gateway is found through them; name its Service by option gatewayService.'
  return notReadable('AddressAssigned', front, cure)
}

/**
 * A Service without an address: one that waits for its load balancer, or one that never gets any. `nodePorts`: whether
 * addresses of nodes are looked up; undefined where that would not help.
 */
export function pending(service: Service, nodePorts?: boolean): Finding {
  const { type = 'ClusterIP' } = service.spec
  const what = `Service ${serviceName(service)}`
  if (type === 'LoadBalancer')
    return addressFinding('Unknown', 'AddressPending', `${what} has no external address yet.`)
  const message = `${what} is of type ${type}, which has no external address`
  const more = type === 'NodePort' && nodePorts !== undefined ? NODE_PORT_ADVICE[`${nodePorts}`] : ELSEWHERE
  return addressFinding('Unknown', 'AddressPending', `${message}${more}.`)
}

const ELSEWHERE = '; make it a LoadBalancer, or set option publicHostname'
const NODE_PORT_ADVICE = {
  true: ', and no ready Node has one either',
  false: '; publish the address of a Node by option nodePorts, or set option publicHostname',
} as const
