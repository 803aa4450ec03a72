/** A stage on a control plane of the demo's own, with a mesh or without. */
import { execFileSync } from 'node:child_process'
import { auditEvents, isWrite, type Testbed } from '@exposedapi/testbed'
import {
  type Api,
  type Canvas,
  type CanvasOptions,
  type Manifest,
  NODE,
  OPERATOR_USER,
  startCanvas,
} from '@exposedapi/testbed/canvas'
import { startMesh } from '@exposedapi/testbed/mesh'
import { parse } from 'yaml'
import type { Narrator } from './narrator.ts'
import { example, type Stage } from './stage.ts'

const NAMESPACE = 'components'

/** Starts a control plane with a Canvas on it. */
export async function ownStage(bundle: string, narrator: Narrator): Promise<Stage> {
  const start = {
    doing: 'starting etcd, kube-apiserver and kube-controller-manager',
    done: 'etcd, kube-apiserver and kube-controller-manager are up, with the CRDs and a Gateway',
  }
  return canvasStage(await narrator.watch(start, () => startCanvas(canvasOptions(bundle, narrator))))
}

/** The same with a real istiod and a real Envoy behind the Gateway. This process must be in their network namespace. */
export async function meshStage(bundle: string, narrator: Narrator): Promise<Stage> {
  const start = {
    doing: 'starting the control plane, istiod, Envoy and a backend',
    done: 'the control plane, istiod, Envoy and a backend are up',
  }
  const mesh = await narrator.watch(start, () => startMesh(canvasOptions(bundle, narrator)))
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

function canvasOptions(bundle: string, narrator: Narrator): CanvasOptions {
  const role: Manifest = parse(execFileSync(process.execPath, [bundle, 'rbac'], { encoding: 'utf8' }))
  return { role, audit: true, progress: narrator.watch }
}

function canvasStage(canvas: Canvas): Stage {
  const { api, testbed } = canvas
  return {
    api,
    namespace: NAMESPACE,
    kubeconfig: testbed.kubeconfig,
    operator: {
      kubeconfig: canvas.operatorKubeconfig,
      environment: { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' },
    },
    applyBackends: () => api.apply(...example('backends.yaml', NAMESPACE).map(onNode)),
    setReady: (service, ready) => setPodsReady(api, service, ready),
    writes: () => operatorWrites(testbed),
    [Symbol.asyncDispose]: () => canvas[Symbol.asyncDispose](),
  }
}

async function operatorWrites(testbed: Testbed): Promise<number> {
  return (await auditEvents(testbed)).filter((event) => event.user === OPERATOR_USER && isWrite(event)).length
}

/** There is no scheduler either. */
function onNode(manifest: Manifest): Manifest {
  return manifest.kind === 'Pod' ? { ...manifest, spec: { ...manifest.spec, nodeName: NODE.metadata.name } } : manifest
}

async function setPodsReady(api: Api, service: string, ready: boolean): Promise<void> {
  const selector = (await api.get('Service', NAMESPACE, service))?.spec.selector as Record<string, string>
  const pods = (await api.list('Pod', NAMESPACE)).filter(({ metadata }) => selects(selector, metadata.labels))
  for (const { metadata } of pods)
    await api.patchStatus('Pod', NAMESPACE, metadata.name, podStatus(metadata.name, ready))
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
