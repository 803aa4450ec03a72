/** Objects of Istio that somebody else writes: routes beside ours, and Gateways other than that of the Canvas. */
import type { Manifest } from '@exposedapi/testbed/canvas'

/** A VirtualService on the Canvas' Gateway, for all hosts unless told otherwise. */
export function virtualService(
  namespace: string,
  name: string,
  rule: object,
  hosts: readonly string[] = ['*'],
): Manifest {
  const spec = { hosts, gateways: ['canvas/component-gateway'], http: [rule] }
  return { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name, namespace }, spec }
}

/** One entry of `servers` of a Gateway. */
export interface GatewayServer {
  readonly port: { readonly number: number; readonly name: string; readonly protocol: string }
  readonly hosts: readonly string[]
  readonly tls?: { readonly mode?: string; readonly httpsRedirect?: boolean; readonly credentialName?: string }
}

/** A Gateway in the namespace of the Canvas, served by the same Envoy. */
export function gateway(name: string, ...servers: readonly GatewayServer[]): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'canvas' },
    spec: { selector: { istio: 'ingressgateway' }, servers },
  }
}

/** Port 80 of a Gateway, for certain hosts. */
export function http(...hosts: readonly string[]): GatewayServer {
  return { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts }
}
