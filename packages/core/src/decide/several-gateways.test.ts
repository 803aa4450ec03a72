/** Several gateways at once, and the way of an API from one to another. */
import { describe, expect, it } from 'vitest'
import { MemoryView } from '../cluster/memory-view.ts'
import { exposedApi } from '../model/exposed-api.ts'
import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import { aService, aSlice, rawApi } from '../testing/builders.ts'
import { type Decision, decide } from '../testing/decide-once.ts'
import { asStored, CONFIG_MAP, NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import type { GraceState } from './conclude/grace-periods.ts'
import { ENTRY_LABEL, type GatewayEntry } from './rules/gateway-entry.ts'
import { rulesOf } from './rules/rules.ts'
import { DEFAULT_SETTINGS } from './rules/settings.ts'

const SETTLE_MS = DEFAULT_SETTINGS.moveSettleMs

function entry(name: string, more: Partial<GatewayEntry> = {}): GatewayEntry {
  const adapter = Object.assign(new NullGateway(), {
    name: `${name}-adapter`,
    observe: (...args: Parameters<NullGateway['observe']>) => {
      return { ...new NullGateway().observe(...args), address: { scheme: 'https', host: `${name}.example` } as const }
    },
  })
  return { name, adapter, retired: false, serves: () => true, plainNames: name === 'old', ...more }
}

/** One API `catalog`, played by hand. */
class Scene {
  readonly view = new MemoryView().add(SERVICE, aService()).add(ENDPOINT_SLICE, aSlice())
  raw: object = rawApi()
  entries: readonly GatewayEntry[]
  grace: GraceState = {}

  constructor(...entries: readonly GatewayEntry[]) {
    this.entries = entries
    this.view.add(EXPOSED_API, rawApi())
  }

  /** Plans, writes, concludes, says. */
  step(now = 0): Decision {
    const rules = rulesOf({ gateways: this.entries, metrics: new NullMetrics() })
    const api = () => exposedApi(this.raw as ReturnType<typeof rawApi>)
    const { objects, obsolete } = decide(api(), this.view, rules, { now, grace: this.grace })
    for (const object of objects) this.view.add(CONFIG_MAP, asStored(object))
    for (const { metadata } of obsolete) this.view.remove(CONFIG_MAP, metadata.namespace ?? '', metadata.name)
    const decision = decide(api(), this.view, rules, { now, grace: this.grace })
    this.grace = decision.grace
    this.raw = { ...this.raw, ...(decision.status && { status: decision.status }) }
    this.view.add(EXPOSED_API, this.raw as ReturnType<typeof rawApi>)
    return { ...decision, obsolete }
  }

  get routes(): readonly string[] {
    return this.view.all(CONFIG_MAP).map(({ metadata }) => metadata.name)
  }
}

const told = ({ status }: Decision, type: string) => {
  const found = status?.conditions?.find((condition) => condition.type === type)
  return found && `${found.status} ${found.reason}`
}

describe('a gateway of several', () => {
  it('is named by the status of what it serves; the first whose rule matches serves it', () => {
    const scene = new Scene(entry('never', { serves: () => false }), entry('first'), entry('old'))
    const { status } = scene.step()
    expect(status?.gateway).toEqual({ name: 'first', adapter: 'first-adapter' })
    expect(status?.apiStatus?.url).toBe('https://first.example/catalog')
  })

  it('that does not keep plain names adds its own, and a label', () => {
    const scene = new Scene(entry('first'))
    scene.step()
    expect(scene.routes).toEqual(['catalog-first'])
    const [route] = scene.view.all(CONFIG_MAP)
    expect(route?.metadata.labels).toEqual({ [ENTRY_LABEL]: 'first' })
  })

  it('is missing for an API that no rule matches: the API says so and has no route', () => {
    const scene = new Scene(entry('old'))
    scene.step()
    scene.entries = [entry('old', { serves: () => false })]
    const decision = scene.step()
    expect(told(decision, 'RouteProgrammed')).toBe('False NoGatewayMatches')
    expect(scene.routes).toEqual([])
  })
})

describe('the way to another gateway', () => {
  const moving = () => {
    const scene = new Scene(entry('old'))
    scene.step()
    scene.entries = [entry('new'), entry('old', { retired: true })]
    return scene
  }

  it('keeps both routes, and publishes the former, until the new one has been programmed for a while', () => {
    const scene = moving()
    const decision = scene.step(1000)
    expect(scene.routes).toEqual(['catalog', 'catalog-new'])
    expect(decision.status).toMatchObject({
      gateway: { name: 'old' },
      apiStatus: { url: 'https://old.example/catalog' },
      implementation: { ready: true },
    })
    expect(told(decision, 'RouteProgrammed')).toBe('True Moving')
    expect(decision.recheckAfterMs).toBe(SETTLE_MS)
  })

  it('then names the new one, and takes the former route away in the plan that follows', () => {
    const scene = moving()
    scene.step(1000)
    const decision = scene.step(1000 + SETTLE_MS)
    expect(decision.status).toMatchObject({
      gateway: { name: 'new' },
      apiStatus: { url: 'https://new.example/catalog' },
    })
    expect(scene.routes).toEqual(['catalog', 'catalog-new'])
    expect(decision.recheckAfterMs).toBe(0)
    const last = scene.step(1001 + SETTLE_MS)
    expect(scene.routes).toEqual(['catalog-new'])
    expect([told(last, 'RouteProgrammed'), last.recheckAfterMs]).toEqual(['True Programmed', undefined])
  })

  it('does not end while the new gateway says no, and tells why', () => {
    const scene = moving()
    const [next, old] = scene.entries as [GatewayEntry, GatewayEntry]
    const no = { condition: 'RouteProgrammed', status: 'False', reason: 'NotAllowedByGateway', message: 'No.' } as const
    Object.assign(next.adapter, { observe: () => ({ findings: [no] }) })
    scene.entries = [next, old]
    scene.step(1000)
    const decision = scene.step(1000 + 10 * SETTLE_MS)
    expect(decision.status?.gateway?.name).toBe('old')
    const route = decision.status?.conditions?.find(({ type }) => type === 'RouteProgrammed')
    expect(route).toMatchObject({ status: 'True', reason: 'Moving', message: expect.stringContaining('No.') })
  })

  it('ends where the path is taken on the new gateway: the old route stays, and both are named', () => {
    const scene = moving()
    const metadata = { creationTimestamp: '2001-01-01T00:00:00Z' }
    const status = { gateway: { name: 'new', adapter: 'new-adapter' } }
    scene.view.add(EXPOSED_API, rawApi({ name: 'older', metadata, status, spec: { path: '/catalog', port: 80 } }))
    const decision = scene.step(1000)
    expect(scene.routes).toEqual(['catalog'])
    const accepted = decision.status?.conditions?.find(({ type }) => type === 'Accepted')
    expect(accepted).toMatchObject({ reason: 'PathConflict', message: expect.stringMatching(/older.*gateway old/) })
    expect(decision.status?.apiStatus?.url).toBe('https://old.example/catalog')
  })
})

describe('what an entry has left that is no longer configured', () => {
  it('is told, and never touched', () => {
    const scene = new Scene(entry('first'))
    scene.step()
    scene.entries = [entry('second')]
    const decision = scene.step()
    expect(scene.routes.toSorted()).toEqual(['catalog-first', 'catalog-second'])
    expect(decision.status?.leftovers).toEqual([{ name: 'first', adapter: 'first-adapter' }])
    expect(told(decision, 'RouteProgrammed')).toBe('True Leftovers')
    expect(told(scene.step(), 'RouteProgrammed')).toBe('True Leftovers')
  })

  it('goes once the entry is configured as retired', () => {
    const scene = new Scene(entry('first'))
    scene.step()
    scene.entries = [entry('second')]
    scene.step()
    scene.entries = [entry('second'), entry('first', { retired: true })]
    scene.step()
    const decision = scene.step()
    expect(scene.routes).toEqual(['catalog-second'])
    expect(decision.status).not.toHaveProperty('leftovers')
  })
})
