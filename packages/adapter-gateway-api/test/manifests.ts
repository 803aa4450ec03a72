/** Objects of the Gateway API, as users write them and controllers report on them. */
import type { KubeObject } from '@exposedapi/core'

const GROUP = 'gateway.networking.k8s.io'

/** A manifest as somebody would write it: metadata that the API server adds may be left out. */
export interface Manifest extends KubeObject {
  readonly [key: string]: unknown
}
/** The controller of class `istio`. */
export const CONTROLLER = 'istio.io/gateway-controller'

/** A condition without its time. */
export function condition(type: string, status = 'True', reason = type, message = '') {
  return { type, status, reason, message }
}

/** What a test may say about a listener. */
export interface ListenerWords {
  readonly name: string
  readonly port: number
  readonly protocol?: string
  readonly hostname?: string
  readonly tls?: object
  readonly allowedRoutes?: object
}

export const HTTP: ListenerWords = { name: 'http', port: 80 }
export const HTTPS: ListenerWords = { name: 'https', port: 443, protocol: 'HTTPS', tls: { mode: 'Terminate' } }

/** The Gateway `canvas/gw` of class `istio` at 203.0.113.7, programmed; its listeners take routes of all namespaces. */
export function aGateway(
  listeners: readonly ListenerWords[],
  status: Readonly<Record<string, unknown>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'canvas' },
    spec: {
      gatewayClassName: 'istio',
      listeners: listeners.map((listener) => ({
        protocol: 'HTTP',
        allowedRoutes: { namespaces: { from: 'All' } },
        ...listener,
      })),
      ...spec,
    },
    status: {
      addresses: [{ type: 'IPAddress', value: '203.0.113.7' }],
      conditions: [condition('Accepted'), condition('Programmed')],
      ...status,
    },
  }
}

/** The GatewayClass `istio`, whose controller lists no features. */
export function aClass(features?: readonly string[], controllerName: string = CONTROLLER): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'GatewayClass',
    metadata: { name: 'istio' },
    spec: { controllerName },
    ...(features && { status: { supportedFeatures: features.map((name) => ({ name })) } }),
  }
}

/** The definition of HTTPRoute, as far as it says which filters there are. */
export function aSchema(filters: readonly string[] = ['ResponseHeaderModifier', 'CORS']): Manifest {
  const spec = within(['rules', '[]', 'filters', '[]', 'type'], { enum: filters })
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `httproutes.${GROUP}` },
    spec: {
      group: GROUP,
      versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: { properties: { spec } } } }],
    },
  }
}

function within(path: readonly string[], schema: object): object {
  return path.reduceRight<object>(
    (inner, key) => (key === '[]' ? { items: inner } : { properties: { [key]: inner } }),
    schema,
  )
}

/** An HTTPRoute of somebody else on `canvas/gw`, accepted. */
export function aForeignRoute(
  name: string,
  matches: readonly object[],
  spec: object = {},
  metadata: object = {},
): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'HTTPRoute',
    metadata: { name, namespace: 'legacy', ...metadata },
    spec: { parentRefs: [{ namespace: 'canvas', name: 'gw' }], rules: [{ matches }], ...spec },
    status: {
      parents: [
        {
          parentRef: { namespace: 'canvas', name: 'gw' },
          controllerName: CONTROLLER,
          conditions: [condition('Accepted')],
        },
      ],
    },
  }
}
