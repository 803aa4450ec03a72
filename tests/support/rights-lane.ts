/** One operator with a role, a namespace and APIs of its own, from which rights are taken one after the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Canvas, type Manifest, namespace, OperatorProcess } from '@exposedapi/testbed/canvas'
import { TcpProxy } from '../faults/support/tcp-proxy.ts'
import { component, condition, isReady, says, served, urlOf } from './exposed-api.ts'
import { operatorBundle } from './operator.ts'
import { isOk, readyz } from './readyz.ts'
import { bindingOf, type Right, roleOf, untilAllowed } from './rights.ts'
import type { Sighting, Watched } from './watched.ts'

/** What was seen of one right. */
export interface Seen {
  /** What was taken from APIs that were settled before; empty if nothing was. */
  readonly withdrawn: readonly string[]
  /** The answer of `/readyz` without the right. */
  readonly readyz: string
  /** Reasons and messages about an API that came without the right. */
  readonly said: readonly string[]
  /** ms from the return of the right until all is well again. */
  readonly backAfterMs: number
}

/** Longer than the time for which a lost address is held, and for which a lost endpoint is waited for. */
const WITHOUT_MS = 2500
const ENVIRONMENT = { ADDRESS_HOLD_MS: '1000', READINESS_DEBOUNCE_MS: '200' }
const SETTLED = ['plain', 'metrics'] as const
const LIST = 'coreAPIs'

/** A lane of its own for an operator. */
export class RightsLane implements AsyncDisposable {
  readonly #canvas: Canvas
  readonly #world: Watched
  readonly #rights: readonly Right[]
  readonly #proxy: TcpProxy
  readonly #kubeconfig: string
  /** Of namespace, role and account. */
  readonly #name: string
  #owner: object = {}
  #operator: OperatorProcess | undefined
  #late = 0

  private constructor(
    canvas: Canvas,
    world: Watched,
    rights: readonly Right[],
    proxy: TcpProxy,
    name: string,
    kubeconfig: string,
  ) {
    this.#canvas = canvas
    this.#world = world
    this.#rights = rights
    this.#proxy = proxy
    this.#name = name
    this.#kubeconfig = kubeconfig
  }

  /** Sets it up: two settled APIs of one Component, one of which is scraped. */
  static async open(canvas: Canvas, world: Watched, rights: readonly Right[], name: string): Promise<RightsLane> {
    const proxy = await TcpProxy.start(canvas.testbed.server)
    await canvas.api.apply(namespace(name))
    const kubeconfig = await proxy.kubeconfig(await canvas.testbed.serviceAccount(name, name))
    const lane = new RightsLane(canvas, world, rights, proxy, name, kubeconfig)
    await canvas.api.apply(roleOf(name, rights), bindingOf(name, name, name))
    lane.#owner = await component(canvas.api, name)
    await lane.#create('plain')
    await lane.#create('metrics', { apiType: 'prometheus' })
    return lane
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#operator?.kill()
    await this.#proxy[Symbol.asyncDispose]()
  }

