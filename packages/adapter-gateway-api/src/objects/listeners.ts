/** Which listeners of a Gateway serve an HTTPRoute, under which hosts, and over what. */
import type { Address } from '@exposedapi/core'
import { intersection } from '@exposedapi/core'
import type { Attachment, Gateway, Listener } from './kinds.ts'
import { selects } from './label-selector.ts'

/** A listener that an HTTPRoute is attached to. */
export interface Binding {
  readonly listener: Listener
  /** What is left of the route's hosts on this listener: `*` on a listener for `api.example.com` is that host only. */
  readonly hosts: readonly string[]
}

/** A listener that a client can call. */
export interface Entrance extends Binding {
  readonly scheme: Address['scheme']
}

const DEFAULT_PORTS = new Set([443, 80])

/** The listeners that carry a route with these hosts, of those that `admits` lets in. */
export function bindings(
  gateway: Gateway,
  hosts: readonly string[],
  admits: (listener: Listener) => boolean,
): readonly Binding[] {
  return gateway.listeners.flatMap((listener) => {
    if (!listener.takesHttpRoutes || schemeOf(listener) === undefined || !admits(listener)) return []
    const left = hosts.flatMap((host) => intersection(listener.hostname, host) ?? [])
    return left.length === 0 ? [] : [{ listener, hosts: [...new Set(left)] }]
  })
}

/** Does the reference mean this listener? Without a section name and port it means all of a Gateway. */
export function means({ sectionName, port }: Pick<Attachment, 'sectionName' | 'port'>, listener: Listener): boolean {
  return (sectionName ?? listener.name) === listener.name && (port ?? listener.port) === listener.port
}

/** May routes of this namespace attach? `labels` are those of the namespace; where they may not be read, the controller decides. */
export function admitsNamespace(
  { from, selector }: Listener,
  gateway: Gateway,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (from === 'All') return true
  if (from === 'Same') return gateway.metadata.namespace === namespace
  return from === 'Selector' && selector !== undefined && (labels === undefined || selects(selector, labels))
}

/** How a listener is called: undefined if HTTPRoutes cannot attach to it. TLS that passes through shows no paths. */
export function schemeOf({ protocol, tlsMode }: Listener): Address['scheme'] | undefined {
  if (protocol === 'HTTP') return 'http'
  return protocol === 'HTTPS' && tlsMode === 'Terminate' ? 'https' : undefined
}

/** Where routes meet, as `port host`. */
export function virtualHosts(bound: readonly Binding[]): readonly string[] {
  return [...new Set(bound.flatMap(({ listener, hosts }) => hosts.map((host) => `${listener.port} ${host}`)))]
}

/** The callable listeners, best first: the wanted scheme (https unless configured), the default ports, the lowest port. */
export function entrances(bound: readonly Binding[], wanted: Address['scheme'] = 'https'): readonly Entrance[] {
  const rank = ({ scheme, listener: { port } }: Entrance) =>
    (scheme === wanted ? 0 : 2) + (DEFAULT_PORTS.has(port) ? 0 : 1)
  return bound
    .flatMap((binding) => {
      const scheme = schemeOf(binding.listener)
      return scheme === undefined || binding.listener.trouble !== undefined ? [] : [{ ...binding, scheme }]
    })
    .sort((a, b) => rank(a) - rank(b) || a.listener.port - b.listener.port)
}

/** The listeners in words, for messages. */
export function listenerList({ listeners }: Gateway): string {
  const described = listeners.map(({ name, port, protocol, hostname, tlsMode, trouble }) => {
    const mode = tlsMode === 'Terminate' ? '' : ` ${tlsMode}`
    const host = hostname === '*' ? '' : ` for ${hostname}`
    return `${name} ${port} ${protocol}${mode}${host}${trouble === undefined ? '' : ` (${trouble.replace(/\.$/, '')})`}`
  })
  return described.join(', ') || 'none'
}
