/** A stage in a cluster that the user has named: in a namespace that goes at the end. */
import { connect, RestClient } from '@exposedapi/kube'
import { Api, backend, COMPONENT_GATEWAY, canvasCrds, type Manifest, namespace } from '@exposedapi/testbed/canvas'
import type { Narrator } from './narrator.ts'
import { example, type Stage } from './stage.ts'

const NAMESPACE = 'exposedapi-demo'

const ENVIRONMENT = {
  COMPONENT_NAMESPACE: NAMESPACE,
  APIOPERATORISTIO_COMPONENTGATEWAY: `${NAMESPACE}/component-gateway`,
  APIOPERATORISTIO_PUBLICHOSTNAME: 'demo.example',
} as const

/** Uses a given cluster: CRDs only where they are missing, everything else in a namespace that goes at the end. */
export async function givenStage(kubeconfig: string, narrator: Narrator): Promise<Stage> {
  const client = new RestClient({ connection: await connect({ kubeconfig, userAgent: 'exposedapi-demo' }) })
  const api = new Api(client)
  const preparation = {
    doing: `installing the CRDs that are missing and creating namespace ${NAMESPACE}`,
    done: `the CRDs are installed and namespace ${NAMESPACE} exists`,
  }
  await narrator.watch(preparation, () => prepare(api))
  return {
    api,
    namespace: NAMESPACE,
    kubeconfig,
    operator: { kubeconfig, environment: ENVIRONMENT },
    applyBackends: () => api.apply(...servicesWithoutPods()),
    setReady: (service, ready) => setEndpointReady(api, service, ready),
    writes: () => Promise.resolve(undefined),
    async [Symbol.asyncDispose]() {
      await api.delete('Namespace', '', NAMESPACE)
      client.close()
    },
  }
}

async function prepare(api: Api): Promise<void> {
  for (const crd of (await canvasCrds()) as Manifest[]) {
    const { name } = crd.metadata
    if (!(await api.get('CustomResourceDefinition', '', name))) await api.apply(crd)
    await api.until('CustomResourceDefinition', '', name, isEstablished, 30_000)
  }
  const gateway = { ...COMPONENT_GATEWAY, metadata: { ...COMPONENT_GATEWAY.metadata, namespace: NAMESPACE } }
  await api.apply(namespace(NAMESPACE), gateway)
}

function isEstablished(crd: Manifest | undefined): boolean {
  const conditions: { type: string; status: string }[] = crd?.status?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True')
}

/** With a selector, a controller would make slices of its own, without an endpoint. */
function servicesWithoutPods(): Manifest[] {
  const services = example('backends.yaml', NAMESPACE).filter(({ kind }) => kind === 'Service')
  return services.map((service) => {
    const { selector: _, ...spec } = service.spec
    return { ...service, spec }
  })
}

async function setEndpointReady(api: Api, service: string, ready: boolean): Promise<void> {
  const port = (await api.get('Service', NAMESPACE, service))?.spec.ports[0]
  const [, slice] = backend(NAMESPACE, service, port.port, ready)
  if (slice) await api.apply({ ...slice, ports: [{ name: port.name, port: port.port, protocol: 'TCP' }] })
}