  /** Starts the operator without the right, and gives it back later. */
  async atStart(right: Right): Promise<Seen> {
    await this.#settle(right)
    await this.#operator?.stop()
    return this.#without(right, async () => {
      await this.#start(right)
      await readyz(this.#process, (answer) => isOk(answer) || answer.text.includes('no permission'))
    })
  }

  /** Takes the right from the running operator, and ends its watches, as the API server does every few minutes. */
  async whileRunning(right: Right): Promise<Seen> {
    await this.#settle(right)
    const begun = this.#log.length
    return this.#without(right, async () => {
      this.#proxy.set('refuse')
      this.#proxy.set('open')
      if (!isWatched(right)) return
      await this.#process.logged((line) => {
        return this.#log.indexOf(line) >= begun && line.msg.startsWith('no permission')
      })
    })
  }

  get #process(): OperatorProcess {
    if (!this.#operator) throw new Error('no operator was started')
    return this.#operator
  }

  get #log() {
    return this.#process.log
  }

  async #start({ resource }: Right): Promise<void> {
    this.#operator = await OperatorProcess.start({
      bundle: await operatorBundle(),
      kubeconfig: this.#kubeconfig,
      standalone: resource !== 'leases',
      environment: {
        ...ENVIRONMENT,
        COMPONENT_NAMESPACE: this.#name,
        APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway',
        LEASE_NAMESPACE: this.#name,
      },
    })
  }

  /** Everything is well before the right goes. */
  async #settle(right: Right): Promise<void> {
    if (!this.#operator || right.resource === 'leases') {
      await this.#operator?.stop()
      await this.#start(right)
    }
    await this.#allIsWell(SETTLED)
  }

  async #without(right: Right, begin: () => Promise<void>): Promise<Seen> {
    const { api } = this.#canvas
    const account = { namespace: this.#name, name: this.#name }
    const before = this.#world.history.length
    await api.apply(
      roleOf(
        this.#name,
        this.#rights.flatMap((one) => (one === right ? [] : [one])),
      ),
    )
    await untilAllowed(api, account, right, false)
    await begin()
    const late = `late-${++this.#late}`
    await this.#create(late)
    // Nothing can be awaited: that nothing is taken away needs time in which it could be.
    await sleep(WITHOUT_MS)
    const { status, text } = await readyz(this.#process, () => true)
    const said = this.#saidOf(late)
    await api.apply(roleOf(this.#name, this.#rights))
    await untilAllowed(api, account, right, true)
    const granted = performance.now()
    await this.#allIsWell([...SETTLED, late])
    const backAfterMs = Math.round(performance.now() - granted)
    return { withdrawn: this.#withdrawnSince(before), readyz: `${status} ${text.trim()}`, said, backAfterMs }
  }

  /** An API of the Component, as the Component operator makes it. */
  async #create(name: string, spec: object = {}): Promise<void> {
    const { api } = this.#canvas
    const made = await api.apply(...served(this.#name, name, spec, this.#owner))
    const uid = made.at(-1)?.metadata.uid
    const shop = await api.get('Component', this.#name, 'shop')
    const entries: readonly object[] = shop?.status?.[LIST] ?? []
    await api.patch('Component', this.#name, 'shop', { status: { [LIST]: [...entries, { uid, name, ready: false }] } })
  }

  #saidOf(name: string): readonly string[] {
    const exposed = this.#world.get('ExposedAPI', this.#name, name)
    const types = ['Accepted', 'RouteProgrammed', 'AddressAssigned', 'ImplementationReady', 'MetricsConfigured']
    const told = types.flatMap((type) => {
      const { status, reason } = condition(exposed, type) ?? { status: 'True', reason: '' }
      return status === 'True' && reason !== 'NotReadable' ? [] : [`${type} ${status} ${reason}`]
    })
    return exposed?.status?.conditions ? told : ['nothing yet']
  }

  async #allIsWell(names: readonly string[]): Promise<void> {
    await this.#world.until(
      () => this.#wrong(names).length === 0,
      60_000,
      () => this.#wrong(names),
    )
    await readyz(this.#process, isOk)
  }

  #wrong(names: readonly string[]): readonly string[] {
    return names.flatMap((name) => {
      const exposed = this.#world.get('ExposedAPI', this.#name, name)
      const uid = exposed?.metadata.uid
      const isScraped = name !== 'metrics' || says('MetricsConfigured', 'True', 'Configured')(exposed)
      return [
        ...(isReady(exposed) && this.#saidOf(name).length === 0 ? [] : [`${name} is not ready`]),
        ...(isScraped ? [] : [`${name} is not scraped`]),
        ...(this.#world.get('VirtualService', this.#name, name) ? [] : [`${name} has no route`]),
        ...(this.#entries().some((entry) => entry.uid === uid && entry.ready && entry.url)
          ? []
          : [`${name} has no entry`]),
      ]
    })
  }

  #entries(shop = this.#world.get('Component', this.#name, 'shop')): { uid: string; url?: string; ready?: boolean }[] {
    return shop?.status?.[LIST] ?? []
  }

  #withdrawnSince(before: number): readonly string[] {
    const seen = this.#world.history.slice(before).filter(({ object }) => object.metadata.namespace === this.#name)
    return [...new Set(seen.flatMap((sighting) => this.#lossesIn(sighting)))]
  }

  #lossesIn({ kind, type, object }: Sighting): readonly string[] {
    const { name } = object.metadata
    if (kind === 'Component') return this.#entryLosses(object)
    if (!SETTLED.some((settled) => settled === name)) return []
    if (type === 'DELETED') return [`${kind} ${name} deleted`]
    if (kind !== 'ExposedAPI') return []
    const isPublished = urlOf(object) === `https://203.0.113.7/${this.#name}/${name}`
    return [
      ...(isPublished ? [] : [`url of ${name}`]),
      ...(object.status?.implementation?.ready ? [] : [`ready of ${name}`]),
    ]
  }

  #entryLosses(shop: Manifest): readonly string[] {
    return SETTLED.flatMap((name) => {
      const uid = this.#world.get('ExposedAPI', this.#name, name)?.metadata.uid
      const entry = this.#entries(shop).find((one) => one.uid === uid)
      return entry?.ready && entry.url ? [] : [`Component entry of ${name}`]
    })
  }
}

/** Does the operator watch it? Then the loss is noticed without anything to write. */
function isWatched({ resource, verbs }: Right): boolean {
  return verbs.includes('list') && resource !== 'leases'
}
