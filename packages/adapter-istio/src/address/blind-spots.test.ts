/** What may not be read is not said to be missing, and no address goes because of it. */
import { EXPOSED_API, type Kind, SERVICE } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { bench, type CaseHead, type Manifest } from '../../test/bench.ts'
import { aGateway, anIngress, HTTP, HTTPS, REDIRECT } from '../../test/ingress.ts'
import { GATEWAY, VIRTUAL_SERVICE } from '../objects/kinds.ts'
import { NODE } from './nodes.ts'
import { POD } from './pods.ts'

const ORDINARY = { gateway: 'canvas/component-gateway' }
const AT_IP = 'https://203.0.113.7/shop'
const gateway = aGateway([REDIRECT, HTTPS])
const without = (rule: string) => `${rule} cannot be read (yet): the operator needs the right to list and watch them. `

interface Case {
  readonly cluster: readonly Manifest[]
  readonly forbidden?: readonly (readonly [Kind, ...string[]])[]
  readonly options?: CaseHead['options']
  /** URL and ip as published before. */
  readonly published?: readonly [string, string]
  readonly spec?: Readonly<Record<string, unknown>>
}

/** What becomes of one API `/shop`, which may have been published before. */
function shop({ cluster, forbidden = [], options = {}, published, spec = {} }: Case) {
  const [url, ip] = published ?? []
  const status = url ? { apiStatus: { path: '/shop', url, ip } } : {}
  const api = rawApi({ name: 'shop', spec, status }) as Manifest
  const { view, settle } = bench({ options: { ...ORDINARY, ...options } }, [api, ...cluster])
  for (const [kind, ...namespaces] of forbidden) view.forbid(kind, ...namespaces)
  const [stored] = view.all(EXPOSED_API)
  if (!stored) throw new Error('no API')
  const decision = settle(stored)
  const of = (type: string) => {
    const { status, reason, message } = decision.status?.conditions?.find((one) => one.type === type) ?? {}
    return { what: `${status} ${reason}`, message }
  }
  return { url: decision.status?.apiStatus?.url, address: of('AddressAssigned'), route: of('RouteProgrammed') }
}

describe('a Gateway that may not be read', () => {
  const forbidden = [[GATEWAY]] as const
  const seen = { cluster: [anIngress()], forbidden }

  it('is no GatewayNotFound: the address is that of the Service with the label, and it is said why', () => {
    const { url, address } = shop(seen)
    expect(url).toBe(AT_IP)
    expect(address).toEqual({
      what: 'True NotReadable',
      message: `${without('gateways.networking.istio.io in namespace canvas')}Gateway canvas/component-gateway is taken to serve https on the Service labelled istio=ingressgateway.`,
    })
  })

  it('is not there only where it may be read', () => {
    expect(shop({ cluster: [anIngress()] }).address.what).toBe('False GatewayNotFound')
    const elsewhere = shop({ cluster: [anIngress()], forbidden: [[GATEWAY, 'another']] })
    expect(elsewhere.address.what).toBe('False GatewayNotFound')
  })

  it('leaves what is published, whatever scheme and port it had told', () => {
    const published = ['http://203.0.113.7:8080/shop', '203.0.113.7'] as const
    expect(shop({ ...seen, published }).url).toBe(published[0])
  })

  it('lets the address follow the load balancer', () => {
    expect(shop({ ...seen, published: ['http://203.0.113.9/shop', '203.0.113.9'] }).url).toBe(AT_IP)
  })

  it.each([
    { cluster: [], because: 'no Service has the label' },
    { cluster: [anIngress({ ingress: [] })], because: 'the Service has no address' },
  ])('leaves what is published: $because, which proves nothing', ({ cluster }) => {
    const { url, address } = shop({ cluster, forbidden, published: [AT_IP, '203.0.113.7'] })
    expect(url).toBe(AT_IP)
    expect(address.what).toBe('Unknown NotReadable')
  })

  it('is believed as it was last seen, but for bad news', () => {
    expect(shop({ cluster: [aGateway([HTTP]), anIngress()], forbidden }).url).toBe('http://203.0.113.7/shop')
    const published = [AT_IP, '203.0.113.7'] as const
    for (const servers of [[REDIRECT], [{ ...HTTPS, hosts: ['other/*'] }]]) {
      const { url, address, route } = shop({ cluster: [aGateway(servers), anIngress()], forbidden, published })
      expect(url).toBe(AT_IP)
      expect(`${address.what} ${route.what}`).not.toContain('False')
    }
  })

  it('does not matter to the URL of the reference operator', () => {
    const { url, address } = shop({ ...seen, options: { compatUrl: true } })
    expect([url, address.what]).toEqual([AT_IP, 'True Assigned'])
  })
})

