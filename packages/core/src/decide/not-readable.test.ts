/** Bad news needs evidence: nothing is withdrawn, deleted or refused because something cannot be read. */
import { type Kind, type KubeObject, nameOf, type View } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import type { Observation, RouteRequest } from '../adapters/gateway.ts'
import type { MetricsAdapter } from '../adapters/metrics.ts'
import { MemoryView } from '../cluster/memory-view.ts'
import type { Address } from '../model/address.ts'
import { childMeta } from '../model/child-meta.ts'
import { exposedApi } from '../model/exposed-api.ts'
import { COMPONENT, ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import { servicePortOf } from '../model/service-port.ts'
import { type ApiWords, aService, aSlice, rawApi } from '../testing/builders.ts'
import { type Decision, decide } from '../testing/decide-once.ts'
import { asStored, CONFIG_MAP, NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import { onlyGateway } from './rules/gateway-entry.ts'
import { rulesOf } from './rules/rules.ts'

const kindOf = (kind: string): Kind => {
  const plural = `${kind.toLowerCase()}s`
  return { group: 'acme.example', versions: ['v1'], kind, plural, project: (object) => object }
}
const EDGE = kindOf('Edge')
const MONITOR = kindOf('Monitor')
const ADDRESS: Address = { scheme: 'https', host: '203.0.113.7', ip: '203.0.113.7' }
const AN_EDGE: KubeObject = {
  apiVersion: 'acme.example/v1',
  kind: 'Edge',
  metadata: { name: 'edge', namespace: 'acme' },
}
const FOREVER = 1e9

/** Reads the Edge that says how it is called, and has never heard of rights. */
class EdgeGateway extends NullGateway {
  override observe({ route }: RouteRequest, view: View): Observation {
    const published = { apiVersion: 'v1', kind: 'ConfigMap', metadata: route.meta }
    if (view.get(EDGE, 'acme', 'edge')) return { published, address: ADDRESS, findings: [] }
    const message = 'Edge acme/edge does not exist.'
    return {
      published,
      findings: [{ condition: 'AddressAssigned', status: 'False', reason: 'GatewayNotFound', message }],
    }
  }
}

/** The same, but it has looked whether it may know. */
class LookingGateway extends EdgeGateway {
  override observe(request: RouteRequest, view: View): Observation {
    view.readable(EDGE, 'acme')
    return super.observe(request, view)
  }
}

/** Renders a Monitor for the Service, if there is one. */
const MONITORS: MetricsAdapter = {
  name: 'monitors',
  kinds: [{ kind: MONITOR, use: 'own', optional: true }],
  indexes: [],
  render(api, view) {
    if (servicePortOf(api, view).problem) return { objects: [], annotations: [] }
    const object = { apiVersion: 'acme.example/v1', kind: 'Monitor', metadata: childMeta(api) }
    return { objects: [{ object }], annotations: [] }
  },
  observe: () => ({ findings: [] }),
}

/** One API that is served, and what is decided about it once something is missing. */
function served({
  gateway = new EdgeGateway(),
  metrics = new NullMetrics() as MetricsAdapter,
  words = {} as ApiWords,
} = {}) {
  const rules = rulesOf({ gateways: [onlyGateway(gateway)], metrics })
  const view = new MemoryView().add(SERVICE, aService()).add(ENDPOINT_SLICE, aSlice()).add(EDGE, AN_EDGE)
  let raw = rawApi(words)
  const say = (status: unknown) => {
    raw = JSON.parse(JSON.stringify({ ...raw, status }))
    view.add(EXPOSED_API, raw)
  }
  say({})
  const decided = (now: number, grace = {}) => decide(exposedApi(raw), view, rules, { now, grace, failures: [] })
  const write = () => {
    for (const object of decided(0).objects)
      view.add(object.kind === 'Monitor' ? MONITOR : CONFIG_MAP, asStored(object))
  }
  write()
  say(decided(0).status)
  return {
    view,
    respec: (spec: object) => {
      raw = { ...raw, ...{ spec: { ...Object(raw).spec, ...spec } } }
      view.add(EXPOSED_API, raw)
    },
    /** Once all is written that can be, and all delays are over. */
    finally: () => {
      write()
      return decided(FOREVER, decided(0).grace)
    },
    decided,
  }
}

const told = ({ status }: Decision, type: string) => {
  const found = status?.conditions?.find((condition) => condition.type === type)
  return `${found?.status} ${found?.reason}`
}
const published = ({ status }: Decision) => ({ url: status?.apiStatus?.url, ready: status?.implementation?.ready })
const AS_BEFORE = { url: 'https://203.0.113.7/catalog', ready: true }
const NOT_READABLE = 'Unknown NotReadable'

describe('an API that is served stays published and ready', () => {
  it.each([
    { kind: SERVICE, namespace: 'components', name: 'catalog-svc', condition: 'ImplementationReady' },
    { kind: ENDPOINT_SLICE, namespace: 'components', name: 'catalog-svc-abcde', condition: 'ImplementationReady' },
    { kind: EDGE, namespace: 'acme', name: 'edge', condition: 'AddressAssigned' },
    { kind: CONFIG_MAP, namespace: 'components', name: 'catalog', condition: 'RouteProgrammed' },
  ])('while $kind.plural may not be read, and says so', ({ kind, namespace, name, condition }) => {
    const { view, ...world } = served()
    view.remove(kind, namespace, name).forbid(kind, namespace)
    const decision = world.finally()
    expect(published(decision)).toEqual(AS_BEFORE)
    expect([told(decision, condition), told(decision, 'Ready')]).toEqual([NOT_READABLE, NOT_READABLE])
    const message = decision.status?.conditions?.find(({ type }) => type === condition)?.message
    expect(message).toMatch(new RegExp(`^${kind.plural}\\S* in namespace ${namespace} cannot be read`))
    view.allow(kind)
    expect(told(world.finally(), condition), 'once it may be read').not.toBe(NOT_READABLE)
  })

  it('while all of it may not be read at once', () => {
    const { view, ...world } = served()
    view.remove(SERVICE, 'components', 'catalog-svc').remove(EDGE, 'acme', 'edge')
    for (const kind of [SERVICE, ENDPOINT_SLICE, EDGE, CONFIG_MAP]) view.forbid(kind)
    expect(published(world.finally())).toEqual(AS_BEFORE)
  })

  it('and its route keeps its uid, and is not written', () => {
    const { view, ...world } = served()
    view.remove(CONFIG_MAP, 'components', 'catalog').forbid(CONFIG_MAP)
    const { objects, status } = world.finally()
    expect(objects).toEqual([])
    expect(status?.apiStatus?.uid).toBe('uid-ConfigMap-catalog')
  })

  it('but not if something speaks against it', () => {
    const { view, ...world } = served()
    view
      .add(ENDPOINT_SLICE, aSlice({ ready: [false] }))
      .remove(EDGE, 'acme', 'edge')
      .forbid(EDGE)
    expect(published(world.finally())).toEqual({ ...AS_BEFORE, ready: false })
  })
})

describe('what has never been seen is not claimed', () => {
  it('an API that was never ready is not', () => {
    const world = served()
    world.view.forbid(SERVICE).remove(SERVICE, 'components', 'catalog-svc')
    world.view.add(EXPOSED_API, rawApi())
    const rules = rulesOf({ gateways: [onlyGateway(new EdgeGateway())], metrics: new NullMetrics() })
    const decision = decide(exposedApi(rawApi()), world.view, rules, { now: 0, grace: {}, failures: [] })
    expect(decision.status?.implementation?.ready).toBe(false)
    expect(told(decision, 'ImplementationReady')).toBe(NOT_READABLE)
  })

  it('another implementation is not ready because the one before was', () => {
    const { view, ...world } = served()
    view.forbid(SERVICE)
    world.respec({ implementation: 'other-svc' })
    const decision = world.finally()
    expect(published(decision)).toEqual({ ...AS_BEFORE, ready: false })
    expect(told(decision, 'ImplementationReady')).toBe(NOT_READABLE)
  })

  it('a path whose route may not be read is not published', () => {
    const { view, ...world } = served()
    view.remove(CONFIG_MAP, 'components', 'catalog').forbid(CONFIG_MAP)
    world.respec({ path: '/elsewhere' })
    const decision = world.finally()
    expect(published(decision)).toEqual({ url: undefined, ready: false })
    expect(told(decision, 'AddressAssigned')).toBe(NOT_READABLE)
  })
})

describe('an adapter', () => {
  it('that has not asked what it may read is not believed that something is missing', () => {
    const { view, ...world } = served()
    view.remove(EDGE, 'acme', 'edge').forbid(EDGE, 'acme')
    const message = world.finally().status?.conditions?.find(({ type }) => type === 'AddressAssigned')?.message
    expect(message).toContain('Therefore this is uncertain: Edge acme/edge does not exist.')
  })

  it('is believed that it is missing elsewhere, where it may look', () => {
    const { view, ...world } = served()
    view.remove(EDGE, 'acme', 'edge').forbid(EDGE, 'another')
    expect(told(world.finally(), 'AddressAssigned')).toBe('False GatewayNotFound')
  })

  it('that has asked answers for it by itself', () => {
    const { view, ...world } = served({ gateway: new LookingGateway() })
    view.remove(EDGE, 'acme', 'edge').forbid(EDGE, 'acme')
    expect(told(world.finally(), 'AddressAssigned')).toBe('False GatewayNotFound')
  })

  it('is always believed what is there', () => {
    const { view, ...world } = served()
    view.forbid(EDGE)
    expect(told(world.finally(), 'Ready')).toBe('True Ready')
  })
})

describe('objects of a metrics API', () => {
  const words = { spec: { apiType: 'prometheus' } }

  it('stay while the Service may not be read without which none are rendered', () => {
    const { view, ...world } = served({ metrics: MONITORS, words })
    view.remove(SERVICE, 'components', 'catalog-svc')
    expect(world.finally().obsolete.map(nameOf), 'without the Service').toEqual(['components/catalog'])
    view.forbid(SERVICE)
    expect(world.finally().obsolete).toEqual([])
  })

  it('are not written while they may not be read', () => {
    const { view, ...world } = served({ metrics: MONITORS, words })
    view.remove(MONITOR, 'components', 'catalog').forbid(MONITOR)
    const decision = world.finally()
    expect(decision.objects.map(({ kind }) => kind)).toEqual(['ConfigMap'])
    expect(told(decision, 'MetricsConfigured')).toBe(NOT_READABLE)
    expect(published(decision)).toEqual(AS_BEFORE)
  })
})

it('a Component that may not be read is not said to be missing', () => {
  const world = served({ words: { metadata: { labels: { 'oda.tmforum.org/componentName': 'shop' } } } })
  expect(told(world.finally(), 'Accepted')).toBe('True ComponentNotFound')
  world.view.forbid(COMPONENT)
  expect(told(world.finally(), 'Accepted')).toBe('True Accepted')
})
