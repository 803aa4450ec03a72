/** A Canvas full of Components, installed as the Component operator does it. */
import { type Api, backend, type Manifest } from '@exposedapi/testbed/canvas'
import { api, component, condition, isReady, routedPaths, urlOf } from './exposed-api.ts'
import type { Watched } from './watched.ts'

const LISTS = {
  coreFunction: 'coreAPIs',
  managementFunction: 'managementAPIs',
  securityFunction: 'securityAPIs',
} as const

/** One API of a fleet. */
export interface Member {
  readonly component: string
  readonly name: string
  readonly segment: keyof typeof LISTS
  readonly isMetrics: boolean
}

/** Components and their APIs, all in one namespace: seven core, two metrics and one security API each. */
export class Fleet {
  readonly namespace: string
  readonly components: readonly string[]
  readonly members: readonly Member[]

  constructor(namespace: string, components = 10) {
    this.namespace = namespace
    this.components = Array.from({ length: components }, (_, at) => `c${at}`)
    this.members = this.components.flatMap((component) => {
      return Array.from({ length: 10 }, (_, at): Member => {
        const segment = at < 7 ? 'coreFunction' : at < 9 ? 'managementFunction' : 'securityFunction'
        return { component, name: `${component}-api${at}`, segment, isMetrics: segment === 'managementFunction' }
      })
    })
  }

  /** The backends, ready. They are there before the APIs, so that the time of the operator is measured and not ours. */
  async prepare(to: Api): Promise<void> {
    await Promise.all(this.members.map(({ name }) => to.apply(...backend(this.namespace, `${name}-svc`, 8080))))
  }

  /** Components, all APIs at once, and then, once all of a Component's APIs exist, one of its lists after another. */
  async install(to: Api): Promise<void> {
    await Promise.all(this.components.map((name) => this.#installOne(to, name)))
  }

  async #installOne(to: Api, name: string): Promise<void> {
    const owner = await component(to, this.namespace, name)
    const members = this.members.filter((member) => member.component === name)
    const made = await Promise.all(members.map((member) => to.create(this.#manifest(member, owner))))
    for (const [segment, list] of Object.entries(LISTS)) {
      const entries = made.filter(({ spec }) => spec.segment === segment).map(entryOf)
      await to.patch('Component', this.namespace, name, { status: { [list]: entries } })
    }
  }

  #manifest({ name, segment, isMetrics }: Member, owner: object): Manifest {
    const apiType = isMetrics ? 'prometheus' : 'openapi'
    const developerUI = `/${this.namespace}/${name}/docs`
    return api(this.namespace, name, { apiType, segment, developerUI }, owner)
  }

  /** Members that are not yet as they must be in the end, and why. */
  wrong(world: Watched): readonly string[] {
    return this.members.flatMap((member) => {
      const why = this.#problem(member, world)
      return why === undefined ? [] : [`${member.name}: ${why}`]
    })
  }

  #problem({ name, component, segment, isMetrics }: Member, world: Watched): string | undefined {
    const exposed = world.get('ExposedAPI', this.namespace, name)
    const route = world.get('VirtualService', this.namespace, name)
    if (!exposed) return 'no ExposedAPI'
    const path: string = exposed.spec.path
    if (!routedPaths(route).includes(path)) return `not routed at ${path}`
    if (route?.spec.http[0].route[0].destination.host !== `${name}-svc`) return 'routed elsewhere'
    const url = `https://203.0.113.7${path}`
    if (urlOf(exposed) !== url) return `url ${urlOf(exposed)}`
    if (!isReady(exposed)) return `not ready: ${condition(exposed, 'Ready')?.reason}`
    if (isMetrics && !world.get('ServiceMonitor', this.namespace, name)) return 'no ServiceMonitor'
    const lists = world.get('Component', this.namespace, component)?.status ?? {}
    const entries: Manifest['status'][] = lists[LISTS[segment]] ?? []
    const entry = entries.find(({ uid }) => uid === exposed.metadata.uid)
    const isRight =
      entry?.url === url &&
      entry.ready === true &&
      entry.developerUI === `https://203.0.113.7${exposed.spec.developerUI}`
    return isRight ? undefined : `entry ${JSON.stringify(entry)}`
  }
}

function entryOf({ metadata }: Manifest): object {
  return { name: metadata.name, uid: metadata.uid, ready: false }
}

/** The kinds in which a fleet shows. */
export const FLEET_KINDS = ['ExposedAPI', 'VirtualService', 'ServiceMonitor', 'Component'] as const