describe('Services that may not be read', () => {
  const published = [AT_IP, '203.0.113.7'] as const

  it.each([
    { options: {}, rule: 'services in all namespaces', because: 'one of them is in front of the Gateway' },
    {
      options: { gatewayService: 'istio-ingress/istio-ingress' },
      rule: 'services in namespace istio-ingress',
      because: 'it is in that namespace',
    },
    { options: { compatUrl: true }, rule: 'services in all namespaces', because: 'one of them has the label' },
  ])('leave what is published with $options: $because', ({ options, rule }) => {
    const { url, address } = shop({ cluster: [gateway], forbidden: [[SERVICE]], options, published })
    expect(url).toBe(AT_IP)
    expect(address.what).toBe('Unknown NotReadable')
    expect(address.message).toContain(without(rule))
  })

  it('matter in the namespace of the configured one only', () => {
    const options = { gatewayService: 'istio-ingress/istio-ingress' }
    const { address } = shop({ cluster: [gateway], forbidden: [[SERVICE, 'another']], options, published })
    expect(address.what).not.toContain('NotReadable')
  })

  it('are not missed where one is found', () => {
    const { url, address } = shop({ cluster: [gateway, anIngress()], forbidden: [[SERVICE, 'another']] })
    expect([url, address.what]).toEqual([AT_IP, 'True Assigned'])
  })

  it('say nothing about a Gateway without a usable server, nor about one without a host', () => {
    const forbidden = [[SERVICE]] as const
    expect(shop({ cluster: [aGateway([REDIRECT])], forbidden }).address.what).toBe('False NoUsableServer')
    const narrow = aGateway([{ ...HTTPS, hosts: ['*.example.com'] }])
    expect(shop({ cluster: [narrow], forbidden }).address.what).toBe('False HostnameRequired')
  })
})

it.each([
  { option: 'gatewayPods', kind: POD, cluster: [gateway], rule: 'pods in all namespaces' },
  { option: 'nodePorts', kind: NODE, cluster: [gateway, anIngress({ type: 'NodePort', ingress: [] })], rule: 'nodes' },
])('$option: what is published stays while $kind.plural may not be read', ({ option, kind, cluster, rule }) => {
  const published = ['https://203.0.113.7:30443/shop', '203.0.113.7'] as const
  const { url, address } = shop({ cluster, forbidden: [[kind]], options: { [option]: true }, published })
  expect([url, address.what]).toEqual([published[0], 'Unknown NotReadable'])
  expect(address.message).toContain(without(rule))
})

describe('VirtualServices that may not be read', () => {
  const foreign: Manifest = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'legacy', namespace: 'legacy', creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: { hosts: ['*'], gateways: ['canvas/component-gateway'], http: [{ match: [{ uri: { prefix: '/shop' } }] }] },
  }
  const cluster = [gateway, anIngress(), foreign]

  it('leave what is published, and it open which of two routes comes first', () => {
    expect(shop({ cluster }).route.what).toBe('True RouteConflict')
    const { url, route } = shop({ cluster, forbidden: [[VIRTUAL_SERVICE]], published: [AT_IP, '203.0.113.7'] })
    expect([url, route.what]).toEqual([AT_IP, 'Unknown NotReadable'])
    expect(route.message).not.toContain('legacy')
  })

  it('elsewhere are no reason to doubt that a Gateway is missing', () => {
    const { address } = shop({ cluster: [anIngress()], forbidden: [[VIRTUAL_SERVICE, 'another']] })
    expect(address.what).toBe('False GatewayNotFound')
  })
})

it('an exportTo is advice only while the Gateway may not be read that would tell where the pods are', () => {
  const hidden: Manifest = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: {
      name: 'shop',
      namespace: 'components',
      ownerReferences: [
        {
          apiVersion: 'oda.tmforum.org/v1',
          kind: 'ExposedAPI',
          name: 'shop',
          uid: 'uid-components-shop',
          controller: true,
        },
      ],
    },
    spec: { hosts: ['*'], gateways: ['canvas/component-gateway'], http: [], exportTo: ['.'] },
  }
  expect(shop({ cluster: [gateway, anIngress(), hidden] }).route.what).toBe('False HiddenFromGateway')
  const { route } = shop({ cluster: [anIngress(), hidden], forbidden: [[GATEWAY]] })
  expect(route.what).toBe('True HiddenFromGateway')
})
