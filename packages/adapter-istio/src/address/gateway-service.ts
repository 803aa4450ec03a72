/**
 * The Service in front of the gateway's pods: it carries the address that an Istio Gateway does not have.
 *
 * A Gateway selects pods, and so does a Service. One whose selector holds all of the Gateway's labels selects some of the
 * same pods. Pods themselves are only read on request: that is a watch on all pods of the cluster for one address.
 */
import { isIp, isIpv6, SERVICE, type Service, type ServicePort, type View } from '@exposedapi/core'
import { type Gateway, SERVICE_BY_ISTIO_LABEL, SERVICE_BY_SELECTOR, type Server } from '../objects/kinds.ts'
import { derived } from '../objects/memoize-by-object.ts'
import type { Configuration } from '../options.ts'
import { nodeAddresses } from './nodes.ts'
import { servicesOfPods } from './pods.ts'

/** The label value by which the reference operator finds the gateway's Service, key `istio`. */
export const INGRESS_GATEWAY = 'ingressgateway'

/** Kind of an address of a node. */
export const OF_NODE = 4

/** An address that a Service offers. */
export interface Entry {
  readonly value: string
  /** IPv4 before IPv6 before host names, load balancers before external IPs before nodes. */
  readonly kind: 0 | 1 | 2 | 3 | typeof OF_NODE
  readonly service: Service
}

/** Services that may carry the address, best first. Never depends on the order of the cache. */
export function gatewayServices(gateway: Gateway, options: Configuration, view: View): readonly Service[] {
  if (options.gatewayService) {
    const { namespace, name } = options.gatewayService
    const service = view.get(SERVICE, namespace, name)
    return service ? [service] : []
  }
  const ofPods = options.gatewayPods ? servicesOfPods(gateway, view) : []
  if (ofPods.length > 0) return sorted(ofPods)
  const selecting = servicesSelecting(gateway.selector, view)
  return selecting.length > 0 ? selecting : labelledServices(view)
}

const selectedBy = derived(
  (candidates: readonly Service[], pairs: readonly (readonly [string, string])[]): readonly Service[] =>
    sorted(candidates.filter(({ spec }) => pairs.every(([key, value]) => spec.selector?.[key] === value))),
  (pairs) => JSON.stringify(pairs),
)

/** Services with the label `istio: ingressgateway`, best first. */
export function labelledServices(view: View): readonly Service[] {
  return sorted(view.by(SERVICE_BY_ISTIO_LABEL, INGRESS_GATEWAY))
}

function servicesSelecting(selector: Gateway['selector'], view: View): readonly Service[] {
  const pairs = Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1))
  const [first] = pairs
  if (!first) return [] // selects every gateway of the mesh: no Service stands out
  const candidates = view.by(SERVICE_BY_SELECTOR, `${first[0]}=${first[1]}`)
  return selectedBy(candidates, pairs)
}

const sorted = derived(
  (services: readonly Service[]): readonly Service[] =>
    [...services].sort((a, b) => rank(a) - rank(b) || (serviceName(a) < serviceName(b) ? -1 : 1)),
  () => '',
)

function rank(service: Service): number {
  const { type = 'ClusterIP', externalIPs = [] } = service.spec
  if (ingressOf(service).length > 0) return 0
  if (type === 'LoadBalancer') return 1
  if (externalIPs.length > 0) return 2
  return type === 'NodePort' ? 3 : 4
}

/** The load balancer's report. A Service that is no LoadBalancer any more may still carry an old one. */
function ingressOf({ spec, status }: Service) {
  return spec.type === 'LoadBalancer' ? status.ingress : []
}

/** The addresses that a Service offers, best first. */
export function entriesOf(service: Service): readonly Entry[] {
  const points = ingressOf(service)
  const entry = (kind: Entry['kind']) => (value: string) => ({ value, kind, service })
  const ips = points.flatMap(({ ip }) => ip || [])
  return [
    ...ips.filter((ip) => !isIpv6(ip)).map(entry(0)),
    ...ips.filter(isIpv6).map(entry(1)),
    ...points.flatMap(({ ip, hostname }) => (ip ? [] : hostname || [])).map(entry(2)),
    ...(service.spec.externalIPs ?? []).filter(isIp).map(entry(3)),
  ]
}

/** The same, and if so configured those of the nodes that answer for a Service of type NodePort. */
export function entriesWithNodes(service: Service, { nodePorts }: Configuration, view: View): readonly Entry[] {
  const own = entriesOf(service)
  if (!nodePorts || service.spec.type !== 'NodePort') return own
  return [...own, ...nodeAddresses(view).map((value): Entry => ({ value, kind: OF_NODE, service }))]
}

/**
 * The port under which a Service leads to a server of the Gateway. Istio takes the server's number for a port of the Service
 * if there is one, else for the port that the pods listen on.
 */
export function externalPort(server: Server, service: Service): number | undefined {
  return servicePort(server, service)?.port
}

/** The port that every node opens for a server of the Gateway. */
export function nodePort(server: Server, service: Service): number | undefined {
  return servicePort(server, service)?.nodePort
}

/** Beside a port for HTTPS a Service may have one of the same number for QUIC, over UDP. */
function servicePort({ number }: Server, { spec }: Service): ServicePort | undefined {
  const tcp = spec.ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  return tcp.find(({ port }) => port === number) ?? tcp.find(({ targetPort }) => targetPort === number)
}

/** What is said where the configured Service is missing. */
export function noSuchService({ namespace, name }: NonNullable<Configuration['gatewayService']>): string {
  return `Service ${namespace}/${name} does not exist; create it, or correct option gatewayService.`
}

/** `namespace/name` of a Service. */
export function serviceName({ metadata }: Service): string {
  return `${metadata.namespace}/${metadata.name}`
}
