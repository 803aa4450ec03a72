/** Routes of others: the table finds what a walk over all of them would find. Cases are in the golden pairs `foreign*`. */
import { EXPOSED_API, isBelow } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bench, type Manifest } from '../../test/bench.ts'
import { aGateway, anIngress, HTTPS } from '../../test/ingress.ts'
import { GATEWAY, type VirtualService } from '../objects/kinds.ts'
import { foreignTable } from './foreign-routes-by-path.ts'
import { neighbours } from './gateways-on-same-pods.ts'

interface Planned {
  readonly path: string
  readonly how: 'exact' | 'prefix'
  readonly older: boolean
}

const path = fc
  .array(fc.constantFrom('a', 'ab', 'b'), { maxLength: 3 })
  .chain((segments) => fc.constantFrom(`/${segments.join('/')}`, `/${segments.join('/')}/`.replace('//', '/')))
const plans = fc.array(
  fc.record({ path, how: fc.constantFrom('exact' as const, 'prefix' as const), older: fc.boolean() }),
  { maxLength: 5 }, // more would not be named one by one
)

function foreign({ path, how, older }: Planned, at: number): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: {
      name: `route-${at}`,
      namespace: 'legacy',
      creationTimestamp: older ? '2020-01-01T00:00:00Z' : '2030-01-01T00:00:00Z',
    },
    spec: { hosts: ['*'], gateways: ['canvas/component-gateway'], http: [{ match: [{ uri: { [how]: path } }] }] },
  }
}

/** What is said about an API at `ours`. */
function said(ours: string, planned: readonly Planned[]): string {
  const world = [rawApi({ spec: { path: ours } }) as Manifest, aGateway([HTTPS]), anIngress(), ...planned.map(foreign)]
  const { view, settle } = bench({ options: { gateway: 'canvas/component-gateway' } }, world)
  const [api] = view.all(EXPOSED_API)
  const conditions = api && settle(api).status?.conditions
  return conditions?.find(({ type }) => type === 'RouteProgrammed')?.message ?? ''
}

/** Does it concern us? In the words of the rule, one by one. */
function concerns({ path, how, older }: Planned, ours: string): boolean {
  const isCatchAll = path === '/' && how === 'prefix'
  if (ours === '/') return isCatchAll || (how === 'exact' && path === '/')
  if (isCatchAll) return false
  if (!older) return path === ours || isBelow(path, ours)
  return how === 'exact' ? path === ours : ours.startsWith(path) || path === `${ours}/`
}

const ours = fc.array(fc.constantFrom('a', 'ab', 'b'), { maxLength: 3 }).map((segments) => `/${segments.join('/')}`)

it('names exactly those that take requests or lose them', () => {
  fc.assert(
    fc.property(ours, plans, (ours, planned) => {
      const message = said(ours, planned)
      const named = planned.flatMap((_, at) => (message.includes(`route-${at}`) ? [at] : []))
      expect(named).toEqual(planned.flatMap((plan, at) => (concerns(plan, ours) ? [at] : [])))
    }),
    { numRuns: 400 },
  )
})

describe('what thousands of APIs ask for', () => {
  const gateway = GATEWAY.project(aGateway([HTTPS]))
  const others: readonly VirtualService[] = []

  it('is computed once for each list that the view hands out', () => {
    const table = foreignTable('canvas/component-gateway', gateway, others)
    expect(foreignTable('canvas/component-gateway', gateway, others)).toBe(table)
  })

  it('is computed anew for another list, and for another version of the Gateway', () => {
    const table = foreignTable('canvas/component-gateway', gateway, others)
    expect(foreignTable('canvas/component-gateway', gateway, [...others])).not.toBe(table)
    expect(foreignTable('canvas/component-gateway', { ...gateway }, others)).not.toBe(table)
  })
})

it.each([
  { because: 'the same port for any host', servers: [HTTPS], shared: true },
  {
    because: 'the same port for other namespaces: routes from there count',
    servers: [{ ...HTTPS, hosts: ['team/*'] }],
    shared: true,
  },
  { because: 'another port', servers: [{ ...HTTPS, number: 8443 }], shared: false },
  {
    because: 'a narrower host, with a virtual host of its own',
    servers: [{ ...HTTPS, hosts: ['a.example'] }],
    shared: false,
  },
])('another Gateway on the same pods shares routes: $shared, since it has $because', ({ servers, shared }) => {
  const [own, other] = [GATEWAY.project(aGateway([HTTPS])), GATEWAY.project(aGateway(servers))]
  expect(neighbours([own, other], own)).toEqual(shared ? [other] : [])
})
