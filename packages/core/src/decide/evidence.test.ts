/** What is said, and closed, on what a gateway says about objects: yes, no, and nothing yet. */
import type { Kind, KubeObject, View } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import type { Observation, PolicyReport, RouteRequest } from '../adapters/gateway.ts'
import type { Rendered } from '../adapters/rendered.ts'
import { MemoryView } from '../cluster/memory-view.ts'
import { exposedApi } from '../model/exposed-api.ts'
import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import type { PolicyName, PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import { aService, aSlice, rawApi } from '../testing/builders.ts'
import { asStored, CONFIG_MAP, NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import { conclude } from './conclude/conclude.ts'
import { plan } from './plan/plan.ts'
import { onlyGateway } from './rules/gateway-entry.ts'
import { rulesOf } from './rules/rules.ts'
import { DEFAULT_SETTINGS } from './rules/settings.ts'

const GUARD: Kind = { group: 'acme.example', versions: ['v1'], kind: 'Guard', plural: 'guards', project: (o) => o }
const KEY = { apiKeyVerification: { enabled: true, location: 'header:x-key' } }
const CORS = { CORS: { enabled: true } }

/** API keys by an object of their own, CORS in the route. What the product says is what a test says. */
class GuardedGateway extends NullGateway {
  override readonly kinds = [
    { kind: GUARD, use: 'own' },
    { kind: CONFIG_MAP, use: 'own' },
  ] as never
  said: Partial<Observation> = {}
  isGuardReady = true

  override verdicts(_api: unknown, policies: PolicyRequests): readonly PolicyVerdict[] {
    const names = Object.keys(policies) as PolicyName[]
    return names.map((policy) => ({ policy, state: 'Enforced', reason: 'Enforced', message: 'Done.' }))
  }

  override render(request: RouteRequest, view: View): readonly Rendered[] {
    const { meta, policies } = request.route
    const { apiKeyVerification, cors } = policies
    const route = super.render(request, view).map(
      (one): Rendered => ({
        object: { ...one.object, ...(cors && { cors }) },
        ...(cors && { routes: true, enforces: [{ policy: 'cors' }] }),
      }),
    )
    if (!apiKeyVerification) return route
    const spec = { key: apiKeyVerification.location }
    const object = { apiVersion: 'acme.example/v1', kind: 'Guard', metadata: meta, spec }
    return [{ object, enforces: [{ policy: 'apiKeyVerification' }], ready: () => this.isGuardReady }, ...route]
  }

  override observe(request: RouteRequest, view: View): Observation {
    return { ...super.observe(request, view), ...this.said }
  }
}

class Bench {
  readonly view = new MemoryView().add(SERVICE, aService()).add(ENDPOINT_SLICE, aSlice())
  readonly gateway = new GuardedGateway()
  readonly rules = rulesOf({
    gateways: [onlyGateway(this.gateway)],
    metrics: new NullMetrics(),
    settings: { ...DEFAULT_SETTINGS, unsupportedPolicy: { ...DEFAULT_SETTINGS.unsupportedPolicy, cors: 'Deny' } },
  })
  raw: KubeObject

  constructor(spec: object, status?: object) {
    this.raw = rawApi({ spec: { ...spec }, ...(status && { status: { ...status } }) })
    this.view.add(EXPOSED_API, this.raw)
  }

  plan() {
    return plan(exposedApi(this.raw), this.view, this.rules)
  }

  store(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.view.add(object.kind === 'Guard' ? GUARD : CONFIG_MAP, asStored(object))
  }

  /** What the route of this spec looks like. */
  routeOf(spec: object): KubeObject {
    const { writes } = new Bench(spec).plan()
    const route = writes.find(({ object }) => object.kind === 'ConfigMap')?.object
    if (!route) throw new Error('no route')
    return route
  }

  said(now = 0) {
    const planned = this.plan()
    const { status } = conclude(planned, this.view, this.rules, { now, grace: {}, failures: [] })
    const all = (status?.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`])
    const verdicts = (status?.policies ?? []) as readonly PolicyVerdict[]
    const policies = verdicts.map(({ policy, state, reason }) => [policy, `${state} ${reason}`])
    return { ready: status?.implementation?.ready, ...Object.fromEntries([...all, ...policies]) }
  }
}

const report = (state: PolicyReport['state']): Partial<Observation> => {
  return { policies: [{ policy: 'apiKeyVerification', state, message: `The product says ${state}.` }] }
}
const told = (reason: string) => ({
  policies: [{ policy: 'apiKeyVerification', state: 'Refused', reason, message: '' }],
})
const isClosed = ({ object }: Rendered) => !JSON.stringify(object).includes('catalog-svc')

it('a new API waits until its gateway has answered, and is not ready before', () => {
  const bench = new Bench({})
  bench.store(...bench.plan().writes.map(({ object }) => object))
  bench.gateway.said = { awaiting: true }
  expect(bench.said()).toMatchObject({ ready: false, Ready: 'Unknown RoutePending' })
})

it('what the gateway refuses is refused, though its object only looks as if it waited', () => {
  const bench = new Bench(KEY)
  bench.gateway.isGuardReady = false
  bench.gateway.said = report('Refused')
  bench.store(...bench.plan().writes.map(({ object }) => object))
  expect(bench.said()).toMatchObject({ apiKeyVerification: 'Refused ReportedByGateway' })
})

describe('an object with another content than is rendered', () => {
  it('is not written yet, where one before it holds it up', () => {
    const bench = new Bench(KEY)
    bench.gateway.isGuardReady = false
    const [guard] = bench.plan().writes
    if (guard) bench.store(guard.object)
    bench.store(bench.routeOf({ port: 8081 }))
    expect(bench.said()).toMatchObject({ RouteProgrammed: 'Unknown RoutePending' })
  })

  it('has lost fields, where nothing does', () => {
    const bench = new Bench({})
    bench.store(bench.routeOf({ port: 8081 }))
    expect(bench.said()).toMatchObject({ RouteProgrammed: 'False FieldsDropped' })
  })

  it('costs no policy while it may just not be written, although another one is refused', () => {
    const bench = new Bench({ ...KEY, ...CORS })
    bench.store(bench.routeOf({}))
    bench.view.add(GUARD, {
      apiVersion: 'acme.example/v1',
      kind: 'Guard',
      metadata: { name: 'catalog', namespace: 'components' },
    })
    const verdicts = bench.plan().because?.route?.judgement.verdicts ?? []
    expect(verdicts.map(({ policy, reason }) => `${policy} ${reason}`)).toEqual([
      'cors Enforced',
      'apiKeyVerification NotOwned',
    ])
  })
})

describe('a live route whose new protection', () => {
  const live = (reason: string) => {
    const bench = new Bench(KEY, told(reason))
    bench.gateway.isGuardReady = false
    const [guard] = new Bench(KEY).plan().writes
    if (guard) bench.store(guard.object)
    bench.store(bench.routeOf({}))
    return bench
  }

  it.each([
    { what: 'the gateway refuses', reason: 'ReportedByGateway', said: report('Refused') },
    { what: 'the gateway has never answered to', reason: 'NoAnswer', said: report('Pending') },
  ])('$what is closed first of all, and the protection stays rendered and is not claimed', ({ reason, said }) => {
    const bench = live(reason)
    bench.gateway.said = said
    const { writes } = bench.plan()
    expect(writes.map(({ object }) => object.kind)).toEqual(['ConfigMap', 'Guard'])
    expect(writes.every(isClosed)).toBe(true)
    bench.store(...writes.map(({ object }) => object))
    expect(bench.said(3000)).toMatchObject({ ready: false, RouteProgrammed: 'False Denied' })
    expect(bench.said(3000).apiKeyVerification).toMatch(/^(Refused|Pending) /)
  })

  it('the API server has stored without some of its fields is closed', () => {
    const bench = live('FieldsDropped')
    const [guard] = new Bench(KEY).plan().writes
    if (guard) bench.store({ ...guard.object, ...{ spec: {} } })
    expect(bench.plan().writes.every(isClosed)).toBe(true)
  })

  it('is in force after all is opened again', () => {
    const bench = live('ReportedByGateway')
    bench.gateway.said = report('Refused')
    bench.store(...bench.plan().writes.map(({ object }) => object))
    bench.gateway.isGuardReady = true
    bench.gateway.said = report('Enforced')
    expect(
      bench
        .plan()
        .writes.filter(isClosed)
        .map(({ object }) => object.kind),
    ).toEqual(['Guard'])
  })
})

it('a policy in the route is pending as long as the gateway has not answered to the route', () => {
  const bench = new Bench(CORS)
  bench.store(...bench.plan().writes.map(({ object }) => object))
  bench.gateway.said = { awaiting: true }
  expect(bench.said()).toMatchObject({ cors: 'Pending PolicyPending' })
  bench.gateway.said = {}
  expect(bench.said()).toMatchObject({ cors: 'Enforced Enforced' })
})
