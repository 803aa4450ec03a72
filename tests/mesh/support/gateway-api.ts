/** What tests of the Gateway API stand on: Gateways that istiod programs into the Envoy of the mesh, and an operator that writes HTTPRoutes. */
import type { Manifest, OperatorProcess } from '@exposedapi/testbed/canvas'
import { GATEWAY_ADDRESS } from '@exposedapi/testbed/mesh'
import { afterAll, beforeAll } from 'vitest'
import { operatorRole } from '../../support/operator.ts'
import { type MeshStage, meshStage } from './mesh-stage.ts'

const GROUP = 'gateway.networking.k8s.io/v1'

/** The kind Gateway of the Gateway API, as the test bed calls it: Istio has one of the same name. */
export const GATEWAY_KIND = 'Gateway.gateway.networking.k8s.io'

/** Of the Envoy's Service: elsewhere istiod does not find it. */
export const GATEWAY_NAMESPACE = 'istio-ingress'

/** The Gateway of most tests. */
export const GATEWAY_NAME = 'gw'

/** Makes the operator write HTTPRoutes on that Gateway. */
export const GATEWAY_API = { GATEWAY: 'gateway-api', GATEWAYAPI_GATEWAY: `${GATEWAY_NAMESPACE}/${GATEWAY_NAME}` }

/** One entry of `listeners`. */
export interface Listener {
  readonly name: string
  readonly port: number
  readonly hostname?: string
  readonly allowedRoutes?: object
}

/** Port 80 for the routes of all namespaces. */
export const HTTP: Listener = { name: 'http', port: 80, allowedRoutes: { namespaces: { from: 'All' } } }

/** A Gateway on the Envoy that is there (a manual deployment, in Istio's words). */
export function kubernetesGateway(
  name: string,
  listeners: readonly Listener[],
  namespace = GATEWAY_NAMESPACE,
): Manifest {
  return {
    apiVersion: GROUP,
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: {
      gatewayClassName: 'istio',
      addresses: [{ type: 'Hostname', value: 'istio-ingress.istio-ingress.svc.cluster.local' }],
      listeners: listeners.map((listener) => ({ protocol: 'HTTP', ...listener })),
    },
  }
}

/** An HTTPRoute on the Gateway of most tests, which leads nowhere unless told otherwise: istiod answers 500. */
export function httpRoute(namespace: string, name: string, path: object, rule: object = {}): Manifest {
  const parentRefs = [{ namespace: GATEWAY_NAMESPACE, name: GATEWAY_NAME }]
  const spec = { parentRefs, rules: [{ matches: [{ path }], ...rule }] }
  return { apiVersion: GROUP, kind: 'HTTPRoute', metadata: { namespace, name }, spec }
}

/** The endpoint of the Envoy's Service. Envoy is no Pod, and without it istiod assigns no address to a Gateway. */
const ENDPOINT: Manifest = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'istio-ingress-envoy',
    namespace: GATEWAY_NAMESPACE,
    labels: { 'kubernetes.io/service-name': 'istio-ingress' },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: [GATEWAY_ADDRESS], conditions: { ready: true } }],
  ports: [
    { name: 'http2', port: 80, protocol: 'TCP' },
    { name: 'https', port: 443, protocol: 'TCP' },
  ],
}

/** Registers the hooks of a file: the Gateway, and the right to write HTTPRoutes. Operators are started by the tests. */
export function gatewayApiStage(name: string): MeshStage {
  const stage = meshStage(name, { withoutOperator: true })
  beforeAll(async () => {
    await allow(stage)
    await stage.api.apply(ENDPOINT, kubernetesGateway(GATEWAY_NAME, [HTTP]))
    await stage.api.until(GATEWAY_KIND, GATEWAY_NAMESPACE, GATEWAY_NAME, isProgrammed)
  })
  afterAll(async () => {
    await stage.api.delete(GATEWAY_KIND, GATEWAY_NAMESPACE, GATEWAY_NAME)
    await stage.api.delete('EndpointSlice', GATEWAY_NAMESPACE, ENDPOINT.metadata.name)
  })
  return stage
}

/** An operator that writes HTTPRoutes. */
export function gatewayApiOperator(
  stage: MeshStage,
  environment: Readonly<Record<string, string>> = {},
): Promise<OperatorProcess> {
  return stage.operator({ ...GATEWAY_API, ...environment })
}

/** Has istiod programmed the Gateway? */
export function isProgrammed(gateway: Manifest | undefined): boolean {
  const conditions: { type: string; status: string }[] = gateway?.status?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Programmed' && status === 'True')
}

/** The mesh gives operators the rights that VirtualServices need. */
async function allow({ api }: MeshStage): Promise<void> {
  const role = await operatorRole(GATEWAY_API)
  const name = `${role.metadata.name}-gateway-api`
  const kind = 'ClusterRoleBinding'
  const given = (await api.list(kind)).find(({ roleRef }) => roleRef.name === role.metadata.name)
  await api.apply(
    { ...role, metadata: { name } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: given?.subjects,
    },
  )
}
