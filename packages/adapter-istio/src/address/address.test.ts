/** Where an API is published: load balancers, Services, and what is configured. Servers and hosts are in servers.test.ts. */
import { describe, it } from 'vitest'
import { anIngress, HTTP, HTTPS } from '../../test/ingress.ts'
import { AT_IP, check, NARROW, type Row } from '../../test/outcome.ts'

const PENDING = ['AddressPending', 'Service istio-ingress/istio-ingress has no external address yet'] as const
const both = [{ hostname: 'lb.example.net', ip: '203.0.113.7' }]
const two = [{ ip: '203.0.113.8' }, { ip: '203.0.113.7' }]

const LOAD_BALANCER: readonly Row[] = [
  { when: 'an IP address', because: 'the ordinary case', ...AT_IP },
  {
    when: 'ingress: []',
    because: 'the cloud has not answered yet',
    services: [anIngress({ ingress: [] })],
    says: PENDING,
  },
  {
    when: 'no ingress',
    because: 'the field is absent at first',
    services: [anIngress({ ingress: null })],
    says: PENDING,
  },
  {
    when: 'a host name only',
    because: 'AWS gives no address; ip then holds the name',
    services: [anIngress({ ingress: [{ hostname: 'lb.example.net' }] })],
    url: 'https://lb.example.net/shop',
    ip: 'lb.example.net',
  },
  { when: 'both in one entry', because: 'the IP is preferred', services: [anIngress({ ingress: both })], ...AT_IP },
  {
    when: 'two IPs',
    because: 'the first is as good as the other, and the other is named',
    services: [anIngress({ ingress: two })],
    url: 'https://203.0.113.8/shop',
    ip: '203.0.113.8',
    says: ['AmbiguousAddress', '203.0.113.7 (Service istio-ingress/istio-ingress)'],
  },
  {
    when: 'two IPs, the second published',
    because: 'controllers reorder; a URL must not change for it',
    services: [anIngress({ ingress: two })],
    published: '203.0.113.7',
    ...AT_IP,
    says: ['AmbiguousAddress', '203.0.113.8'],
  },
  {
    when: 'another IP than the published',
    because: 'the published one is gone',
    published: '203.0.113.9',
    ...AT_IP,
  },
  {
    when: 'IPv6 before IPv4',
    because: 'one of each is dual stack and no ambiguity; more clients have IPv4',
    services: [anIngress({ ingress: [{ ip: '2001:db8::7' }, { ip: '203.0.113.7' }] })],
    ...AT_IP,
  },
  {
    when: 'IPv6 only',
    because: 'brackets belong to URLs, not to addresses',
    services: [anIngress({ ingress: [{ ip: '2001:db8::7' }] })],
    url: 'https://[2001:db8::7]/shop',
    ip: '2001:db8::7',
  },
  {
    when: 'ipMode: Proxy',
    because: 'it concerns the nodes, not the clients',
    services: [anIngress({ ingress: [{ ip: '203.0.113.7', ipMode: 'Proxy' }] })],
    ...AT_IP,
  },
]

const partners = anIngress({ name: 'a-partners', ingress: [{ ip: '198.51.100.1' }] })
const SERVICES: readonly Row[] = [
  { when: 'none', because: 'recreated later', services: [], says: ['AddressPending', 'No Service selects the pods'] },
  {
    when: 'NodePort now, with an old report',
    because: 'the load balancer is gone although its report is still there',
    services: [anIngress({ type: 'NodePort' })],
    says: ['AddressPending', 'is of type NodePort'],
  },
  {
    when: 'ClusterIP',
    because: 'a load balancer in front of the mesh is invisible',
    services: [anIngress({ type: 'ClusterIP', ingress: null })],
    says: ['AddressPending', 'is of type ClusterIP'],
  },
  {
    when: 'ClusterIP with external IPs',
    because: 'clients reach these',
    services: [anIngress({ type: 'ClusterIP', ingress: null, externalIPs: ['198.51.100.2'] })],
    url: 'https://198.51.100.2/shop',
    ip: '198.51.100.2',
  },
  {
    when: 'externalIPs: null',
    because: "the chart's own Job sets it",
    services: [anIngress({ externalIPs: null })],
    ...AT_IP,
  },
  {
    when: 'two with addresses',
    because: 'a selector that spans an internal and an external one; the first by name, the other named',
    services: [anIngress(), partners],
    url: 'https://198.51.100.1/shop',
    ip: '198.51.100.1',
    says: ['AmbiguousAddress', '203.0.113.7 (Service istio-ingress/istio-ingress)'],
  },
  {
    when: 'a second one appears',
    because: 'what is published stays',
    services: [anIngress(), partners],
    published: '203.0.113.7',
    ...AT_IP,
    says: ['AmbiguousAddress', '198.51.100.1'],
  },
  {
    when: 'one waits, one has an address',
    because: 'an address is better than waiting',
    services: [anIngress(), anIngress({ name: 'a-waiting', ingress: [] })],
    ...AT_IP,
  },
  {
    when: 'one with external IPs, one load balancer',
    because: 'load balancers come first, whatever their names',
    services: [
      anIngress(),
      anIngress({ name: 'a-fixed', type: 'ClusterIP', ingress: null, externalIPs: ['198.51.100.3'] }),
    ],
    ...AT_IP,
    says: ['AmbiguousAddress', '198.51.100.3 (Service istio-ingress/a-fixed)'],
  },
  {
    when: 'gatewayService configured',
    because: 'an administrator knows better',
    services: [anIngress(), partners],
    options: { gatewayService: 'istio-ingress/a-partners' },
    url: 'https://198.51.100.1/shop',
    ip: '198.51.100.1',
  },
  {
    when: 'gatewayService does not exist',
    because: 'another one would be a guess',
    options: { gatewayService: 'istio-ingress/nope' },
    says: ['AddressPending', 'Service istio-ingress/nope does not exist'],
  },
  {
    when: 'selects other pods but has the label',
    because: 'compatibility: the reference operator looks at the label only',
    services: [anIngress({ selector: { app: 'something' } })],
    ...AT_IP,
  },
  {
    when: 'no selector at all, without label',
    because: 'nothing connects it with the Gateway',
    services: [anIngress({ selector: null, labels: {} })],
    says: ['AddressPending', 'No Service selects the pods of Gateway canvas/component-gateway (istio=ingressgateway)'],
  },
  {
    when: 'Gateway without selector',
    because: 'it configures every gateway of the mesh; the label is what is left',
    gateway: { selector: null },
    ...AT_IP,
  },
  {
    when: 'Gateway with two labels',
    because: 'the Service must select both',
    gateway: { selector: { istio: 'ingressgateway', app: 'istio-ingress' } },
    services: [
      anIngress(),
      anIngress({
        name: 'a-other',
        selector: { app: 'istio-ingress', istio: 'egress' },
        ingress: [{ ip: '198.51.100.9' }],
      }),
    ],
    ...AT_IP,
  },
  {
    when: 'no ports',
    because: 'it leads to no server',
    services: [anIngress({ ports: null })],
    says: ['NoUsableServer', 'Service istio-ingress/istio-ingress has no port for any server'],
  },
  {
    when: 'only a monitoring Service has the port-less selector',
    because: 'a Service without the port leads elsewhere',
    services: [anIngress(), anIngress({ name: 'a-metrics', ports: [{ name: 'metrics', port: 15020 }] })],
    ...AT_IP,
  },
]

