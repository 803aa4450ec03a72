/** The steps of the demo. Each says what to expect, and rejects if it does not come true. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest } from '@exposedapi/testbed/canvas'
import { stringify } from 'yaml'
import type { Narrator } from './narrator.ts'
import { example, type Stage } from './stage.ts'

const COMPONENT = 'shop-productcatalog'
const CATALOG = `${COMPONENT}-productcatalogmanagement-v4`
const METRICS = `${COMPONENT}-metrics`
const PARTYROLE = `${COMPONENT}-partyrole-v4`
/** Created within the same second as the other, perhaps: then the name decides, so this one must come later. */
const RIVAL = 'shop-rival'
const APIS = [CATALOG, METRICS, PARTYROLE]
const SEGMENTS = {
  coreFunction: 'coreAPIs',
  managementFunction: 'managementAPIs',
  securityFunction: 'securityAPIs',
} as const

/** What is appended to the URL of the catalog, and the status of the answer. */
const REQUESTS = [
  ['', 200],
  ['/productOffering?limit=1', 200],
  ['4', 404],
] as const

/** An API in the status of the Component. */
interface Entry {
  readonly url?: string
  readonly ready?: boolean
}

/** Plays all steps in order. */
export async function play(stage: Stage, narrator: Narrator): Promise<void> {
  const scene = new Scene(stage, narrator)
  await scene.applyCatalog()
  await scene.showWhatAppeared()
  await scene.sendRequests()
  await scene.flipReadiness()
  await scene.repairRoute()
  await scene.movePath()
  await scene.collide()
  await scene.deleteApi()
  await scene.idle()
}

class Scene {
  readonly #stage: Stage
  readonly #tell: Narrator

  constructor(stage: Stage, narrator: Narrator) {
    this.#stage = stage
    this.#tell = narrator
  }

