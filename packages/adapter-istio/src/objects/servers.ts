/** Which servers of a Gateway serve a VirtualService, under which hosts, and over what. */
import type { Address } from '@exposedapi/core'
import { canonicalHost, intersection } from '@exposedapi/core'
import type { Gateway, Server } from './kinds.ts'
import { derived } from './memoize-by-object.ts'

/** A server that admits the VirtualService. */
export interface Binding {
  readonly server: Server
  /** What is left of the VirtualService's hosts on this server: `*` on a server for `api.example.com` is that host only. */
  readonly hosts: readonly string[]
}

/** A server that a client can call. */
export interface Entrance extends Binding {
  readonly scheme: Address['scheme']
}

const HTTP = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'])
const TERMINATING = new Set(['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL', 'ISTIO_MUTUAL'])
const DEFAULT_PORTS = new Set([443, 80])

/** The servers that admit a VirtualService of this namespace under one of these hosts at least. */
export const bindings = derived(
  (gateway: Gateway, hosts: readonly string[], namespace: string): readonly Binding[] =>
    gateway.servers.flatMap((server) => {
      const admitted = server.hosts.flatMap((entry) => {
        const pattern = admittedHost(entry, gateway.metadata.namespace ?? '', namespace)
        return pattern === undefined ? [] : hosts.flatMap((host) => intersection(pattern, host) ?? [])
      })
      return admitted.length === 0 ? [] : [{ server, hosts: [...new Set(admitted)] }]
    }),
  (hosts, namespace) => `${namespace} ${hosts.join(' ')}`,
)

/** `namespace/host` admits VirtualServices of one namespace; `.` means that of the Gateway, `*` all. */
function admittedHost(entry: string, gatewayNamespace: string, namespace: string): string | undefined {
  const [first = '', second] = entry.split('/', 2)
  if (second === undefined) return canonicalHost(first)
  const admits = first === '*' || first === namespace || (first === '.' && gatewayNamespace === namespace)
  return admits ? canonicalHost(second) : undefined
}

/**
 * How a server is called: undefined if it does not serve HTTP routes. A server that redirects to https does, but is never
 * the one to publish: browsers fail on a redirected preflight.
 */
export function schemeOf({ protocol, tls }: Server): Address['scheme'] | undefined {
  if (HTTP.has(protocol)) return tls?.httpsRedirect ? undefined : 'http'
  return protocol === 'HTTPS' && TERMINATING.has(tls?.mode ?? '') ? 'https' : undefined
}

/**
 * The virtual hosts of Envoy that routes end up in, as `port host`. Servers of all Gateways on the same workload and port
 * share them.
 */
export const virtualHosts = derived(
  (bound: readonly Binding[]): readonly string[] => {
    const carrying = bound.filter(({ server }) => HTTP.has(server.protocol) || schemeOf(server) !== undefined)
    return [...new Set(carrying.flatMap(({ server, hosts }) => hosts.map((host) => `${server.number} ${host}`)))]
  },
  () => '',
)

/** The callable servers, best first: the wanted scheme (https unless configured), the default ports, the lowest port. */
export const entrances = derived(
  (bound: readonly Binding[], wanted: Address['scheme'] = 'https'): readonly Entrance[] =>
    bound
      .flatMap((binding) => {
        const scheme = schemeOf(binding.server)
        return scheme === undefined ? [] : [{ ...binding, scheme }]
      })
      .sort((a, b) => rank(a, wanted) - rank(b, wanted) || a.server.number - b.server.number),
  (wanted) => wanted ?? '',
)

function rank({ scheme, server }: Entrance, wanted: Address['scheme']): number {
  return (scheme === wanted ? 0 : 2) + (DEFAULT_PORTS.has(server.number) ? 0 : 1)
}

/** The servers in words, for messages. */
export function serverList(gateway: Gateway): string {
  const words = gateway.servers.map(({ number, protocol, tls }) => {
    const how = tls?.httpsRedirect ? ' with redirect' : protocol === 'HTTP' || !tls ? '' : ` ${tls.mode}`
    return `${number} ${protocol}${how}`
  })
  return words.join(', ') || 'none'
}
