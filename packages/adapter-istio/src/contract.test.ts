import { type MemoryView, SERVICE } from '@exposedapi/core'
import { aService, gatewayContract } from '@exposedapi/core/testing'
import { istio } from './index.ts'
import { GATEWAY } from './kinds.ts'

const labels = { istio: 'ingressgateway' }

/** The ingress of the Canvas: one HTTPS server for any host, behind a load balancer with an address. */
function world(view: MemoryView): void {
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
  const metadata = { name: 'component-gateway', namespace: 'canvas', uid: 'uid-gateway' }
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
  make: () => istio.create(istio.options.parse({ gateway: 'canvas/component-gateway' })),
  world,
  supports: { nestedPaths: true, policies: ['cors'] },
})
