/** A mesh on one machine: a Canvas whose Gateway is real, with istiod and Envoy behind it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CrdName, crds } from '../build/crds.ts'
import { meshPrograms } from '../build/mesh-programs.ts'
import { type Canvas, type CanvasOptions, type Manifest, setAddress, startCanvas } from '../canvas/index.ts'
import { type Answer, refused, request } from '../control-plane/request.ts'
import { until } from '../control-plane/until.ts'
import { logFile } from '../processes/layout.ts'
import type { Command } from '../processes/part.ts'
import { Supervised } from '../processes/supervised.ts'
import { bootstrap, envoy } from './envoy.ts'
import { AUTHORITY_SECRET, GATEWAY_ACCOUNT, gatewayIdentity } from './gateway-identity.ts'
import { gatewayRequest } from './gateway-request.ts'
import { istiod, MESH_CONFIG, WEBHOOK } from './istiod.ts'
import { ISTIO_SYSTEM, MARKER_GATEWAY, PLAIN_GATEWAY } from './manifests.ts'
import { MeshClient } from './mesh-client.ts'
import { GATEWAY_ADDRESS, isInside } from './namespace.ts'
import { MESH_PORTS } from './ports.ts'
import { listenForOrders, type MeshPart } from './remote-control.ts'

/** How to start a mesh. */
export interface MeshOptions extends CanvasOptions {
  /** How long istiod waits for more changes before it pushes one. Default: 10ms. Istio's own default is 100ms. */
  readonly debounce?: string
  /** Let Istio's webhook check every write. Default: true. */
  readonly webhook?: boolean
  /** Install the Gateway API, which istiod serves too. Default: false. */
  readonly gatewayApi?: boolean
}

/** All of Istio's kinds. The Canvas brings Gateway and VirtualService. */
const KINDS: readonly CrdName[] = [
  'trafficextensions.extensions.istio.io',
  'wasmplugins.extensions.istio.io',
  'destinationrules.networking.istio.io',
  'envoyfilters.networking.istio.io',
  'proxyconfigs.networking.istio.io',
  'serviceentries.networking.istio.io',
  'sidecars.networking.istio.io',
  'workloadentries.networking.istio.io',
  'workloadgroups.networking.istio.io',
  'authorizationpolicies.security.istio.io',
  'peerauthentications.security.istio.io',
  'requestauthentications.security.istio.io',
  'telemetries.telemetry.istio.io',
]

/** Those of the Gateway API that matter for HTTP. */
const GATEWAY_API: readonly CrdName[] = [
  'gatewayclasses.gateway.networking.k8s.io',
  'gateways.gateway.networking.k8s.io',
  'httproutes.gateway.networking.k8s.io',
  'referencegrants.gateway.networking.k8s.io',
]

const BOOTSTRAP_FILE = 'envoy.json'
const READY_MS = 60_000
const LOG_LINES = 40

/**
 * Starts a mesh; resolves when its gateway answers and its webhook is armed. This process must be inside of a namespace
 * (see `enter`), which can hold one mesh: the ports are fixed.
 */
export async function startMesh(options: MeshOptions = {}): Promise<Mesh> {
  if (!isInside())
    throw new Error(
      'mesh: this process is not in the network namespace of a mesh: run the tests with `npm run test:mesh`',
    )
  const programs = await meshPrograms(options.progress)
  const directory = await mkdtemp(join(tmpdir(), 'exposedapi-mesh-'))
  const canvas = await startCanvas(options)
  const meshConfig = join(directory, 'mesh.yaml') // JSON is YAML
  await writeFile(meshConfig, JSON.stringify(MESH_CONFIG))
  const mesh = new Mesh(canvas, directory, options.keep ?? false, {
    istiod: istiod(programs.istiod, canvas.testbed.kubeconfig, meshConfig, options.debounce ?? '10ms'),
    envoy: dependent(envoy(programs.envoy, join(directory, BOOTSTRAP_FILE))),
    'back-end': dependent({ file: process.execPath, args: [join(import.meta.dirname, 'back-end.ts')] }),
  })
  try {
    await mesh.begin(options)
    return mesh
  } catch (error) {
    await mesh[Symbol.asyncDispose]()
    throw error
  }
}

