/** What the tests of one file stand on: the mesh of all files, and an operator of their own. */
import { exposedApi, type Manifest, namespace, OperatorProcess } from '@exposedapi/testbed/canvas'
import { type GatewayAnswer, type GatewayRequest, MeshClient } from '@exposedapi/testbed/mesh'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { condition } from '../../support/exposed-api.ts'
import { operatorBundle } from '../../support/operator.ts'
import { inParallel } from './in-parallel.ts'

/** Namespaces of the tests. */
const SERVED = 'm-*'

/** A namespace of one test, which is the first segment of its paths too: all tests share the gateway's table of routes. */
export interface Place {
  readonly namespace: string
  /** A path of this place. */
  at(path: string): string
  /** An API at a path of this place, and a ready Pod that answers for it; resolves when Envoy routes to it. */
  expose(name: string, path: string, spec?: object): Promise<void>
  /** Who answers for paths of this place: the name of an API, or the status if it was the gateway itself. */
  answers(...paths: readonly string[]): Promise<Record<string, string | number>>
}

/** The mesh, for use inside of tests and hooks. */
export class MeshStage {
  readonly #pods = new Map<string, string>()
  readonly #running = new Set<OperatorProcess>()
  readonly #name: string
  #mesh: MeshClient | undefined
  #places = 0

  constructor(name: string) {
    this.#name = name
  }

  get mesh(): MeshClient {
    if (!this.#mesh) throw new Error('the mesh is there inside of tests only')
    return this.#mesh
  }

  get api(): MeshClient['api'] {
    return this.mesh.api
  }

  async connect(): Promise<void> {
    this.#mesh = await MeshClient.connect(inject('mesh'))
  }

  /** Starts an operator and resolves when its caches are in step. */
  async operator(environment: Readonly<Record<string, string>> = {}): Promise<OperatorProcess> {
    const kubeconfig = this.mesh.address.operatorKubeconfig
    const options = { bundle: await operatorBundle(), kubeconfig }
    const variables = { COMPONENT_NAMESPACE: SERVED, APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' }
    const operator = await OperatorProcess.start({ ...options, environment: { ...variables, ...environment } })
    this.#running.add(operator)
    await operator.ready()
    return operator
  }

  /** A fresh namespace. */
  async place(prefix = 'm'): Promise<Place> {
    this.#places += 1
    const name = `${prefix}-${this.#name}-${this.#places}`
    await this.api.apply(namespace(name))
    const at = (path: string) => `/${name}${path}`
    return {
      namespace: name,
      at,
      expose: async (api, path, spec) => {
        await this.serve(name, api)
        await this.api.apply(exposedApi(name, api, { path: at(path), ...spec }))
        await this.routed(name, api)
      },
      answers: (...paths) => this.answers(paths.map(at), name.length + 1),
    }
  }

  /** A Service and a Pod for an API, which `who` recognises. */
  async serve(namespace: string, api: string, ready = true): Promise<void> {
    await this.mesh.pod({ namespace, service: `${api}-svc`, address: this.addressOf(namespace, api), ready })
  }

  /** Address of an API's Pod. */
  addressOf(namespace: string, api: string): string {
    const known = [...this.#pods].find(([, name]) => name === `${namespace}/${api}`)
    if (known) return known[0]
    const count = this.#pods.size + 1
    const address = `10.244.${10 + Math.floor(count / 250)}.${1 + (count % 250)}`
    this.#pods.set(address, `${namespace}/${api}`)
    return address
  }

  /** Resolves when an API is written as a route, Envoy has it, and it is ready unless told otherwise. */
  async routed(namespace: string, name: string, accepts: (api: Manifest) => boolean = isServed): Promise<Manifest> {
    const api = await this.api.until('ExposedAPI', namespace, name, (seen) => seen !== undefined && accepts(seen))
    await this.mesh.settled()
    return api as Manifest
  }

  /** Who answered: the name of an API without its namespace, or the status. */
  who({ pod, status }: GatewayAnswer): string | number {
    return pod === undefined ? status : (this.#pods.get(pod)?.split('/')[1] ?? pod)
  }

  /** Who answers for each path, and the paths without their first characters. */
  async answers(paths: readonly string[], cut = 0, options?: GatewayRequest): Promise<Record<string, string | number>> {
    const asked = paths.map(async (path) => [path.slice(cut), this.who(await this.mesh.request(path, options))])
    return Object.fromEntries(await Promise.all(asked))
  }

  /**
   * Asks a published URL as a client would, for whom DNS leads each host name to the gateway. An https URL must be backed by
   * the certificate (PEM).
   */
  visit(url: string | undefined, certificate?: string): Promise<GatewayAnswer> {
    const { protocol, hostname, pathname, search } = new URL(url ?? 'missing:')
    const trusting = protocol === 'https:' && certificate !== undefined ? { trusting: certificate } : {}
    return this.mesh.request(pathname + search, { host: hostname, ...trusting })
  }

  /** Ends the operators and removes their APIs: another file expects an empty table. */
  async end(): Promise<void> {
    const apis = await this.api.list('ExposedAPI')
    await inParallel(apis, ({ metadata }) => this.api.delete('ExposedAPI', metadata.namespace ?? '', metadata.name))
    for (const operator of this.#running) await operator.kill()
    this.mesh[Symbol.dispose]()
  }
}

/** Registers the hooks of a file: an operator, and after each test the check that nothing was refused. */
export function meshStage(name: string, { withoutOperator = false } = {}): MeshStage {
  const stage = new MeshStage(name)
  beforeAll(async () => {
    await stage.connect()
    if (!withoutOperator) await stage.operator()
  })
  afterEach(async () => {
    expect(await stage.mesh.rejected(), 'updates that Envoy refused').toEqual({})
  })
  afterAll(() => stage.end())
  return stage
}

/** Is the route written, and is somebody there to answer? */
export function isServed(api: Manifest): boolean {
  return ['RouteProgrammed', 'ImplementationReady'].every((type) => condition(api, type)?.status === 'True')
}
