import { SERVICE } from '@exposedapi/core'
import { adapterOf, aService, gatewayContract, type MemoryView } from '@exposedapi/core/testing'
import { istio } from './index.ts'
import { GATEWAY } from './objects/kinds.ts'

const labels = { istio: 'ingressgateway' }

/** The ingress of the Canvas: one HTTPS server for any host, behind a load balancer with an address. */
const world = (gatewayNamespace: string) => (view: MemoryView) => {
  const name = 'istio-ingress'
  const ports = [{ name: 'https', port: 443, targetPort: 443 }]
  view.add(
    SERVICE,
    aService({
      name,
      namespace: name,
      labels,
      selector: labels,
      ports,
      spec: { type: 'LoadBalancer' },
      ingress: [{ ip: '203.0.113.7' }],
    }),
  )
  const servers = [
    {
      port: { number: 443, name: 'https', protocol: 'HTTPS' },
      hosts: ['*'],
      tls: { mode: 'SIMPLE', credentialName: 'cert' },
    },
  ]
  const metadata = { name: 'component-gateway', namespace: gatewayNamespace, uid: 'uid-gateway' }
  const gateway = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata,
    spec: { selector: labels, servers },
  }
  view.add(GATEWAY, gateway)
}

gatewayContract({
  name: 'Istio',
  make: () => adapterOf(istio, { gateway: 'canvas/component-gateway' }),
  world: world('canvas'),
  supports: { nestedPaths: true, policies: ['cors'] },
})

gatewayContract({
  name: 'Istio with a Gateway in each namespace',
  make: () => adapterOf(istio, { gateway: 'component-gateway' }),
  world: world('components'),
  supports: { nestedPaths: true, policies: ['cors'] },
})
