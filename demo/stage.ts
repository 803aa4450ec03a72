/**
 * Where the demo plays: on a control plane of its own, or in a namespace of a given cluster.
 *
 * The two differ in what runs behind the Services. The test bed has no kubelet, so the demo says itself which Pods are
 * ready and the real endpointslice controller makes the slices. In a given cluster it brings slices and no Pods, because it
 * has no image to run.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, RestClient } from '@exposedapi/kube'
import { auditEvents, isWrite } from '@exposedapi/testbed'
import {
  Api,
  backend,
  type Canvas,
  COMPONENT_GATEWAY,
  canvasCrds,
  type Manifest,
  namespace,
  OPERATOR_USER,
  startCanvas,
} from '@exposedapi/testbed/canvas'
import { startMesh } from '@exposedapi/testbed/mesh'
import { parse, parseAllDocuments } from 'yaml'
import type { Narrator } from './narrator.ts'

/** What the steps of the demo stand on. */
export interface Stage extends AsyncDisposable {
  readonly api: Api
  readonly namespace: string
  /** Kubeconfig for people. */
  readonly kubeconfig: string
  /** Kubeconfig and environment of the operator. */
  readonly operator: { readonly kubeconfig: string; readonly environment: Readonly<Record<string, string>> }
  /** Makes the Pods, or endpoints, behind a Service of the example ready or not. */
  setReady(service: string, ready: boolean): Promise<void>
  /** One request through the gateway, once it knows all routes; the Pod that answered. Only where there is a mesh. */
  readonly request?: (path: string) => Promise<{ readonly status: number; readonly pod: string | undefined }>
  /** Writes of the operator so far, from the API server's audit log; undefined where there is none. */
  writes(): Promise<number | undefined>
}

const EXAMPLE = new URL('../examples/product-catalog/', import.meta.url)

/** The objects of one file of the example, in the namespace of the stage. */
export function example(file: string, { namespace: where }: Pick<Stage, 'namespace'>): Manifest[] {
  const documents = parseAllDocuments(readFileSync(new URL(file, EXAMPLE), 'utf8'))
  return documents.map((document) => {
    const manifest = document.toJS() as Manifest
    return { ...manifest, metadata: { ...manifest.metadata, namespace: where } }
  })
}

/** Starts a control plane with a Canvas on it. */
export async function ownStage(bundle: string, narrator: Narrator): Promise<Stage> {
  const canvas = await narrator.watch(
    'etcd, kube-apiserver and kube-controller-manager are up, CRDs and gateway are installed',
    startCanvas({ role: roleFor(bundle), audit: true, progress: (line) => narrator.say(line) }),
  )
  return canvasStage(canvas)
}

/** The same with a real istiod and a real Envoy behind the Gateway. This process must be in their network namespace. */
export async function meshStage(bundle: string, narrator: Narrator): Promise<Stage> {
  const mesh = await narrator.watch(
    'control plane, istiod, Envoy and a backend are up',
    startMesh({ role: roleFor(bundle), audit: true, progress: (line) => narrator.say(line) }),
  )
  return {
    ...canvasStage(mesh.canvas),
    async request(path) {
      await mesh.settled()
      const { status, pod } = await mesh.request(path)
      return { status, pod }
    },
    [Symbol.asyncDispose]: () => mesh[Symbol.asyncDispose](),
  }
}

function roleFor(bundle: string): Manifest {
  return parse(execFileSync(process.execPath, [bundle, 'rbac'], { encoding: 'utf8' }))
}

function canvasStage(canvas: Canvas): Stage {
  const { api, testbed } = canvas
  return {
    api,
    namespace: 'components',
    kubeconfig: testbed.kubeconfig,
    operator: {
      kubeconfig: canvas.operatorKubeconfig,
      environment: { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' },
    },
    async setReady(service, ready) {
      const selector = (await api.get('Service', 'components', service))?.spec.selector as Record<string, string>
      const pods = (await api.list('Pod', 'components')).filter(({ metadata }) => selects(selector, metadata.labels))
      for (const { metadata } of pods)
        await api.patchStatus('Pod', 'components', metadata.name, podStatus(metadata.name, ready))
    },
    async writes() {
      return (await auditEvents(testbed)).filter((event) => event.user === OPERATOR_USER && isWrite(event)).length
    },
    [Symbol.asyncDispose]: () => canvas[Symbol.asyncDispose](),
  }
}

/** Uses a given cluster: CRDs only where they are missing, everything else in a namespace that goes at the end. */
export async function givenStage(kubeconfig: string, narrator: Narrator): Promise<Stage> {
  const client = new RestClient({ connection: await connect({ kubeconfig, userAgent: 'exposedapi-demo' }) })
  const api = new Api(client)
  const where = 'exposedapi-demo'
  await narrator.watch(`the CRDs are installed and namespace ${where} exists`, prepare(api, where))
  return {
    api,
    namespace: where,
    kubeconfig,
    operator: {
      kubeconfig,
      environment: {
        COMPONENT_NAMESPACE: where,
        APIOPERATORISTIO_COMPONENTGATEWAY: `${where}/component-gateway`,
        APIOPERATORISTIO_PUBLICHOSTNAME: 'demo.example',
      },
    },
    async setReady(service, ready) {
      const port = (await api.get('Service', where, service))?.spec.ports[0]
      const [, slice] = backend(where, service, port.port, ready)
      if (slice) await api.apply({ ...slice, ports: [{ name: port.name, port: port.port, protocol: 'TCP' }] })
    },
    writes: () => Promise.resolve(undefined),
    async [Symbol.asyncDispose]() {
      await api.delete('Namespace', '', where)
      client.close()
    },
  }
}

/** Applies what runs behind the APIs. Nothing of it is ready yet. */
export async function applyBackends(stage: Stage): Promise<Manifest[]> {
  const own = stage.namespace === 'components'
  const manifests = example('backends.yaml', stage)
    .filter(({ kind }) => own || kind === 'Service')
    .map((manifest) => {
      if (manifest.kind === 'Pod') return { ...manifest, spec: { ...manifest.spec, nodeName: 'bed' } }
      if (own) return manifest
      const { selector: _, ...spec } = manifest.spec
      return { ...manifest, spec }
    })
  return stage.api.apply(...manifests)
}

async function prepare(api: Api, where: string): Promise<void> {
  for (const crd of (await canvasCrds()) as Manifest[]) {
    const { name } = crd.metadata
    if (!(await api.get('CustomResourceDefinition', '', name))) await api.apply(crd)
    await api.until('CustomResourceDefinition', '', name, isEstablished, 30_000)
  }
  await api.apply(namespace(where), {
    ...COMPONENT_GATEWAY,
    metadata: { ...COMPONENT_GATEWAY.metadata, namespace: where },
  })
}

function isEstablished(crd: Manifest | undefined): boolean {
  const conditions: { type: string; status: string }[] = crd?.status?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True')
}

function selects(selector: Readonly<Record<string, string>>, labels: unknown): boolean {
  return Object.entries(selector).every(
    ([key, value]) => (labels as Record<string, string> | undefined)?.[key] === value,
  )
}

/** What a kubelet would report. */
function podStatus(name: string, ready: boolean): object {
  const podIP = `10.244.1.${(name.length % 200) + 10}`
  const status = ready ? 'True' : 'False'
  const conditions = ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].map((type) => ({ type, status }))
  return { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions }
}
