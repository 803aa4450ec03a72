/** Which servers and hosts of a Gateway an API is published under. */
import { describe, it } from 'vitest'
import { anIngress, HTTP, HTTPS, REDIRECT } from '../../test/ingress.ts'
import { AT_IP, check, NARROW, type Row } from '../../test/outcome.ts'

const SERVERS: readonly Row[] = [
  {
    when: 'only HTTP',
    because: 'https would not answer',
    servers: [HTTP],
    url: 'http://203.0.113.7/shop',
    ip: '203.0.113.7',
  },
  { when: 'HTTP and HTTPS', because: 'https is preferred', servers: [HTTP, HTTPS], ...AT_IP },
  {
    when: 'only a redirect',
    because: 'browsers fail on a redirected preflight',
    servers: [REDIRECT],
    says: ['NoUsableServer', '80 HTTP with redirect'],
  },
  {
    when: 'only PASSTHROUGH',
    because: 'it routes by SNI and needs tls routes',
    servers: [{ ...HTTPS, tls: { mode: 'PASSTHROUGH' } }],
    says: ['NoUsableServer', '443 HTTPS PASSTHROUGH'],
  },
  {
    when: 'HTTPS without mode',
    because: 'the first value of the enum is PASSTHROUGH',
    servers: [{ ...HTTPS, tls: {} }],
    says: ['NoUsableServer', ''],
  },
  {
    when: 'TLS with SIMPLE',
    because: 'it is TCP behind the termination',
    servers: [{ ...HTTPS, protocol: 'TLS' }],
    says: ['NoUsableServer', '443 TLS SIMPLE'],
  },
  { when: 'none', because: 'an empty Gateway listens nowhere', servers: [], says: ['NoUsableServer', 'servers: none'] },
  {
    when: 'servers: null',
    because: 'no reason to fall over',
    gateway: { servers: null },
    says: ['NoUsableServer', 'servers: none'],
  },
  {
    when: 'MUTUAL',
    because: 'clients need a certificate, and should be told',
    servers: [{ ...HTTPS, tls: { mode: 'MUTUAL' } }],
    ...AT_IP,
    says: ['Assigned', 'requires a client certificate'],
  },
  {
    when: 'HTTPS on another port, by target port',
    because: "the server's number is what pods listen on if no Service port has it",
    servers: [{ ...HTTPS, number: 8443 }],
    services: [anIngress({ ports: [{ name: 'https', port: 9443, targetPort: 8443 }] })],
    url: 'https://203.0.113.7:9443/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'HTTPS on another port, by Service port',
    because: 'a port of the Service wins over a target port',
    servers: [{ ...HTTPS, number: 8443 }],
    services: [
      anIngress({
        ports: [
          { port: 8443, targetPort: 443 },
          { port: 1, targetPort: 8443 },
        ],
      }),
    ],
    url: 'https://203.0.113.7:8443/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'two HTTPS ports',
    because: '443 needs no suffix',
    servers: [{ ...HTTPS, number: 442 }, HTTPS],
    services: [anIngress({ ports: [{ port: 442 }, { port: 443 }] })],
    ...AT_IP,
  },
  {
    when: 'GRPC',
    because: 'HTTP in disguise',
    servers: [{ ...HTTP, protocol: 'grpc' }],
    url: 'http://203.0.113.7/shop',
    ip: '203.0.113.7',
  },
]

const HOSTS: readonly Row[] = [
  {
    when: 'server for one host',
    because: 'by IP address it answers 404',
    servers: [NARROW],
    url: 'https://api.example.com/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'server for one host, no load balancer',
    because: 'the name is known; who resolves it is not ours to know',
    servers: [NARROW],
    services: [anIngress({ ingress: [] })],
    url: 'https://api.example.com/shop',
  },
  {
    when: 'two servers on one port with different hosts',
    because: 'the first that URLs can name',
    servers: [{ ...HTTPS, hosts: ['*.example.com'] }, NARROW],
    url: 'https://api.example.com/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'wildcard hosts only',
    because: 'no URL can name *.example.com',
    servers: [{ ...HTTPS, hosts: ['*.example.com'] }],
    says: ['HostnameRequired', '*.example.com'],
  },
  {
    when: 'wildcard hosts and spec.hostname',
    because: 'it names one of them',
    servers: [{ ...HTTPS, hosts: ['*.example.com'] }],
    spec: { hostname: 'shop.example.com' },
    url: 'https://shop.example.com/shop',
    ip: '203.0.113.7',
  },
  {
    when: 'spec.hostname that the Gateway refuses',
    because: 'its URL would answer 404',
    servers: [NARROW],
    spec: { hostname: 'shop.example.org' },
    url: 'https://api.example.com/shop',
    ip: '203.0.113.7',
    says: ['NotAllowedByGateway', 'admits host shop.example.org'],
  },
  {
    when: 'server for another namespace',
    because: 'the route does not bind: a silent 404',
    servers: [{ ...HTTPS, hosts: ['canvas/*'] }],
    says: ['NotAllowedByGateway', 'admits namespace components'],
  },
  {
    when: "server for the Gateway's own namespace",
    because: './ is canvas, the API is elsewhere',
    servers: [{ ...HTTPS, hosts: ['./*'] }],
    says: ['NotAllowedByGateway', 'hosts: ./*'],
  },
  {
    when: 'server for our namespace under one host',
    because: 'both parts count',
    servers: [{ ...HTTPS, hosts: ['components/api.example.com', '*/open.example.com'] }],
    url: 'https://api.example.com/shop',
    ip: '203.0.113.7',
  },
]

describe('servers', () => {
  it.each(SERVERS)('$when: $because', check)
})

describe('hosts', () => {
  it.each(HOSTS)('$when: $because', check)
})
