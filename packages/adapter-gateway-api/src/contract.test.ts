import { isBelow, type KubeObject } from '@exposedapi/core'
import {
  type GatewayContract,
  gatewayContract,
  type Served,
  type ServedRequest,
  type StoredObject,
} from '@exposedapi/core/conformance'
import { adapterOf, type MemoryView } from '@exposedapi/core/testing'
import { describe, it } from 'vitest'
import { KINDS } from '../test/bench.ts'
import { aClass, aGateway, aSchema, CONTROLLER, condition, HTTPS } from '../test/manifests.ts'
import type { HttpRouteSpec, RouteRule } from './http-route.ts'
import { gatewayApi } from './index.ts'

interface Route extends KubeObject {
  readonly spec: HttpRouteSpec
}

/** What the controller of the Gateway says of an HTTPRoute, about some generation of it. */
function told(object: StoredObject, observedGeneration: number, accepted: 'True' | 'False'): KubeObject {
  const conditions = [condition('Accepted', accepted), condition('ResolvedRefs')]
  const parents = (object.spec as HttpRouteSpec).parentRefs.map((parentRef) => {
    return {
      parentRef,
      controllerName: CONTROLLER,
      conditions: conditions.map((one) => ({ ...one, observedGeneration })),
    }
  })
  return { ...object, ...{ status: { parents } } }
}

const answers: GatewayContract['answers'] = {
  yes: (object) => told(object, object.metadata.generation, 'True'),
  no: (object) => told(object, object.metadata.generation, 'False'),
  notYet: ({ status: _, ...object }) => object as KubeObject,
  oldGeneration: (object) => told(object, object.metadata.generation - 1, 'True'),
}

/** By the specification: the most specific host name, then the longest path, then a method. */
function serves(objects: readonly KubeObject[], { host, path, method, origin = '' }: ServedRequest): Served {
  const routes = objects.filter((object): object is Route => object.kind === 'HTTPRoute')
  const here = routes.filter(({ spec }) => spec.hostnames?.includes(host) ?? true)
  const found = here.flatMap((route) => {
    const rules = route.spec.rules.flatMap((rule) => rule.matches.map((match) => ({ rule, match })))
    const fitting = rules.filter(({ match }) => {
      return isCovered(path, match.path.value) && (match.method === undefined || match.method === method)
    })
    return fitting.map(({ rule, match }) => ({ route, rule, match }))
  })
  const weight = ({ match }: (typeof found)[number]) => match.path.value.length * 2 + (match.method ? 1 : 0)
  const [first] = found.toSorted((a, b) => weight(b) - weight(a))
  if (!first) return { status: 404 }
  const [backend] = first.rule.backendRefs ?? []
  if (!backend) return { status: 500 }
  const service = `${first.route.metadata.namespace}/${backend.name}`
  return { service, port: backend.port, path, allowsOrigin: isAllowed(first.rule, origin) }
}

function isCovered(path: string, prefix: string): boolean {
  return path === prefix || isBelow(path, prefix)
}

function isAllowed({ filters = [] }: RouteRule, origin: string): boolean {
  const allowed = filters.flatMap((filter) => (filter.type === 'CORS' ? filter.cors.allowOrigins : []))
  return allowed.some((one) => {
    const [scheme, domain] = one.split('://*')
    return one === origin || (domain !== undefined && origin.startsWith(`${scheme}://`) && origin.endsWith(domain))
  })
}

const common = {
  answers,
  serves,
  supports: { policies: ['cors'], denied: 500 },
  world: (view: MemoryView) => {
    for (const object of [aGateway([HTTPS]), aClass(), aSchema()]) view.add(KINDS[object.kind] as never, object)
  },
} as const
const runner = { describe, it }

gatewayContract(
  { ...common, name: 'the Gateway API', make: () => adapterOf(gatewayApi, { gateway: 'canvas/gw' }) },
  runner,
)

gatewayContract(
  {
    ...common,
    name: 'the Gateway API under a public host name',
    samples: 200,
    make: () => adapterOf(gatewayApi, { gateway: 'canvas/gw', publicHostname: 'api.example.com' }),
  },
  runner,
)
