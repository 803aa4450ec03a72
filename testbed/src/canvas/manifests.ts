/** Manifests of what a Canvas brings before the first Component: namespaces, the ingress Service and the Gateway. */
import type { Manifest } from './api.ts'

/** Address of the load balancer until a test changes it. */
export const ADDRESS = '203.0.113.7'

/** A namespace. */
export function namespace(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

/** The Service of Istio's ingress gateway, as its Helm chart makes it. */
export const INGRESS_SERVICE: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'istio-ingress',
    namespace: 'istio-ingress',
    labels: { app: 'istio-ingress', istio: 'ingressgateway' },
  },
  spec: {
    type: 'LoadBalancer',
    selector: { app: 'istio-ingress', istio: 'ingressgateway' },
    ports: [
      { name: 'http2', port: 80, targetPort: 80 },
      { name: 'https', port: 443, targetPort: 443 },
    ],
  },
}

/** The Gateway of the Canvas, as the chart of the reference operator makes it. */
export const COMPONENT_GATEWAY: Manifest = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'component-gateway', namespace: 'canvas' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'], tls: { httpsRedirect: true } },
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: ['*'],
        tls: { mode: 'SIMPLE', credentialName: 'istio-ingress-cert' },
      },
    ],
  },
}

/** A Node without a kubelet: the endpointslice controller skips Pods whose Node does not exist. */
export const NODE: Manifest = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bed' } }

/** A backend: Service, and a slice written by hand with one endpoint. Names its port `http`. */
export function backend(namespace: string, name: string, port: number, ready = true): readonly Manifest[] {
  const labels = { app: name }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { ports: [{ name: 'http', port, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready, serving: ready, terminating: false } }],
      ports: [{ name: 'http', port, protocol: 'TCP' }],
    },
  ]
}

/** An ExposedAPI of an ordinary kind; `spec` is merged over its fields. */
export function exposedApi(namespace: string, name: string, spec: object = {}, metadata: object = {}): Manifest {
  return {
    apiVersion: 'oda.tmforum.org/v1',
    kind: 'ExposedAPI',
    metadata: { name, namespace, ...metadata },
    spec: { name, apiType: 'openapi', implementation: `${name}-svc`, path: `/${name}`, port: 8080, ...spec },
  }
}