/** A running mesh. */
export class Mesh extends MeshClient implements AsyncDisposable {
  readonly canvas: Canvas
  readonly #commands: Readonly<Record<MeshPart, Command>>
  readonly #supervised: Supervised
  readonly #keep: boolean
  #orders: Server | undefined

  /** @internal `startMesh` makes them. */
  constructor(canvas: Canvas, directory: string, keep: boolean, commands: Readonly<Record<MeshPart, Command>>) {
    const { operatorKubeconfig, testbed, api } = canvas
    super({ kubeconfig: testbed.kubeconfig, operatorKubeconfig, directory }, api)
    this.canvas = canvas
    this.#commands = commands
    this.#supervised = new Supervised(directory, keep)
    this.#keep = keep
  }

  /** @internal */
  async begin({ webhook = true, gatewayApi = false }: MeshOptions): Promise<void> {
    const kinds = gatewayApi ? [...KINDS, ...GATEWAY_API] : KINDS
    await Promise.all([this.start('back-end'), this.canvas.testbed.install(await crds(kinds))])
    await this.api.apply(ISTIO_SYSTEM, PLAIN_GATEWAY, MARKER_GATEWAY, ...GATEWAY_ACCOUNT)
    await setAddress(this.api, [{ ip: GATEWAY_ADDRESS }])
    await this.start('istiod')
    if (webhook) await this.#arm()
    await this.#identify()
    await this.start('envoy')
    this.#orders = await listenForOrders(this.address.directory, this)
    this.#orders.unref()
    await this.settled()
  }

  override async start(part: MeshPart): Promise<void> {
    await this.#supervised.start(part, this.#commands[part])
    const [path, port] = READY[part]
    const asks = async (): Promise<boolean> => {
      const how = this.#supervised.ended(part)
      if (how !== undefined) throw new Error(`mesh: ${part} ended (${how}):\n${await this.logs(part)}`)
      const answer = gatewayRequest(path, { to: { address: '127.0.0.1', port } })
      return answer.then(({ status }) => status === 200).catch(() => false) // not listening yet
    }
    await until(`${part} to be ready`, asks, READY_MS)
  }

  override async stop(part: MeshPart, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#supervised.stop(part, signal)
  }

  /** The last lines of a part's output. */
  async logs(part: MeshPart): Promise<string> {
    const text = await readFile(logFile(this.address.directory, part), 'utf8').catch(() => '')
    return text.trimEnd().split('\n').slice(-LOG_LINES).join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#orders?.close()
    await this.#supervised.close()
    await this.canvas[Symbol.asyncDispose]()
    if (!this.#keep) await rm(this.address.directory, { recursive: true, force: true })
  }

  /** Gives Envoy what istiod knows it by. */
  async #identify(): Promise<void> {
    const { namespace, name } = AUTHORITY_SECRET
    const authority = await this.api.until('Secret', namespace, name, (found) => found !== undefined)
    const identity = await gatewayIdentity(authority as Manifest)
    await writeFile(join(this.address.directory, BOOTSTRAP_FILE), JSON.stringify(bootstrap(identity)), { mode: 0o600 })
  }

  async #arm(): Promise<void> {
    const collection = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
    const { admin } = this.canvas.testbed
    const created = await request(admin, { method: 'POST', path: collection, body: WEBHOOK })
    if (created.status !== 201) throw refused(`create ${WEBHOOK.kind} ${WEBHOOK.metadata.name}`, created)
    const path = `${collection}/${WEBHOOK.metadata.name}`
    await until('istiod to arm its webhook', async () => isArmed(await request(admin, { path })), READY_MS)
  }
}

const READY: Readonly<Record<MeshPart, readonly [path: string, port: number]>> = {
  istiod: ['/ready', MESH_PORTS.istiodHttp],
  envoy: ['/ready', MESH_PORTS.envoyAdmin],
  'back-end': ['/', MESH_PORTS.pod],
}

function isArmed({ body }: Answer): boolean {
  return (body as { webhooks?: { failurePolicy: string }[] }).webhooks?.[0]?.failurePolicy === 'Fail'
}

/** A program that knows no lifeline ends with its parent by a signal of the kernel. */
function dependent({ file, args, ...rest }: Command): Command {
  return { ...rest, file: 'setpriv', args: ['--pdeathsig', 'KILL', file, ...args] }
}
