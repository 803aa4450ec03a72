/** The steps of the demo. Each says what to expect, and rejects if it does not come true. */
import type { Manifest } from '@exposedapi/testbed/canvas'
import { stringify } from 'yaml'
import type { Narrator } from './narrator.ts'
import { applyBackends, example, type Stage } from './stage.ts'

const COMPONENT = 'shop-productcatalog'
const CATALOG = `${COMPONENT}-productcatalogmanagement-v4`
const METRICS = `${COMPONENT}-metrics`
const PARTYROLE = `${COMPONENT}-partyrole-v4`
const APIS = [CATALOG, METRICS, PARTYROLE]
const SEGMENTS = {
  coreFunction: 'coreAPIs',
  managementFunction: 'managementAPIs',
  securityFunction: 'securityAPIs',
} as const

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
    const { api, namespace } = this.#stage
    this.#tell.step('A Component arrives: three APIs, the Services behind them, a Pod behind each Service')
    this.#tell.expect('three ExposedAPIs with a URL and ready: true, and a Component whose entries say the same')
    const backends = await applyBackends(this.#stage)
    const [component] = await api.apply(...example('component.yaml', this.#stage))
    const owner = {
      apiVersion: 'oda.tmforum.org/v1',
      kind: 'Component',
      name: COMPONENT,
      uid: component?.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    }
    const apis = await api.apply(
      ...example('exposedapis.yaml', this.#stage).map((manifest) => ({
        ...manifest,
        metadata: { ...manifest.metadata, ownerReferences: [owner] },
      })),
    )
    // In a Canvas the Component operator makes the ExposedAPIs and these lists.
    await api.patch('Component', namespace, COMPONENT, { status: listsOf(apis) })
    this.#tell.say(
      `applied: ${[component, ...apis, ...backends].map((object) => `${object?.kind} ${object?.metadata.name}`).join(', ')}`,
    )
    for (const service of new Set(apis.map(({ spec }) => spec.implementation)))
      await this.#stage.setReady(service, true)
    await this.#tell.watch(
      'every API has a URL and is ready',
      Promise.all(APIS.map((name) => this.#until(name, isReady))),
    )
    await this.#tell.watch('the entries of the Component have url and ready: true', this.#untilComponent(3, true))
  }

  async showWhatAppeared(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('What appeared')
    const routes = (await api.list('VirtualService', namespace)).map(({ metadata }) => metadata.name)
    const monitors = (await api.list('ServiceMonitor', namespace)).map(({ metadata }) => metadata.name)
    this.#tell.say(`VirtualServices: ${routes.join(', ')}`, `ServiceMonitors: ${monitors.join(', ')}`, '')
    check(routes.length === 3 && monitors.length === 1, 'three routes and one monitor were expected')
    const route = await api.get('VirtualService', namespace, CATALOG)
    this.#show({ kind: 'VirtualService', metadata: { name: CATALOG }, spec: route?.spec })
    const monitor = await api.get('ServiceMonitor', namespace, METRICS)
    this.#show({ kind: 'ServiceMonitor', metadata: { name: METRICS }, spec: monitor?.spec })
    for (const name of APIS) await this.#showApi(name)
  }

  async sendRequests(): Promise<void> {
    const { request } = this.#stage
    if (!request) return
    const url = (await this.#read(CATALOG))?.status?.apiStatus?.url
    const path = new URL(url).pathname
    this.#tell.step('Requests through a real Envoy, which a real istiod configured')
    this.#tell.expect('the API and everything below it arrive at its Pod; a sibling that only begins alike does not')
    for (const [suffix, status] of [
      ['', 200],
      ['/productOffering?limit=1', 200],
      ['4', 404],
    ] as const) {
      const answer = await this.#tell.watch(`curl ${url}${suffix}`, request(`${path}${suffix}`))
      this.#tell.say(`  ${answer.status} ${answer.pod ? `from Pod ${answer.pod}` : 'from the gateway itself'}`)
      check(answer.status === status, `${status} was expected for ${url}${suffix}`)
    }
  }

  async flipReadiness(): Promise<void> {
    this.#tell.step('The backend of the party role API stops being ready, and comes back')
    this.#tell.expect('ready: false with the reason, also in the Component; then ready: true again')
    await this.#stage.setReady('shop-partyrole-api', false)
    await this.#tell.watch(
      'ready is false, and says why',
      this.#until(PARTYROLE, (object) => !isReady(object) && reason(object) === 'NoReadyEndpoint'),
    )
    await this.#tell.watch('the Component counts two ready APIs', this.#untilComponent(2, true))
    this.#tell.say(`Ready=False: ${condition(await this.#read(PARTYROLE), 'Ready')?.message}`)
    await this.#stage.setReady('shop-partyrole-api', true)
    await this.#tell.watch('ready is true again', this.#until(PARTYROLE, isReady))
    await this.#tell.watch('the Component counts three again', this.#untilComponent(3, true))
  }

  async repairRoute(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('Somebody edits a route by hand, somebody else deletes one')
    this.#tell.expect('both are as they were')
    const before = await api.get('VirtualService', namespace, CATALOG)
    await api.patch('VirtualService', namespace, CATALOG, { spec: { hosts: ['wrong.example'] } })
    const repaired = (object: Manifest | undefined) => JSON.stringify(object?.spec) === JSON.stringify(before?.spec)
    await this.#tell.watch('the edited route is repaired', api.until('VirtualService', namespace, CATALOG, repaired))
    await api.delete('VirtualService', namespace, METRICS)
    await this.#tell.watch(
      'the deleted route is back',
      api.until('VirtualService', namespace, METRICS, (object) => object !== undefined),
    )
  }

  async movePath(): Promise<void> {
    const { api, namespace } = this.#stage
    const path = `/${COMPONENT}/tmf-api/productCatalogManagement/v5`
    this.#tell.step(`The product catalog moves to ${path}`)
    this.#tell.expect('route, URL and Component entry follow')
    await api.patch('ExposedAPI', namespace, CATALOG, { spec: { path } })
    await this.#tell.watch(
      'the route follows',
      api.until('VirtualService', namespace, CATALOG, (object) => JSON.stringify(object?.spec).includes(`"${path}"`)),
    )
    const moved = await this.#tell.watch(
      'the URL follows',
      this.#until(CATALOG, (object) => object?.status?.apiStatus?.url?.endsWith(path)),
    )
    this.#tell.say(`URL: ${moved?.status.apiStatus.url}`)
  }

  async collide(): Promise<void> {
    const { api, namespace } = this.#stage
    // Created in one second with the other, perhaps: then the name decides, so this one must come later.
    const rival = 'shop-rival'
    this.#tell.step('A second API asks for the path of the party role API')
    this.#tell.expect(
      'the older one keeps it; the younger one is told who has it, and gets it when that one moves away',
    )
    const { path } = (await this.#read(PARTYROLE))?.spec ?? {}
    const spec = { name: rival, apiType: 'openapi', implementation: 'shop-catalog-api', path, port: 8080 }
    await api.apply({
      apiVersion: 'oda.tmforum.org/v1',
      kind: 'ExposedAPI',
      metadata: { name: rival, namespace },
      spec,
    })
    const refused = await this.#tell.watch(
      'the younger one is refused',
      this.#until(rival, (object) => reason(object) === 'PathConflict'),
    )
    this.#tell.say(`Accepted=False: ${condition(refused, 'Accepted')?.message}`)
    check((await api.get('VirtualService', namespace, rival)) === undefined, 'a refused API must have no route')
    await api.patch('ExposedAPI', namespace, PARTYROLE, { spec: { path: `${path}-old` } })
    await this.#tell.watch('the path is free, and the younger one has it', this.#until(rival, isReady))
  }

  async deleteApi(): Promise<void> {
    const { api, namespace } = this.#stage
    this.#tell.step('The metrics API is deleted')
    this.#tell.expect('its route and its monitor go with it')
    await api.delete('ExposedAPI', namespace, METRICS)
    const gone = (object: Manifest | undefined) => object === undefined
    await this.#tell.watch('the VirtualService is gone', api.until('VirtualService', namespace, METRICS, gone, 40_000))
    await this.#tell.watch('the ServiceMonitor is gone', api.until('ServiceMonitor', namespace, METRICS, gone, 40_000))
  }

  async idle(): Promise<void> {
    const before = await this.#stage.writes()
    if (before === undefined) return
    const seconds = 5
    this.#tell.step(`Nothing happens for ${seconds} seconds`)
    this.#tell.expect('the operator writes nothing: the API server keeps the count')
    await this.#tell.watch('time passes', new Promise((resolve) => setTimeout(resolve, seconds * 1000)))
    const writes = ((await this.#stage.writes()) ?? 0) - before
    this.#tell.say(`writes of the operator: ${before} in the whole demo, ${writes} in the last ${seconds} seconds`)
    check(writes === 0, `${writes} writes in a settled cluster`)
  }

  #until(name: string, holds: (object: Manifest | undefined) => unknown): Promise<Manifest | undefined> {
    return this.#stage.api.until('ExposedAPI', this.#stage.namespace, name, (object) => Boolean(holds(object)))
  }

  #untilComponent(count: number, ready: boolean): Promise<unknown> {
    return this.#stage.api.until('Component', this.#stage.namespace, COMPONENT, (component) => {
      const entries: { url?: string; ready?: boolean }[] = Object.values(SEGMENTS).flatMap(
        (list) => component?.status?.[list] ?? [],
      )
      return entries.filter((entry) => entry.url !== undefined && entry.ready === ready).length === count
    })
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
