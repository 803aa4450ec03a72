/** Objects that make a Canvas a mesh, and fake Pods. */
import { type Manifest, NODE, namespace } from '../canvas/index.ts'
import { MESH_PORTS } from './ports.ts'

/** istiod keeps its certificate authority in here. */
export const ISTIO_SYSTEM = namespace('istio-system')

/** The Gateway of the Canvas without TLS: what most tests ask needs no certificate. */
export const PLAIN_GATEWAY = gateway('canvas', 'component-gateway', '*')

/** Host of the markers. */
export const MARKER_HOST = 'marker.test'

/** A Gateway of the markers' own: on the Canvas' Gateway their host would be a conflict that the operator has to report. */
export const MARKER_GATEWAY = gateway('istio-system', 'marker', MARKER_HOST)

/**
 * A route that answers with a text, one for each client. Pushes are ordered: when Envoy knows this one, it knows all that was
 * written before.
 */
export function marker(client: string, text: string): Manifest {
  const rule = { match: [{ uri: { exact: `/${client}` } }], directResponse: { status: 200, body: { string: text } } }
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `marker-${client}`, namespace: 'istio-system' },
    spec: { hosts: [MARKER_HOST], gateways: ['istio-system/marker'], http: [rule] },
  }
}

/** A fake Pod, and where it is. */
export interface PodOptions {
  readonly namespace: string
  /** Name of the Service in front of it, which is made too. */
  readonly service: string
  /** Any of 10.244.0.0/16; the back end answers at all of them. */
  readonly address: string
  /** Default: true. */
  readonly ready?: boolean
  /** Port of the Service. Default: 8080. */
  readonly port?: number
}

/** The Service of a Pod. */
export function service({ namespace, service: name, port = MESH_PORTS.pod }: PodOptions): Manifest {
  const ports = [{ name: 'http', port, targetPort: MESH_PORTS.pod }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app: name } },
    spec: { selector: { app: name }, ports },
  }
}

/** A Pod that nobody runs. Its Node exists: the endpointslice controller skips Pods without. */
export function pod({ namespace, service: app }: PodOptions): Manifest {
  const containers = [{ name: 'main', image: 'none', ports: [{ containerPort: MESH_PORTS.pod }] }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${app}-0`, namespace, labels: { app } },
    spec: { nodeName: NODE.metadata.name, containers },
  }
}

/** Its status, as a kubelet would report it. */
export function podStatus({ address, ready = true }: PodOptions): object {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
  return { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions }
}

function gateway(where: string, name: string, host: string): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: where },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] }],
    },
  }
}
