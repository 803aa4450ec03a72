/** A Canvas on a test bed: CRDs, gateway, namespaces, and an operator that runs with no more rights than it declares. */
import { readFile } from 'node:fs/promises'
import { connect, RestClient } from '@exposedapi/kube'
import { parse } from 'yaml'
import { crds } from '../build/crds.ts'
import { startTestbed, type Testbed, type TestbedOptions } from '../control-plane/testbed.ts'
import { Api, type Manifest } from './api.ts'
import { ADDRESS, COMPONENT_GATEWAY, INGRESS_SERVICE, NODE, namespace } from './manifests.ts'

const EXPOSED_API_CRD = new URL('../../../packages/core/crds/exposedapis.yaml', import.meta.url)

/** Name and namespace of the operator's service account. */
const OPERATOR = { namespace: 'exposedapi-system', name: 'exposedapi-operator' } as const

/** User name of the operator in the audit log. */
export const OPERATOR_USER = `system:serviceaccount:${OPERATOR.namespace}:${OPERATOR.name}`

/** How to start a Canvas. */
export interface CanvasOptions extends Omit<TestbedOptions, 'crds'> {
  /** The operator's ClusterRole; see `exposedapi rbac`. Without one it may do nothing. */
  readonly role?: Manifest
  /** Leave the CRD of ServiceMonitors out. Default false. */
  readonly withoutServiceMonitors?: boolean
  /** CRD of ExposedAPI instead of our own. */
  readonly exposedApiCrd?: object
  /** CRD of Component instead of the test bed's. */
  readonly componentCrd?: object
}

/** A running Canvas. */
export interface Canvas extends AsyncDisposable {
  readonly testbed: Testbed
  /** As administrator. */
  readonly api: Api
  /** Kubeconfig of the operator's service account. */
  readonly operatorKubeconfig: string
}

/** CRDs that a Canvas with Istio has, and the Prometheus operator's. */
export async function canvasCrds(options: CanvasOptions = {}): Promise<object[]> {
  const own = options.exposedApiCrd ?? parse(await readFile(EXPOSED_API_CRD, 'utf8'))
  const component = options.componentCrd ?? (await crds(['components.oda.tmforum.org']))[0]
  const istio = await crds(['virtualservices.networking.istio.io', 'gateways.networking.istio.io'])
  const monitors = options.withoutServiceMonitors ? [] : await crds(['servicemonitors.monitoring.coreos.com'])
  return [own, component, ...istio, ...monitors]
}

/** Starts a control plane and puts a Canvas on it: everything but Components and an operator. */
export async function startCanvas(options: CanvasOptions = {}): Promise<Canvas> {
  const testbed = await startTestbed({ ...options, crds: await canvasCrds(options) })
  const connection = await connect({ kubeconfig: testbed.kubeconfig, userAgent: 'testbed' })
  const client = new RestClient({ connection })
  const api = new Api(client)
  await furnish(api)
  const operatorKubeconfig = await testbed.serviceAccount(OPERATOR.namespace, OPERATOR.name)
  if (options.role) await bind(api, options.role)
  return {
    testbed,
    api,
    operatorKubeconfig,
    async [Symbol.asyncDispose]() {
      client.close()
      await testbed[Symbol.asyncDispose]()
    },
  }
}

/** Namespaces, Node, ingress Service with an address, Gateway. */
export async function furnish(api: Api): Promise<void> {
  await api.apply(...['canvas', 'components', 'istio-ingress'].map(namespace), NODE)
  await api.apply(INGRESS_SERVICE, COMPONENT_GATEWAY)
  await setAddress(api, [{ ip: ADDRESS }])
}

/** What the load balancer reports: a list of addresses, as cloud providers write it. */
export async function setAddress(api: Api, ingress: readonly { ip?: string; hostname?: string }[]): Promise<void> {
  const { name, namespace: where = '' } = INGRESS_SERVICE.metadata
  await api.patchStatus('Service', where, name, { loadBalancer: { ingress } })
}

async function bind(api: Api, role: Manifest): Promise<void> {
  const subject = { kind: 'ServiceAccount', ...OPERATOR }
  await api.apply(role, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: role.metadata.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name },
    subjects: [subject],
  })
}
