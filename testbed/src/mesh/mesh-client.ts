/** What can be done with a mesh that runs, from any process inside of its namespace. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect, RestClient } from '@exposedapi/kube'
import { Api } from '../canvas/index.ts'
import { until } from '../control-plane/until.ts'
import { logFile } from '../processes/layout.ts'
import { type GatewayAnswer, type GatewayRequest, gatewayRequest, open } from './gateway-request.ts'
import { MARKER_HOST, marker, type PodOptions, pod, podStatus, service } from './manifests.ts'
import { MESH_PORTS } from './ports.ts'
import { type MeshPart, order, type PartControl } from './remote-control.ts'

/** Where a mesh is; plain data, to hand to other processes. */
export interface MeshAddress {
  /** May do everything. */
  readonly kubeconfig: string
  /** May do what the operator's role says. */
  readonly operatorKubeconfig: string
  /** Logs. */
  readonly directory: string
}

/** A client of one mesh. */
export class MeshClient implements Disposable, PartControl {
  readonly address: MeshAddress
  /** As administrator. */
  readonly api: Api
  readonly #id = randomUUID()
  #settling: Promise<void> = Promise.resolve()

  constructor(address: MeshAddress, api: Api) {
    this.address = address
    this.api = api
  }

  /** A client of a mesh that another process has started. */
  static async connect(address: MeshAddress): Promise<MeshClient> {
    const connection = await connect({ kubeconfig: address.kubeconfig, userAgent: 'mesh' })
    return new MeshClient(address, new Api(new RestClient({ connection })))
  }

  /** Makes or changes a Service with one fake Pod; the real controller makes its EndpointSlice. */
  async pod(options: PodOptions): Promise<void> {
    const fake = pod(options)
    await this.api.apply(service(options), fake)
    await this.api.patchStatus('Pod', options.namespace, fake.metadata.name, podStatus(options))
  }

  /** One request through the gateway, on a connection of its own. */
  request(path: string, options?: GatewayRequest): Promise<GatewayAnswer> {
    return gatewayRequest(path, options)
  }

  /** The same for streams: resolves with the headers. Destroy what you opened. */
  open(path: string, options?: GatewayRequest): Promise<IncomingMessage> {
    return open(path, options)
  }

  /** Resolves when Envoy has every route that was written before. It is a push itself, so it refills rate limits. */
  settled(): Promise<void> {
    const turn = () => this.#marked() // one after the other: a later marker replaces an earlier one
    this.#settling = this.#settling.then(turn, turn)
    return this.#settling
  }

  /** Updates that Envoy refused, by its own statistics and istiod's; {} is good. */
  async rejected(): Promise<Record<string, number>> {
    const stats = await local(MESH_PORTS.envoyAdmin, '/stats?filter=update_rejected')
    const metrics = await this.istiodMetrics()
    const counted = [
      ...stats.matchAll(/^(\S+): (\d+)$/gm),
      ...metrics.matchAll(/^(pilot_(?:total_xds_rejects|xds_\w+_reject)(?:\{.*\})?) (\d+)$/gm),
    ]
    const counts = counted.map(([, name = '', count]) => [name, Number(count)] as const)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }

  /** istiod's own metrics, as Prometheus reads them. */
  istiodMetrics(): Promise<string> {
    return local(MESH_PORTS.istiodMetrics, '/metrics')
  }

  /** Starts a part that was stopped and waits until it serves. */
  start(part: MeshPart): Promise<void> {
    return order(this.address.directory, 'start', part)
  }

  /** Ends a part and waits until its process is gone. */
  stop(part: MeshPart): Promise<void> {
    return order(this.address.directory, 'stop', part)
  }

  /** Ends a part, starts it again and waits until it serves. */
  async restart(part: MeshPart): Promise<void> {
    await this.stop(part)
    await this.start(part)
    await this.settled()
  }

  /** Envoy's output: a line for each request, with flags that say why the gateway answered by itself. */
  accessLog(): Promise<string> {
    return readFile(logFile(this.address.directory, 'envoy'), 'utf8')
  }

  [Symbol.dispose](): void {
    this.api.client.close()
  }

  async #marked(): Promise<void> {
    const text = randomUUID()
    await this.api.apply(marker(this.#id, text))
    const seen = async () => (await gatewayRequest(`/${this.#id}`, { host: MARKER_HOST })).text === text
    await until('Envoy to have the latest routes', () => seen().catch(() => false)) // while it restarts, nobody listens
  }
}

async function local(port: number, path: string): Promise<string> {
  return (await gatewayRequest(path, { to: { address: '127.0.0.1', port } })).text
}
