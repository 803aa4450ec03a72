import type { Kind, KubeObject } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import type { AppliedAnnotations, RenderedMetrics } from '../adapters/metrics.ts'
import { MemoryView } from '../cluster/memory-view.ts'
import type { Finding } from '../findings/finding.ts'
import { childMeta } from '../model/child-meta.ts'
import { exposedApi } from '../model/exposed-api.ts'
import { byController, COMPONENT, ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import type { PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import { type ApiWords, aService, aSlice, rawApi } from '../testing/builders.ts'
import { type Decision, decide } from '../testing/decide-once.ts'
import { asStored, CONFIG_MAP, NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import type { ConclusionInput } from './conclude/conclusion-input.ts'
import { statusPatch } from './conclude/status.ts'
import { release } from './plan/annotations.ts'
import { onlyGateway } from './rules/gateway-entry.ts'
import { type Rules, rulesOf } from './rules/rules.ts'

const MONITOR: Kind = {
  group: 'acme.example',
  versions: ['v1'],
  kind: 'Monitor',
  plural: 'monitors',
  project: (o) => o,
}
const POD: Kind = { group: '', versions: ['v1'], kind: 'Pod', plural: 'pods', project: (o) => o }
const METRICS = { apiType: 'prometheus' }

/** One API in a small cluster, and the loop around its decisions. */
class Bench {
  readonly view = new MemoryView().add(SERVICE, aService()).add(ENDPOINT_SLICE, aSlice())
  gateway = new NullGateway()
  rules: Rules
  grace: ConclusionInput['grace'] = {}
  raw: KubeObject

  constructor(words: ApiWords = {}, rules: Partial<Rules> = {}) {
    this.rules = rulesOf({ gateways: [onlyGateway(this.gateway)], metrics: new NullMetrics(), ...rules })
    this.raw = rawApi(words)
    this.view.add(EXPOSED_API, this.raw)
  }

  decide(now = 0, failures: ConclusionInput['failures'] = []): Decision {
    const decision = decide(exposedApi(this.raw), this.view, this.rules, { now, grace: this.grace, failures })
    this.grace = decision.grace
    return decision
  }

  /** Writes what the decision says. */
  write({ objects, obsolete, status }: Decision): void {
    for (const object of obsolete) this.view.remove(CONFIG_MAP, object.metadata.namespace ?? '', object.metadata.name)
    for (const object of objects) this.view.add(object.kind === 'Monitor' ? MONITOR : CONFIG_MAP, asStored(object))
    if (status) this.change({ status })
  }

  /** Decide, write, decide again, write: the loop of the controller. */
  settle(now = 0): Decision {
    const { objects, obsolete } = this.decide(now)
    this.write({ objects, obsolete, annotate: [], grace: {} })
    const second = this.decide(now)
    this.write(second)
    return second
  }

  change(part: object): void {
    this.raw = JSON.parse(JSON.stringify({ ...this.raw, ...part }))
    this.view.add(EXPOSED_API, this.raw)
  }

  respec(spec: object): void {
    this.change({ spec: { ...(this.raw as { spec?: object }).spec, ...spec } })
  }

  get patch() {
    const { status } = this.decide()
    return status && statusPatch(exposedApi(this.raw), status)
  }
}

const told = ({ status }: Decision, type = 'Ready') => {
  const condition = status?.conditions?.find((candidate) => candidate.type === type)
  return condition && `${condition.status} ${condition.reason}`
}

describe('the two passes', () => {
  it('first give the objects, then, once they are stored, uid and ready', () => {
    const bench = new Bench()
    const first = bench.decide()
    expect(first.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['ConfigMap catalog'])
    expect(told(first)).toBe('Unknown RoutePending')
    expect(first.status).toMatchObject({
      apiStatus: { url: 'https://null.example/catalog' },
      implementation: { ready: false },
    })
    expect(first.status?.apiStatus).not.toHaveProperty('uid')

    bench.write({ ...first, status: {} })
    const second = bench.decide()
    expect(told(second)).toBe('True Ready')
    expect(second.status).toMatchObject({
      apiStatus: { uid: 'uid-ConfigMap-catalog' },
      implementation: { ready: true },
    })
  })

  it('then settle: the same objects, nothing to delete, no patch of the status, nothing due', () => {
    const bench = new Bench()
    const { objects } = bench.settle()
    const again = bench.decide(1_000_000)
    expect(again.objects).toEqual(objects)
    expect([again.obsolete, again.annotate, again.recheckAfterMs]).toEqual([[], [], undefined])
    expect(bench.patch).toBeUndefined()
  })

  it('do not trust a status that somebody pre-filled', () => {
    const bench = new Bench({
      status: { implementation: { ready: true }, apiStatus: { url: 'x' }, conditions: [null, 7] },
    })
    expect(bench.decide().status).toMatchObject({ implementation: { ready: false } })
  })
})

describe('an invalid spec', () => {
  it('keeps the last good route and its url, is not ready, and says what to correct', () => {
    const bench = new Bench()
    bench.settle()
    bench.respec({ port: 0 })
    const decision = bench.decide()
    expect([decision.objects, decision.obsolete]).toEqual([[], []])
    expect(told(decision)).toBe('False InvalidPort')
    expect(decision.status).toMatchObject({ apiStatus: { url: 'https://null.example/catalog', port: 8080 } })
    expect(decision.status?.implementation).toEqual({ ready: false })
  })

  it('says of no condition that it is fine: nothing was looked at', () => {
    const bench = new Bench({ spec: { path: 'x', CORS: { enabled: true }, ...METRICS } })
    const types = ['RouteProgrammed', 'AddressAssigned', 'ImplementationReady', 'PoliciesEnforced', 'MetricsConfigured']
    expect(types.map((type) => told(bench.decide(), type))).toEqual(types.map(() => 'False NotRouted'))
  })

  it('settles', () => {
    const bench = new Bench({ spec: { path: 'x' } })
    bench.settle()
    expect(bench.patch).toBeUndefined()
  })
})

describe('a path of another API', () => {
  const older = rawApi({
    name: 'older',
    spec: { path: '/catalog', implementation: 'other' },
    metadata: { creationTimestamp: '2020-01-01T00:00:00Z' },
  })

  it('is not routed: the own route goes, the url too, and the winner is named', () => {
    const bench = new Bench()
    bench.settle()
    bench.view.add(EXPOSED_API, older)
    const decision = bench.decide()
    expect(decision.objects).toEqual([])
    expect(decision.obsolete.map(({ metadata }) => metadata.name)).toEqual(['catalog'])
    expect(told(decision)).toBe('False PathConflict')
    expect(decision.status?.conditions?.[0]?.message).toContain('components/older')
    expect(decision.status?.apiStatus).not.toHaveProperty('url')
    expect(decision.status?.implementation).toEqual({ ready: false })
  })

  it('is not scraped either, and says so', () => {
    const bench = new Bench({ spec: METRICS })
    bench.view.add(EXPOSED_API, older)
    expect(told(bench.decide(), 'MetricsConfigured')).toBe('False NotRouted')
  })

  it('is routed as soon as the winner goes', () => {
    const bench = new Bench()
    bench.view.add(EXPOSED_API, older)
    bench.settle()
    bench.view.remove(EXPOSED_API, 'components', 'older')
    expect(told(bench.settle())).toBe('True Ready')
  })
})

describe('hands off', () => {
  it('an external API: no object, no status', () => {
    const bench = new Bench({
      spec: { implementation: '<external>', path: '/', port: 80 },
      status: { apiStatus: { url: 'u' } },
    })
    expect(bench.decide()).toEqual({ objects: [], obsolete: [], annotate: [], grace: {} })
  })

  it('an API that became external loses the route that it had before', () => {
    const bench = new Bench()
    bench.settle()
    bench.respec({ implementation: '<external>' })
    const { objects, obsolete, status } = bench.decide()
    expect(obsolete.map(({ metadata }) => metadata.name)).toEqual(['catalog'])
    expect([objects, status]).toEqual([[], undefined])
  })

  it('a terminating API: its objects are left to the garbage collector', () => {
    const bench = new Bench()
    bench.settle()
    bench.change({ metadata: { ...bench.raw.metadata, deletionTimestamp: '2026-02-01T00:00:00Z' } })
    expect(bench.decide()).toEqual({ objects: [], obsolete: [], annotate: [], grace: {} })
  })
})

describe('objects that are not ours', () => {
  it.each([
    { owner: undefined, want: 'False NotOwned' },
    {
      owner: {
        apiVersion: 'oda.tmforum.org/v1',
        kind: 'ExposedAPI',
        name: 'catalog',
        uid: 'earlier',
        controller: true,
      },
      want: 'Unknown LeftoverOfEarlierApi',
    },
  ])('$want: nothing is written, deleted or published', ({ owner, want }) => {
    const bench = new Bench()
    const metadata = {
      name: 'catalog',
      namespace: 'components',
      uid: 'foreign',
      ...(owner && { ownerReferences: [owner] }),
    }
    bench.view.add(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
    const decision = bench.decide()
    expect([decision.objects, decision.obsolete]).toEqual([[], []])
    expect(told(decision, 'Accepted')).toBe(want)
    expect(told(decision, 'AddressAssigned')).toBe('False NotRouted')
    expect(decision.status?.apiStatus).toEqual({
      name: 'catalog',
      path: '/catalog',
      port: 8080,
      implementation: 'catalog-svc',
    })
  })
})

describe('a refused write', () => {
  it('of the route is WriteRejected with the words of the API server', () => {
    const bench = new Bench()
    const [object] = bench.decide().objects
    const decision = bench.decide(0, object ? [{ object, message: 'admission webhook denied' }] : [])
    expect(told(decision)).toBe('False WriteRejected')
    expect(decision.status?.conditions?.[0]?.message).toBe('ConfigMap components/catalog: admission webhook denied')
    expect(decision.status?.implementation).toEqual({ ready: false })
  })
})

describe('a denied route', () => {
  it('answers 503: not ready, but its url is published', () => {
    const bench = new Bench({ spec: { apiKeyVerification: { enabled: true } } })
    const decision = bench.settle()
    expect(told(decision)).toBe('False Denied')
    expect(decision.status).toMatchObject({
      apiStatus: { url: 'https://null.example/catalog' },
      implementation: { ready: false },
    })
    expect(decision.status?.policies).toEqual([
      expect.objectContaining({ policy: 'apiKeyVerification', state: 'Unsupported' }),
    ])
    expect(JSON.stringify(decision.objects)).not.toContain('catalog-svc')
    expect(bench.patch).toBeUndefined()
  })

  it('is denied for the API above it, too', () => {
    const bench = new Bench({ spec: { path: '/a' } })
    bench.view.add(EXPOSED_API, rawApi({ name: 'b', spec: { path: '/a/b', apiKeyVerification: { enabled: true } } }))
    let seen: unknown
    Object.assign(bench.gateway, {
      render: (request: Parameters<NullGateway['render']>[0]) => {
        seen = request.nested.map(({ paths, denied }) => ({ paths, denied }))
        return []
      },
    })
    bench.decide()
    expect(seen).toEqual([{ paths: ['/a/b'], denied: 'policy apiKeyVerification cannot be enforced' }])
  })
})

describe('the root', () => {
  it('is spared the nested routes where the gateway puts it last by itself', () => {
    const enforced: PolicyVerdict = { policy: 'cors', state: 'Enforced', reason: 'Enforced', message: '' }
    const nestedOf = (spec: object) => {
      const bench = new Bench({ spec: { path: '/', ...spec } })
      const putsRootLast = ({ cors }: PolicyRequests) => cors?.preflight.enabled !== false
      const render = (...args: Parameters<NullGateway['render']>) =>
        new NullGateway()
          .render(...args)
          .map((rendered) => ({ ...rendered, routes: true, enforces: [{ policy: 'cors' }] }))
      Object.assign(bench.gateway, { verdicts: () => [enforced], putsRootLast, render })
      bench.view.add(EXPOSED_API, rawApi({ name: 'b', spec: { path: '/b' } }))
      return bench.decide().objects.map((object) => (object.data as { nested: string }).nested)
    }
    const CORS = { enabled: true, handlePreflightRequests: { enabled: false } }
    expect([nestedOf({}), nestedOf({ CORS: { enabled: true } }), nestedOf({ CORS })]).toEqual([[''], [''], ['/b']])
  })
})

describe('nested routes', () => {
  it.each([
    { precedence: 'written-order', nested: '/catalog/b' },
    { precedence: 'longest-path', nested: '' },
  ] as const)('are given to a gateway of precedence $precedence: "$nested"', ({ precedence, nested }) => {
    const bench = new Bench()
    Object.assign(bench.gateway, { precedence })
    bench.view.add(EXPOSED_API, rawApi({ name: 'b', spec: { path: '/catalog/b' } }))
    expect(bench.decide().objects.map((object) => (object.data as { nested: string }).nested)).toEqual([nested])
  })
})

describe('readiness', () => {
  it('that was published is withdrawn once the debounce is over, and once only', () => {
    const bench = new Bench()
    bench.settle()
    bench.view.add(ENDPOINT_SLICE, aSlice({ ready: [false] }))
    const waiting = bench.decide(10_000)
    expect([waiting.status?.implementation, waiting.recheckAfterMs]).toEqual([{ ready: true }, 1000])
    const over = bench.decide(11_000)
    expect([over.status?.implementation, over.recheckAfterMs]).toEqual([{ ready: false }, undefined])
    expect(told(over)).toBe('False NoReadyEndpoint')
  })
})

describe('advice', () => {
  it('is shown, and nothing is worse for it', () => {
    const bench = new Bench({ spec: { pth: 1 }, metadata: { labels: { 'oda.tmforum.org/componentName': 'shop' } } })
    const decision = bench.settle()
    const accepted = decision.status?.conditions?.find(({ type }) => type === 'Accepted')
    expect(accepted).toMatchObject({ status: 'True', reason: 'UnknownFields' })
    expect(accepted?.message).toContain('spec.pth')
    expect(accepted?.message).toContain('Component components/shop')
    expect(told(decision)).toBe('True Ready')
  })

  it('names only the first of many unknown fields', () => {
    const spec = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`f${at}${'x'.repeat(100)}`, 1]))
    const accepted = new Bench({ spec }).decide().status?.conditions?.find(({ type }) => type === 'Accepted')
    expect(accepted?.message).toContain(' and more')
    expect(accepted?.message.length).toBeLessThan(1_000)
  })

  it('about a missing Component goes when there is one', () => {
    const bench = new Bench({ metadata: { labels: { 'oda.tmforum.org/componentName': 'shop' } } })
    bench.view.add(COMPONENT, {
      apiVersion: 'oda.tmforum.org/v1',
      kind: 'Component',
      metadata: { name: 'shop', namespace: 'components' },
    })
    expect(told(bench.decide(), 'Accepted')).toBe('True Accepted')
  })
})

describe('metrics', () => {
  const adapter = (
    rendered: (bench: Bench) => Partial<RenderedMetrics>,
    findings: readonly Finding[] = [],
    bench = new Bench({ spec: METRICS }),
  ) => {
    const metrics = Object.assign(new NullMetrics(), {
      kinds: [{ kind: MONITOR, use: 'own' }],
      render: (): RenderedMetrics => ({ objects: [], annotations: [], ...rendered(bench) }),
      observe: () => ({ findings }),
    })
    bench.rules = { ...bench.rules, metrics }
    return bench
  }
  const monitor = (bench: Bench) => {
    return { apiVersion: 'acme.example/v1', kind: 'Monitor', metadata: childMeta(exposedApi(bench.raw)) }
  }

  it('findings never block the route', () => {
    const finding = { condition: 'MetricsConfigured', status: 'False', reason: 'CrdMissing', message: 'm' } as const
    const decision = adapter(() => ({}), [finding]).settle()
    expect(told(decision)).toBe('True Ready')
    expect(told(decision, 'MetricsConfigured')).toBe('False CrdMissing')
  })

  it('objects are written after those of the route, and a clash over them is no clash over the route', () => {
    const bench = adapter((self) => ({ objects: [{ object: monitor(self) }] }))
    expect(bench.decide().objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Monitor'])
    expect(told(bench.decide(), 'MetricsConfigured')).toBe('Unknown RoutePending')
    bench.view.add(MONITOR, { ...monitor(bench), metadata: { name: 'catalog', namespace: 'components' } })
    const decision = bench.settle()
    expect(decision.objects.map(({ kind }) => kind)).toEqual(['ConfigMap'])
    expect(told(decision, 'MetricsConfigured')).toBe('False NotOwned')
    expect(told(decision)).toBe('True Ready')
  })

  it('objects go when the API is no metrics API any more', () => {
    const bench = adapter((self) => ({ objects: [{ object: monitor(self) }] }))
    bench.settle()
    bench.respec({ apiType: 'openapi' })
    const decision = bench.decide()
    expect(decision.obsolete.map(({ kind }) => kind)).toEqual(['Monitor'])
    expect(told(decision, 'MetricsConfigured')).toBeUndefined()
  })

  it('objects of a retired mode go, too', () => {
    const bench = adapter((self) => ({ objects: [{ object: monitor(self) }] }))
    bench.settle()
    bench.rules = { ...bench.rules, metrics: new NullMetrics(), retired: [bench.rules.metrics] }
    expect(bench.decide().obsolete.map(({ kind }) => kind)).toEqual(['Monitor'])
  })

  const pod = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name } })
  const applied = (name: string, value: string): AppliedAnnotations => {
    return { kind: POD, object: pod(name), annotations: { scrape: value } }
  }
  const applying = (wanted: readonly AppliedAnnotations[], now: readonly AppliedAnnotations[]) => {
    const bench = adapter(() => ({ annotations: wanted }))
    Object.assign(bench.rules.metrics, { applied: () => now })
    return bench
  }
  const annotated = (list: readonly AppliedAnnotations[]) =>
    list.map(({ object, annotations }) => [object.metadata.name, annotations])

  it('annotations are changed only where they differ, and given back where they are wanted no more', () => {
    const bench = applying(
      [applied('same', 'yes'), applied('new', 'yes'), applied('other', 'yes')],
      [applied('same', 'yes'), applied('other', 'no'), applied('gone', 'yes')],
    )
    expect(annotated(bench.decide().annotate)).toEqual([
      ['gone', {}],
      ['new', { scrape: 'yes' }],
      ['other', { scrape: 'yes' }],
    ])
  })

  it('annotations that the API server refuses are WriteRejected', () => {
    const bench = applying([applied('a', 'yes')], [])
    const decision = bench.decide(0, [{ object: pod('a'), message: 'forbidden' }])
    expect(told(decision, 'MetricsConfigured')).toBe('False WriteRejected')
  })

  it('annotations of an API that is gone, or has become external, are given back', () => {
    const bench = applying([applied('a', 'yes')], [applied('a', 'yes')])
    expect(annotated(release('uid', bench.view, bench.rules))).toEqual([['a', {}]])
    bench.respec({ implementation: '<external>' })
    expect(annotated(bench.decide().annotate)).toEqual([['a', {}]])
  })
})

it('a decision reads its own neighbourhood only', () => {
  const bench = new Bench()
  for (let at = 0; at < 50; at++) bench.view.add(EXPOSED_API, rawApi({ name: `other-${at}` }))
  bench.view.forget()
  bench.decide()
  expect([...bench.view.reads].toSorted()).toEqual([
    `by ${byController(CONFIG_MAP).name} uid-components-catalog`,
    'by endpointslices.service components/catalog-svc',
    'by exposedapis.below null * /catalog',
    'by exposedapis.path null * /catalog',
    'get configmaps components/catalog',
    'get services components/catalog-svc',
    'readable configmaps components',
    'serves configmaps',
  ])
})