  async applyCatalog(): Promise<void> {
    this.#tell.step('A Component arrives: three APIs, each with a Service and a backend behind it')
    this.#tell.expect('three ExposedAPIs with a URL and ready: true, and a Component whose entries say the same')
    const backends = await this.#stage.applyBackends()
    const [component, ...apis] = await this.#applyComponent()
    const applied = [component, ...apis, ...backends].map((object) => `${object?.kind} ${object?.metadata.name}`)
    this.#tell.say(`applied: ${applied.join(', ')}`)
    for (const service of new Set(apis.map(({ spec }) => spec.implementation)))
      await this.#stage.setReady(service, true)
    await this.#tell.until('every API has a URL and is ready', () =>
      Promise.all(APIS.map((name) => this.#until(name, isReady))),
    )
    await this.#tell.until('every entry of the Component has its url and ready: true', () => this.#untilReady(3))
  }

  /** The Component, then its APIs. In a Canvas the Component operator makes the ExposedAPIs and the lists in the status. */
  async #applyComponent(): Promise<Manifest[]> {
    const { api, namespace } = this.#stage
    const [component] = await api.apply(...example('component.yaml', namespace))
    const owner = {
      apiVersion: 'oda.tmforum.org/v1',
      kind: 'Component',
      name: COMPONENT,
      uid: component?.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    }
    const manifests = example('exposedapis.yaml', namespace)
    const owned = manifests.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences: [owner] } }))
    const apis = await api.apply(...owned)
    await api.patch('Component', namespace, COMPONENT, { status: listsOf(apis) })
    return [...(component ? [component] : []), ...apis]
  }

  async showWhatAppeared(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('What the operator has created')
    const routes = (await api.list('VirtualService', namespace)).map(({ metadata }) => metadata.name)
    const monitors = (await api.list('ServiceMonitor', namespace)).map(({ metadata }) => metadata.name)
    this.#tell.say(`VirtualServices: ${routes.join(', ')}`, `ServiceMonitors: ${monitors.join(', ')}`, '')
    check(
      routes.length === 3 && monitors.length === 1,
      `expected 3 VirtualServices and 1 ServiceMonitor in namespace ${namespace}, found ${routes.length} and ${monitors.length}`,
    )
    const route = await api.get('VirtualService', namespace, CATALOG)
    this.#show({ kind: 'VirtualService', metadata: { name: CATALOG }, spec: route?.spec })
    const monitor = await api.get('ServiceMonitor', namespace, METRICS)
    this.#show({ kind: 'ServiceMonitor', metadata: { name: METRICS }, spec: monitor?.spec })
    for (const name of APIS) await this.#showApi(name)
  }

  async sendRequests(): Promise<void> {
    const { request } = this.#stage
    if (!request) return
    const url: string = (await this.#read(CATALOG))?.status?.apiStatus?.url
    this.#tell.step('Requests go through a real Envoy, configured by a real istiod')
    this.#tell.expect(
      'the path of the API and everything below it lead to its Pod; a path that merely begins alike does not',
    )
    for (const [suffix, expected] of REQUESTS) {
      const asked = { doing: `GET ${url}${suffix}`, done: `GET ${url}${suffix}` }
      const { status, pod } = await this.#tell.watch(asked, () => request(`${new URL(url).pathname}${suffix}`))
      this.#tell.say(`  ${status} ${pod ? `from the Pod at ${pod}` : 'from the gateway itself'}`)
      check(status === expected, `GET ${url}${suffix} answered ${status}, expected ${expected}`)
    }
  }

  async flipReadiness(): Promise<void> {
    this.#tell.step('The backend of the party role API stops being ready, then becomes ready again')
    this.#tell.expect('ready: false with the reason, in the Component too; then ready: true again')
    await this.#stage.setReady('shop-partyrole-api', false)
    await this.#tell.until('the API says ready: false, and why', () =>
      this.#until(PARTYROLE, (object) => !isReady(object) && reason(object) === 'NoReadyEndpoint'),
    )
    await this.#tell.until('the Component has two ready APIs', () => this.#untilReady(2))
    this.#tell.say(`Ready=False: ${condition(await this.#read(PARTYROLE), 'Ready')?.message}`)
    await this.#stage.setReady('shop-partyrole-api', true)
    await this.#tell.until('the API says ready: true again', () => this.#until(PARTYROLE, isReady))
    await this.#tell.until('the Component has three ready APIs again', () => this.#untilReady(3))
  }

  async repairRoute(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('Somebody edits a route by hand, and somebody else deletes another')
    this.#tell.expect('the operator restores both')
    const before = await api.get('VirtualService', namespace, CATALOG)
    await api.patch('VirtualService', namespace, CATALOG, { spec: { hosts: ['wrong.example'] } })
    const repaired = (object: Manifest | undefined) => JSON.stringify(object?.spec) === JSON.stringify(before?.spec)
    await this.#tell.until('the edited route is as it was', () => this.#untilRoute(CATALOG, repaired))
    await api.delete('VirtualService', namespace, METRICS)
    await this.#tell.until('the deleted route is back', () => this.#untilRoute(METRICS, (route) => route !== undefined))
  }

  async movePath(): Promise<void> {
    const { api, namespace } = this.#stage
    const path = `/${COMPONENT}/tmf-api/productCatalogManagement/v5`
    this.#tell.step(`The product catalog API moves to ${path}`)
    this.#tell.expect('the route, the URL and the entry of the Component follow')
    await api.patch('ExposedAPI', namespace, CATALOG, { spec: { path } })
    await this.#tell.until('the route has the new path', () =>
      this.#untilRoute(CATALOG, (route) => JSON.stringify(route?.spec).includes(`"${path}"`)),
    )
    const moved = await this.#tell.until('the URL has the new path', () =>
      this.#until(CATALOG, (object) => object?.status?.apiStatus?.url?.endsWith(path)),
    )
    await this.#tell.until('the entry of the Component has the new URL', () =>
      this.#untilEntries((entries) => entries.some(({ url }) => url?.endsWith(path))),
    )
    this.#tell.say(`URL: ${moved?.status.apiStatus.url}`)
  }

  async collide(): Promise<void> {
    const { api, namespace } = this.#stage
    const { path } = (await this.#read(PARTYROLE))?.spec ?? {}
    this.#tell.step('A second API claims the path of the party role API')
    this.#tell.expect(
      'the older API keeps it; the younger one is told who has it, and gets it when the older one moves away',
    )
    await api.apply(rivalAt(path, namespace))
    const refused = await this.#tell.until('the younger API is refused', () =>
      this.#until(RIVAL, (object) => reason(object) === 'PathConflict'),
    )
    this.#tell.say(`Accepted=False: ${condition(refused, 'Accepted')?.message}`)
    const route = await api.get('VirtualService', namespace, RIVAL)
    check(route === undefined, `VirtualService ${namespace}/${RIVAL} exists, although its API was refused`)
    await api.patch('ExposedAPI', namespace, PARTYROLE, { spec: { path: `${path}-old` } })
    await this.#tell.until('the path is free and the younger API has it', () => this.#until(RIVAL, isReady))
  }

  async deleteApi(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('The metrics API is deleted')
    this.#tell.expect('its VirtualService and its ServiceMonitor go with it')
    await api.delete('ExposedAPI', namespace, METRICS)
    const gone = (object: Manifest | undefined) => object === undefined
    for (const kind of ['VirtualService', 'ServiceMonitor'])
      await this.#tell.until(`the ${kind} is gone`, () => api.until(kind, namespace, METRICS, gone, 40_000))
  }

  async idle(): Promise<void> {
    const before = await this.#stage.writes()
    if (before === undefined) return
    const seconds = 5
    this.#tell.step(`Nothing happens for ${seconds} seconds`)
    this.#tell.expect('the operator writes nothing, according to the audit log of the API server')
    const quiet = { doing: `leaving the cluster alone for ${seconds} seconds`, done: `${seconds} seconds have passed` }
    await this.#tell.watch(quiet, () => sleep(seconds * 1000))
    const writes = ((await this.#stage.writes()) ?? 0) - before
    this.#tell.say(`writes by the operator: ${before} in the whole demo, ${writes} in the last ${seconds} seconds`)
    check(writes === 0, `the operator made ${writes} writes although nothing had changed`)
  }

  #until(name: string, holds: (object: Manifest | undefined) => unknown): Promise<Manifest | undefined> {
    return this.#stage.api.until('ExposedAPI', this.#stage.namespace, name, (object) => Boolean(holds(object)))
  }

  #untilRoute(name: string, holds: (route: Manifest | undefined) => boolean): Promise<Manifest | undefined> {
    return this.#stage.api.until('VirtualService', this.#stage.namespace, name, holds)
  }

  #untilReady(count: number): Promise<unknown> {
    return this.#untilEntries(
      (entries) => entries.filter(({ url, ready }) => url !== undefined && ready).length === count,
    )
  }

  #untilEntries(holds: (entries: readonly Entry[]) => boolean): Promise<unknown> {
    return this.#stage.api.until('Component', this.#stage.namespace, COMPONENT, (component) =>
      holds(Object.values(SEGMENTS).flatMap((list) => component?.status?.[list] ?? [])),
    )
  }

  #read(name: string): Promise<Manifest | undefined> {
    return this.#stage.api.get('ExposedAPI', this.#stage.namespace, name)
  }

  async #showApi(name: string): Promise<void> {
    const object = await this.#read(name)
    const conditions: { type: string; status: string; message: string }[] = object?.status?.conditions ?? []
    this.#tell.say('', name, `  url: ${object?.status?.apiStatus?.url}`)
    for (const { type, status, message } of conditions) this.#tell.say(`  ${type}=${status}: ${message}`)
  }

  #show(object: object): void {
    this.#tell.say(...stringify(object, { lineWidth: 100 }).trimEnd().split('\n'), '')
  }
}

function rivalAt(path: string, namespace: string): Manifest {
  const metadata = { name: RIVAL, namespace }
  const spec = { name: RIVAL, apiType: 'openapi', implementation: 'shop-catalog-api', path, port: 8080 }
  return { apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', metadata, spec }
}

function listsOf(apis: readonly Manifest[]): object {
  const lists = Object.entries(SEGMENTS).map(([segment, list]) => {
    const entries = apis
      .filter(({ spec }) => spec.segment === segment)
      .map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid, ready: false }))
    return [list, entries]
  })
  return Object.fromEntries(lists)
}

function isReady(object: Manifest | undefined): boolean {
  return object?.status?.implementation?.ready === true && typeof object.status.apiStatus?.url === 'string'
}

function reason(object: Manifest | undefined): string | undefined {
  return condition(object, 'Ready')?.reason
}

function condition(object: Manifest | undefined, type: string): { reason: string; message: string } | undefined {
  return object?.status?.conditions?.find((candidate: { type: string }) => candidate.type === type)
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem)
}
