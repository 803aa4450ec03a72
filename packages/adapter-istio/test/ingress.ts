/** Gateways and Services of a gateway, as users write them. */
import type { Manifest } from './bench.ts'

/** What a test may say about a server. */
export interface ServerWords {
  readonly number: number
  readonly protocol?: string
  readonly hosts?: readonly string[]
  readonly tls?: { readonly mode?: string; readonly httpsRedirect?: boolean }
}

export const REDIRECT: ServerWords = { number: 80, tls: { httpsRedirect: true } }
export const HTTP: ServerWords = { number: 80 }
export const HTTPS: ServerWords = { number: 443, protocol: 'HTTPS', tls: { mode: 'SIMPLE' } }

/** The Gateway `canvas/component-gateway`; selects `istio: ingressgateway`. */
export function aGateway(servers: readonly ServerWords[], spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'component-gateway', namespace: 'canvas' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: servers.map(({ number, protocol = 'HTTP', hosts = ['*'], tls }) => ({
        port: { number, protocol, name: `port-${number}` },
        hosts,
        ...(tls && { tls }),
      })),
      ...spec,
    },
  }
}

/** What a test may say about the gateway's Service. */
export interface IngressWords {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly ingress?: readonly Readonly<Record<string, string>>[] | null
  readonly [specField: string]: unknown
}

/** The Service `istio-ingress/istio-ingress` of the Helm chart, a load balancer at 203.0.113.7, ports 80 and 443. */
export function anIngress(words: IngressWords = {}): Manifest {
  const { name = 'istio-ingress', labels = { istio: 'ingressgateway', app: 'istio-ingress' }, ...rest } = words
  const { ingress = [{ ip: '203.0.113.7' }], ...spec } = rest
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'istio-ingress', labels },
    spec: {
      type: 'LoadBalancer',
      selector: { istio: 'ingressgateway', app: 'istio-ingress' },
      ports: [
        { name: 'http2', port: 80, targetPort: 80 },
        { name: 'https', port: 443, targetPort: 443 },
      ],
      ...spec,
    },
    status: { loadBalancer: ingress === null ? {} : { ingress } },
  }
}
