/** Properties of all VirtualServices together: whatever their age, the longest path serves; order of arrival never matters. */
import { EXPOSED_API, type ExposedApi, isBelow, nameOf, normalisedPath } from '@exposedapi/core'
import { childMeta, rawApi } from '@exposedapi/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bench, type Manifest } from '../test/bench.ts'
import { type Call, served, type Written } from '../test/mesh.ts'
import { configuration, IstioOptions } from './options.ts'
import { virtualService } from './virtual-service.ts'

const PUBLIC = 'api.example.com'

interface Planned {
  readonly path: string
  readonly second: number
  readonly namespace: string
  readonly hostname?: string
  readonly backendPreflights: boolean
  readonly mcp: boolean
}

/** Few different segments, so that nesting and string-prefix neighbours (`/a`, `/ab`) are common. */
const path = fc
  .array(fc.constantFrom('a', 'ab', 'b', 'v1'), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`)

const plan: fc.Arbitrary<Planned> = fc.record(
  {
    path,
    second: fc.integer({ min: 0, max: 3 }),
    namespace: fc.constantFrom('components', 'partners'),
    hostname: fc.constantFrom('one.example.com', 'two.example.com'),
    backendPreflights: fc.boolean(),
    mcp: fc.boolean(),
  },
  { requiredKeys: ['path', 'second', 'namespace', 'backendPreflights', 'mcp'] },
)
const plans = fc.uniqueArray(plan, { minLength: 2, maxLength: 7, selector: ({ path }) => path })

function manifests(planned: readonly Planned[]): readonly Manifest[] {
  return planned.map(({ path, second, namespace, hostname, backendPreflights, mcp }, at) => {
    const CORS = { enabled: true, handlePreflightRequests: { enabled: false } }
    const spec = { path, hostname, ...(mcp && { apiType: 'mcp' }), ...(backendPreflights && { CORS }) }
    // Names in the opposite order of arrival: within one second the name decides, not who came first.
    const metadata = { creationTimestamp: `2026-01-01T00:00:0${second}Z` }
    return rawApi({ name: `api-${9 - at}`, namespace, spec, metadata }) as Manifest
  })
}

const options = (hosts: 'any' | 'public', paths: 'strict' | 'legacy' = 'strict') => ({
  paths,
  gateway: 'canvas/component-gateway',
  ...(hosts === 'public' && { publicHostname: PUBLIC }),
})

/** What the adapter writes for each API, with the API's age. */
function written(head: ReturnType<typeof options>, all: readonly Manifest[]): readonly Written[] {
  const { view, settle } = bench({ options: head }, all)
  return view
    .all(EXPOSED_API)
    .flatMap((api) => settle(api).objects.map((object) => aged(object as unknown as Written, api)))
}

function aged(object: Written, api: ExposedApi): Written {
  return { ...object, metadata: { ...object.metadata, creationTimestamp: api.metadata.creationTimestamp ?? '' } }
}

/** Rules without copies, as an operator writes them that looks at one API at a time. */
function alone(head: ReturnType<typeof options>, all: readonly Manifest[]): readonly Written[] {
  const { view, gateway } = bench({ options: head }, all)
  const config = configuration(IstioOptions.parse(head))
  return view.all(EXPOSED_API).map((api) => {
    const meta = childMeta(api)
    const route = {
      api,
      meta,
      hosts: gateway.hosts(api),
      paths: [normalisedPath(api.spec.path)],
      policies: api.policies,
    }
    return aged(virtualService({ route, nested: [] }, 'networking.istio.io/v1', config.gateway, config) as Written, api)
  })
}

/** Each path, above, below, and beside it where only the letters agree. */
function calls(planned: readonly Planned[], host: string): readonly Call[] {
  const paths = planned.flatMap(({ path }) => {
    const base = path === '/' ? '' : path
    return [path, `${base}/`, `${base}/x`, `${base}/a`, `${base}b`, `${base}x`, `${base}/v1/hub`]
  })
  const possible = [...new Set(paths)].filter((path) => path.startsWith('/'))
  return possible.flatMap((path) => ['GET', 'OPTIONS'].map((method) => ({ host, path, method })))
}

/** Who should serve the call: the longest path, segment by segment, among the APIs of that host. */
function expected(planned: readonly Planned[], call: Call): string | undefined {
  const all = planned.map((one, at) => ({ ...one, name: `${one.namespace}.api-${9 - at}` }))
  const here = all.filter(
    ({ hostname }) => call.host === PUBLIC || call.host === 'any.example' || hostname === call.host,
  )
  const serving = here.filter(({ path }) => path === call.path || isBelow(call.path, path))
  return serving.toSorted((a, b) => b.path.length - a.path.length)[0]?.name
}

function misroutes(planned: readonly Planned[], objects: readonly Written[], host: string) {
  return calls(planned, host).filter((call) => served(objects, call)?.name !== expected(planned, call))
}

describe('routing', () => {
  it.each(['any.example', PUBLIC, 'one.example.com'])('the longest path serves under %s', (host) => {
    const head = options(host === 'any.example' ? 'any' : 'public')
    fc.assert(
      fc.property(plans, (planned) => {
        expect(misroutes(planned, written(head, manifests(planned)), host)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('OPTIONS goes past the CORS policy exactly where the API asks for it', () => {
    fc.assert(
      fc.property(plans, (planned) => {
        const objects = written(options('any'), manifests(planned))
        for (const call of calls(planned, 'any.example')) {
          const owner = planned[9 - Number(expected(planned, call)?.at(-1))]
          const rule = served(objects, call)
          expect(rule?.corsPolicy !== undefined).toBe(owner?.backendPreflights === true && call.method !== 'OPTIONS')
        }
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    { what: 'plain prefixes, like the reference operator', write: alone, paths: 'legacy' as const },
    { what: 'the match pair without copies', write: alone, paths: 'strict' as const },
    { what: 'plain prefixes with copies', write: written, paths: 'legacy' as const },
  ])('the same generator catches $what', ({ write, paths }) => {
    const head = options('any', paths)
    const result = fc.check(
      fc.property(plans, (planned) => misroutes(planned, write(head, manifests(planned)), 'any.example').length === 0),
      { numRuns: 500 },
    )
    expect(result.failed).toBe(true)
  })

  it('the order of arrival changes nothing', () => {
    const shuffled = plans.chain((planned) => {
      const all = manifests(planned)
      return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length }))
    })
    const byName = (objects: readonly Written[]) => objects.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const head = options('public')
        expect(JSON.stringify(byName(written(head, other)))).toBe(JSON.stringify(byName(written(head, one))))
      }),
      { numRuns: 100 },
    )
  })
})
