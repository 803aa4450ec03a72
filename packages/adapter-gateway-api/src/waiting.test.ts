/** What is said while the controller owes an answer, and when it has given one. */
import { EXPOSED_API, type KubeObject } from '@exposedapi/core'
import { asStored, decide, rawApi } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { bench, KINDS } from '../test/bench.ts'
import { aClass, aGateway, aSchema, CONTROLLER, condition, HTTP, type Manifest } from '../test/manifests.ts'
import { HTTP_ROUTE } from './objects/kinds.ts'

const parentRef = { namespace: 'canvas', name: 'gw' }
const CORS = { enabled: true, allowOrigins: 'https://a.example' }
const BACKEND = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'catalog-svc', namespace: 'components' },
    spec: { ports: [{ port: 8080 }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', namespace: 'components', labels: { 'kubernetes.io/service-name': 'catalog-svc' } },
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 8080 }],
  },
] as readonly Manifest[]

/** One API over time: its status is what was said last. */
function story() {
  const { view, rules } = bench({}, [
    aGateway([HTTP]),
    aClass(),
    aSchema(),
    ...BACKEND,
    rawApi({ spec: { CORS } }) as Manifest,
  ])
  let grace = {}
  const [status, generation] = [{} as { now?: unknown }, { now: 1 }]
  const decideAt = (now: number) => {
    view.add(EXPOSED_API, rawApi({ spec: { CORS }, ...(status.now ? { status: status.now as never } : {}) }))
    const [api] = view.all(EXPOSED_API)
    if (!api) throw new Error('no API')
    const decision = decide(api, view, rules, { now, grace })
    grace = decision.grace
    if (decision.status) status.now = decision.status
    return decision
  }
  return {
    /** The route as it is rendered, with what controllers have said about it. */
    write: (...answers: readonly object[]) => {
      const [object] = decideAt(0).objects
      if (!object) throw new Error('no route')
      const { metadata, ...rest } = asStored(object)
      const stored = { ...rest, metadata: { ...metadata, generation: generation.now }, status: { parents: answers } }
      view.add(HTTP_ROUTE, stored as KubeObject)
    },
    change: () => {
      generation.now += 1
    },
    replace: (gateway: Manifest) => view.add(KINDS.Gateway as never, gateway),
    saidAt: (now: number) => {
      const decision = decideAt(now)
      const {
        conditions = [],
        implementation,
        policies,
        apiStatus,
      } = (status.now ?? {}) as NonNullable<typeof decision.status>
      const route = conditions.find(({ type }) => type === 'RouteProgrammed')
      const [cors] = policies as { state: string; reason: string }[]
      return {
        wrote: decision.status !== undefined,
        route: `${route?.status} ${route?.reason}`,
        cors: `${cors?.state} ${cors?.reason}`,
        ready: implementation?.ready,
        url: apiStatus?.url,
      }
    },
  }
}

/** An answer of the controller about a generation. */
function accepted(observedGeneration: number, controllerName: string = CONTROLLER) {
  return { parentRef, controllerName, conditions: [{ ...condition('Accepted'), observedGeneration }] }
}

const URL_OF_API = 'http://203.0.113.7/catalog'
const GOOD = { route: 'True Programmed', cors: 'Enforced Enforced', ready: true, url: URL_OF_API }

it('a new route is not ready before its controller has accepted it', () => {
  const { write, saidAt } = story()
  write()
  expect(saidAt(10)).toMatchObject({ route: 'Unknown RoutePending', cors: 'Pending PolicyPending', ready: false })
  write(accepted(1))
  expect(saidAt(20)).toEqual({ wrote: true, ...GOOD })
})

it('the answer of another controller, or about another Gateway, listener or kind, is none', () => {
  const { write, saidAt } = story()
  const others = [{ name: 'other' }, { sectionName: 'http' }, { kind: 'Service', group: '' }]
  write(
    accepted(1, 'example.com/policies'),
    ...others.map((other) => ({ ...accepted(1), parentRef: { ...parentRef, ...other } })),
  )
  expect(saidAt(10)).toMatchObject({ route: 'Unknown RoutePending', ready: false })
})

it('a controller that does not know yet has not answered', () => {
  const { write, saidAt } = story()
  write({ ...accepted(1), conditions: [condition('Accepted', 'Unknown', 'Pending')] })
  expect(saidAt(10)).toMatchObject({ ready: false })
  expect(saidAt(60_010)).toMatchObject({ route: 'False NoAnswer' })
})

it('a controller that never answers is called silent after a minute', () => {
  const { write, saidAt } = story()
  write()
  saidAt(0)
  expect(saidAt(59_999)).toMatchObject({ route: 'Unknown RoutePending' })
  expect(saidAt(60_000)).toMatchObject({ route: 'False NoAnswer', cors: 'Refused NoAnswer', ready: false })
  write(accepted(1))
  expect(saidAt(61_000)).toEqual({ wrote: true, ...GOOD })
})

it('while a change is not answered nothing is written for two seconds; then what was true stays published', () => {
  const { write, change, saidAt } = story()
  write(accepted(1))
  expect(saidAt(0)).toMatchObject(GOOD)
  change()
  write(accepted(1))
  expect(saidAt(100)).toEqual({ wrote: false, ...GOOD })
  const late = { route: 'Unknown RoutePending', cors: 'Pending UpdatePending', ready: true, url: URL_OF_API }
  expect(saidAt(2200)).toEqual({ wrote: true, ...late })
  expect(saidAt(600_000)).toMatchObject(late)
  write(accepted(2))
  expect(saidAt(600_100)).toEqual({ wrote: true, ...GOOD })
})

it('a Gateway that was changed and not answered yet withdraws nothing', () => {
  const { write, saidAt, replace } = story()
  write(accepted(1))
  expect(saidAt(0)).toMatchObject(GOOD)
  const programmed = { ...condition('Programmed'), observedGeneration: 1 }
  const gateway = aGateway([HTTP], { conditions: [programmed] })
  replace({ ...gateway, metadata: { ...gateway.metadata, ...{ generation: 2 } } })
  expect(saidAt(100)).toEqual({ wrote: false, ...GOOD })
  expect(saidAt(2200)).toMatchObject({ route: 'Unknown RoutePending', ready: true, url: URL_OF_API })
})
