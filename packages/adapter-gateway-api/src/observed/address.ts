/** Where an API is reachable from outside: the status of its Gateway says where, the listeners say how. */
import {
  type Address,
  canonicalHost,
  covers,
  type ExposedApi,
  type Finding,
  hostPort,
  isIpv6,
  isWildcard,
  nameOf,
  type Reason,
} from '@exposedapi/core'
import type { Gateway, GatewayAddress } from '../objects/kinds.ts'
import { type Binding, type Entrance, entrances, listenerList } from '../objects/listeners.ts'
import type { Configuration } from '../options.ts'
import { addressTrouble } from './answers.ts'

/** An address, or why there is none, and what else there is to say about it. */
export interface Located {
  readonly address?: Address
  readonly findings: readonly Finding[]
}

/** An address that a Gateway offers. IPv4 before IPv6 before host names. */
interface Entry {
  readonly value: string
  readonly rank: 0 | 1 | 2
}

/** A finding on `AddressAssigned`. */
export function addressFinding(status: Finding['status'], reason: Reason, message: string): Finding {
  return { condition: 'AddressAssigned', status, reason, message }
}

/** The address of an API on the listeners that it is attached to; there must be one. */
export function addressOn(
  gateway: Gateway,
  bound: readonly Binding[],
  api: ExposedApi,
  options: Configuration,
): Located {
  const usable = entrances(bound, options.publicScheme)
  if (usable.length === 0) return { findings: [unusable(gateway, options)] }
  const entries = entriesOf(gateway)
  const hosts = configuredHosts(api, options)
  const refused = hosts.filter((host) => !bound.some((binding) => serves(binding, host)))
  const located = firstLocated(usable, entries, api, options) ?? { findings: [missing(gateway, usable)] }
  return { ...located, findings: [...located.findings, ...refused.map((host) => hostNotAdmitted(gateway, host))] }
}

/** Hosts that somebody configured for URLs, the most specific wish first. */
export function configuredHosts({ spec }: ExposedApi, { publicHost }: Configuration): readonly string[] {
  const own = spec.hostname === undefined ? [] : [canonicalHost(spec.hostname)]
  return [...new Set([...own, ...(publicHost ? [publicHost.host] : [])])]
}

/** No listener can be called, of those that the options allow. */
export function unusable(gateway: Gateway, { sectionName }: Configuration): Finding {
  const which = sectionName === undefined ? 'no listener' : `no listener ${sectionName}`
  const message = `Gateway ${nameOf(gateway)} has ${which} that serves HTTP, or HTTPS with its TLS terminated (listeners: ${listenerList(gateway)}).`
  return { ...addressFinding('False', 'NoUsableServer', message), foreign: true }
}

function firstLocated(
  usable: readonly Entrance[],
  entries: readonly Entry[],
  api: ExposedApi,
  options: Configuration,
): Located | undefined {
  for (const host of configuredHosts(api, options)) {
    const entrance = usable.find((candidate) => serves(candidate, host))
    if (entrance) return named(host, entrance, entries, api, options)
  }
  for (const entrance of usable) {
    // A listener for certain hosts answers 404 to a URL with an IP address, so one of its hosts is published.
    const host = entrance.hosts.find((pattern) => !isWildcard(pattern))
    if (host !== undefined) return named(host, entrance, entries, api, options)
    const entry = entrance.hosts.includes('*') ? kept(entries, api) : undefined
    if (entry) return byAddress(entry, entrance, entries, options)
  }
  return undefined
}

function serves({ hosts }: Binding, host: string): boolean {
  return hosts.some((pattern) => covers(pattern, host))
}

/** A URL with a name needs no address to be known: what resolves the name may stand in front of the gateway. */
function named(
  host: string,
  entrance: Entrance,
  entries: readonly Entry[],
  api: ExposedApi,
  options: Configuration,
): Located {
  const ip = options.publicHost?.host ?? kept(entries, api)?.value
  return { address: { ...withPort(entrance, options), host, ...(ip !== undefined && { ip }) }, findings: [] }
}

function byAddress(entry: Entry, entrance: Entrance, entries: readonly Entry[], options: Configuration): Located {
  const { value } = entry
  const others = entries.filter((other) => other !== entry && other.rank === entry.rank).map((other) => other.value)
  const message = `Published is ${value}; the Gateway also has ${others.sort().join(', ')}.`
  return {
    address: { ...withPort(entrance, options), host: value, ip: value },
    findings: others.length === 0 ? [] : [addressFinding('True', 'AmbiguousAddress', message)],
  }
}

/** The published address while it is still offered, else the best: load balancer controllers reorder their lists. */
function kept(entries: readonly Entry[], { status }: ExposedApi): Entry | undefined {
  return entries.find(({ value }) => value === status.apiStatus?.ip) ?? entries[0]
}

/** The addresses that a URL can name, best first. Other types mean something to their controller alone. */
function entriesOf({ addresses }: Gateway): readonly Entry[] {
  return addresses.flatMap((address) => entryOf(address) ?? []).sort((a, b) => a.rank - b.rank)
}

function entryOf({ type, value }: GatewayAddress): Entry | undefined {
  const read = hostPort(value)
  if (read === undefined || read.port !== undefined) return undefined
  if (type === 'IPAddress') return { value: read.host, rank: isIpv6(read.host) ? 1 : 0 }
  return type === 'Hostname' ? { value: read.host, rank: 2 } : undefined
}

const DEFAULT_PORT = { http: 80, https: 443 } as const

/** Scheme and port; an absent port means the scheme's own. */
function withPort(
  { scheme, listener }: Entrance,
  { publicScheme = scheme, publicPort, publicHost }: Configuration,
): Pick<Address, 'scheme' | 'port'> {
  // Another scheme than the listener's comes from a load balancer in front, whose port is not the listener's either.
  const port = publicPort ?? publicHost?.port ?? (publicScheme === scheme ? listener.port : undefined)
  return { scheme: publicScheme, ...(port !== undefined && port !== DEFAULT_PORT[publicScheme] && { port }) }
}

function missing(gateway: Gateway, usable: readonly Entrance[]): Finding {
  const what = `Gateway ${nameOf(gateway)}`
  if (!usable.some(({ hosts }) => hosts.includes('*'))) {
    const hosts = [...new Set(usable.flatMap((entrance) => entrance.hosts))].sort().join(', ')
    return addressFinding('False', 'HostnameRequired', `${what} only serves ${hosts}: no URL can name such a host.`)
  }
  const types = gateway.addresses.map(({ type }) => type).join(', ')
  const none = `${what} has no ${types === '' ? 'address yet' : `address that a URL can name (its types: ${types})`}`
  const trouble = addressTrouble(gateway)
  if (trouble === undefined) return addressFinding('Unknown', 'AddressPending', `${none}.`)
  return { ...addressFinding('Unknown', 'AddressPending', `${none}: ${trouble}`), foreign: true }
}

function hostNotAdmitted(gateway: Gateway, host: string): Finding {
  const message = `No listener of Gateway ${nameOf(gateway)} admits host ${host}: requests with it are answered 404.`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'NotAllowedByGateway', message }
}