const ODD_LB = anIngress({ ports: [{ name: 'https', port: 8443, targetPort: 443 }] })
const nodePorts = [{ name: 'https', port: 443, targetPort: 443, nodePort: 30443 }]
const CONFIGURED: readonly Row[] = [
  {
    when: 'publicHostname',
    because: 'the port still comes from the Service',
    options: { publicHostname: 'api.example.com' },
    services: [ODD_LB],
    url: 'https://api.example.com:8443/shop',
    ip: 'api.example.com',
  },
  {
    when: 'publicHostname with port',
    because: 'somebody wrote it',
    options: { publicHostname: 'api.example.com:9000' },
    services: [ODD_LB],
    url: 'https://api.example.com:9000/shop',
    ip: 'api.example.com',
  },
  {
    when: 'publicHostname, IPv6',
    because: 'it is published as an address',
    options: { publicHostname: '[2001:db8::1]:9000' },
    url: 'https://[2001:db8::1]:9000/shop',
    ip: '2001:db8::1',
  },
  {
    when: 'publicHostname that no server admits',
    because: 'every request would be a 404',
    options: { publicHostname: 'api.example.org' },
    servers: [NARROW],
    says: ['NotAllowedByGateway', 'with host api.example.org'],
  },
  {
    when: 'publicHostname without Service',
    because: 'the load balancer may stand in front of the mesh',
    options: { publicHostname: 'api.example.com' },
    services: [],
    url: 'https://api.example.com/shop',
    ip: 'api.example.com',
  },
  {
    when: 'publicHostname: ""',
    because: 'Helm renders empty values; empty is unset',
    options: { publicHostname: '', gatewayService: '' },
    ...AT_IP,
  },
  {
    when: 'publicScheme on an HTTP server',
    because: 'TLS ends in front, on the port of its scheme',
    options: { publicScheme: 'https' },
    servers: [HTTP],
    ...AT_IP,
  },
  {
    when: 'publicScheme http, both served',
    because: 'the server of that scheme gives the port',
    options: { publicScheme: 'http' },
    servers: [HTTP, HTTPS],
    url: 'http://203.0.113.7/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'publicPort',
    because: 'a load balancer in front changes it',
    options: { publicPort: 9443 },
    url: 'https://203.0.113.7:9443/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'nodePorts with a host name',
    because: 'the name leads to nodes',
    options: { publicHostname: 'nodes.example.com', nodePorts: true },
    services: [anIngress({ type: 'NodePort', ingress: null, ports: nodePorts })],
    url: 'https://nodes.example.com:30443/shop',
    ip: 'nodes.example.com',
  },
  {
    when: 'NodePort without nodePorts',
    because: 'it is an opt-in',
    options: { publicHostname: 'nodes.example.com' },
    services: [anIngress({ type: 'NodePort', ingress: null, ports: nodePorts })],
    url: 'https://nodes.example.com/shop',
    ip: 'nodes.example.com',
  },
]

describe('load balancer', () => {
  it.each(LOAD_BALANCER)('$when: $because', check)
})

describe('Service', () => {
  it.each(SERVICES)('$when: $because', check)
})

describe('configuration', () => {
  it.each(CONFIGURED)('$when: $because', check)
})
