import { nameOf } from '@exposedapi/objects'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GatewayAdapter } from '../../adapters/gateway.ts'
import { MemoryView } from '../../cluster/memory-view.ts'
import { type ExposedApi, exposedApi } from '../../model/exposed-api.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import { type ApiWords, rawApi } from '../../testing/builders.ts'
import { NullGateway } from '../../testing/null-gateway.ts'
import { onlyGateway } from './gateway-entry.ts'
import { type Claim, nestedBelow, pathIndexes, place } from './placement.ts'

const day = (number: number) => ({
  metadata: { creationTimestamp: `2026-01-${String(number).padStart(2, '0')}T00:00:00Z` },
})
type HostsOf = GatewayAdapter['hosts']
const ANY: HostsOf = () => ['*']

function among(words: readonly ApiWords[], hostsOf = ANY, gatewayOf?: GatewayAdapter['gatewayOf']) {
  const view = new MemoryView().add(EXPOSED_API, ...words.map(rawApi))
  const adapter = Object.assign(new NullGateway(), { hosts: hostsOf, gatewayOf: gatewayOf ?? (() => 'gw') })
  const indexes = pathIndexes([onlyGateway(adapter)])
  const claim = (one: ExposedApi) => indexes.claimsOf(one)[0] as Claim
  const api = (name: string, namespace = 'components') => {
    const found = view.get(EXPOSED_API, namespace, name)
    if (!found) throw new Error(`no API ${namespace}/${name}`)
    return found
  }
  const placed = (name: string, namespace?: string) => {
    const placement = place(api(name, namespace), claim(api(name, namespace)), view, indexes)
    return placement.lostTo ? `lost to ${nameOf(placement.lostTo)}` : placement.paths.join(' ')
  }
  const nested = (name: string) => {
    const placement = place(api(name), claim(api(name)), view, indexes)
    const found = placement.lostTo ? [] : nestedBelow(api(name), claim(api(name)), placement.paths, view, indexes)
    return found.map((entry) => `${entry.path} of ${entry.api.metadata.name}`)
  }
  const uiWinner = (name: string) => {
    const placement = place(api(name), claim(api(name)), view, indexes)
    return placement.lostTo ? undefined : placement.developerUiLostTo?.metadata.name
  }
  return { view, indexes, claim, placed, nested, uiWinner }
}

describe('one path, two destinations', () => {
  const young: ApiWords = { name: 'a-young', spec: { path: '/x', implementation: 'one' }, ...day(2) }
  const old: ApiWords = { name: 'z-old', spec: { path: '/x', implementation: 'two' }, ...day(1) }

  it('goes to the oldest', () => {
    const { placed } = among([young, old])
    expect(placed('z-old')).toBe('/x')
    expect(placed('a-young')).toBe('lost to components/z-old')
  })

  it('goes to the first by namespace/name among equally old ones', () => {
    const { placed } = among([
      { name: 'b', namespace: 'n1', spec: { path: '/x', implementation: 'one' } },
      { name: 'a', namespace: 'n2', spec: { path: '/x', implementation: 'two' } },
    ])
    expect(placed('b', 'n1')).toBe('/x')
    expect(placed('a', 'n2')).toBe('lost to n1/b')
  })

  it('goes to the loser as soon as the winner is gone', () => {
    const { view, placed } = among([young, old])
    view.remove(EXPOSED_API, 'components', 'z-old')
    expect(placed('a-young')).toBe('/x')
  })

  it('is one path with and without trailing slash', () => {
    expect(among([{ ...young, spec: { path: '/x/', implementation: 'one' } }, old]).placed('a-young')).toMatch(/^lost/)
  })

  it('is told apart by name where objects have no uid, as in files', () => {
    const withoutUid = { metadata: { uid: '', creationTimestamp: '' } }
    const { placed } = among([
      { ...young, ...withoutUid },
      { ...old, ...withoutUid },
    ])
    expect([placed('a-young'), placed('z-old')]).toEqual(['/x', 'lost to components/a-young'])
  })

  it.each([
    { other: { implementation: '<external>' }, because: 'external APIs are not routed' },
    { other: { implementation: 'Not a name' }, because: 'refused APIs cost nobody else a path' },
    { other: { port: 0 }, because: 'the same' },
  ])('is not claimed by $other: $because', ({ other }) => {
    const { placed } = among([young, { ...old, spec: { ...old.spec, ...other } }])
    expect(placed('a-young')).toBe('/x')
  })

  it('is not claimed by a terminating API', () => {
    const deletionTimestamp = '2026-02-01T00:00:00Z'
    const { placed } = among([young, { ...old, metadata: { ...day(1).metadata, deletionTimestamp } }])
    expect(placed('a-young')).toBe('/x')
  })

  it('is no conflict under different hosts', () => {
    const { placed } = among([young, old], ({ metadata }) => [metadata.name])
    expect([placed('a-young'), placed('z-old')]).toEqual(['/x', '/x'])
  })

  it('is no conflict on different gateways', () => {
    const { placed } = among([young, old], ANY, ({ metadata }) => metadata.name)
    expect([placed('a-young'), placed('z-old')]).toEqual(['/x', '/x'])
  })

  it('is not lost to one that is itself shut out under another host: nobody would serve it', () => {
    const hosts = new Map([
      ['first', ['h1']],
      ['second', ['h1', 'h2']],
      ['third', ['h2']],
    ])
    const { placed } = among(
      [...hosts.keys()].map((name, at) => ({ name, spec: { path: '/x', implementation: name }, ...day(at + 1) })),
      ({ metadata }) => hosts.get(metadata.name) ?? [],
    )
    expect(placed('second')).toBe('lost to components/first')
    expect(placed('third')).toBe('/x')
  })
})

describe('one path, one destination', () => {
  it.each([
    { younger: {}, want: '/x', because: 'versions of one API may share a route' },
    { younger: { port: 81 }, want: 'lost to components/a', because: 'the port is part of the destination' },
    { younger: { apiType: 'mcp' }, want: 'lost to components/a', because: 'mcp has no timeout' },
    { younger: { apiType: 'prometheus' }, want: '/x', because: 'a metrics API is routed like any other' },
    {
      younger: { CORS: { enabled: true } },
      want: 'lost to components/a',
      because: 'one route has one set of policies',
    },
    { younger: { CORS: { enabled: false } }, want: '/x', because: 'no policy is asked for' },
    { younger: { rateLimit: { enabled: true } }, want: 'lost to components/a', because: 'nonsense is asked for' },
  ])('with $younger: $want, because $because', ({ younger, want }) => {
    const { placed } = among([
      { name: 'a', spec: { path: '/x' } },
      { name: 'b', spec: { path: '/x', ...younger } },
    ])
    expect(placed('a')).toBe('/x')
    expect(placed('b')).toBe(want)
  })

  it('is another one in another namespace', () => {
    const { placed } = among([
      { name: 'a', namespace: 'n1', spec: { path: '/x' } },
      { name: 'a', namespace: 'n2', spec: { path: '/x' } },
    ])
    expect(placed('a', 'n2')).toBe('lost to n1/a')
  })
})

describe('developerUI', () => {
  it.each([
    { spec: { path: '/x', developerUI: '/x/docs' }, want: '/x', because: 'it lies below the path' },
    { spec: { path: '/x', developerUI: '/x/' }, want: '/x', because: 'it is the path' },
    {
      spec: { path: '/x', developerUI: '/xdocs' },
      want: '/xdocs /x',
      because: 'it lies outside, and longer goes first',
    },
    { spec: { path: '/x/y', developerUI: '/x' }, want: '/x/y /x', because: 'above is outside, too' },
  ])('of $spec: $want, because $because', ({ spec, want }) => {
    expect(among([{ name: 'a', spec }]).placed('a')).toBe(want)
  })

  it('yields to a path, even of a younger API: paths depend on paths alone', () => {
    const { placed, uiWinner } = among([
      { name: 'old', spec: { path: '/x', developerUI: '/y' }, ...day(1) },
      { name: 'young', spec: { path: '/y', implementation: 'other' }, ...day(2) },
    ])
    expect([placed('old'), uiWinner('old'), placed('young')]).toEqual(['/x', 'young', '/y'])
  })

  it('goes to the oldest among developer UIs', () => {
    const { placed, uiWinner } = among([
      { name: 'old', spec: { path: '/x', developerUI: '/ui' }, ...day(1) },
      { name: 'young', spec: { path: '/y', developerUI: '/ui', implementation: 'other' }, ...day(2) },
    ])
    expect([placed('old'), placed('young'), uiWinner('young')]).toEqual(['/ui /x', '/y', 'old'])
  })

  it('is shared by APIs of one destination', () => {
    const { placed, uiWinner } = among([
      { name: 'v4', spec: { path: '/v4', developerUI: '/ui' } },
      { name: 'v5', spec: { path: '/v5', developerUI: '/ui' } },
    ])
    expect([placed('v4'), placed('v5'), uiWinner('v5')]).toEqual(['/ui /v4', '/ui /v5', undefined])
  })

  it('is not lost to an API that lost its own path', () => {
    const { placed } = among([
      { name: 'winner', spec: { path: '/x', implementation: 'w' }, ...day(1) },
      { name: 'loser', spec: { path: '/x', developerUI: '/ui', implementation: 'l' }, ...day(2) },
      { name: 'young', spec: { path: '/y', developerUI: '/ui', implementation: 'y' }, ...day(3) },
    ])
    expect(placed('young')).toBe('/ui /y')
  })
})

describe('nested paths', () => {
  const tree: readonly ApiWords[] = [
    { name: 'a', spec: { path: '/a' } },
    { name: 'ab', spec: { path: '/ab' } },
    { name: 'deep', spec: { path: '/a/b/c' } },
    { name: 'b', spec: { path: '/a/b' } },
    { name: 'ui', spec: { path: '/elsewhere', developerUI: '/a/docs' } },
    { name: 'root', spec: { path: '/' } },
  ]

  it('are those strictly below, longest first, developer UIs among them', () => {
    expect(among(tree).nested('a')).toEqual(['/a/docs of ui', '/a/b/c of deep', '/a/b of b'])
    expect(among(tree).nested('b')).toEqual(['/a/b/c of deep'])
    expect(among(tree).nested('deep')).toEqual([])
  })

  it('do not depend on the order in which APIs came', () => {
    expect(among(tree.toReversed()).nested('a')).toEqual(among(tree).nested('a'))
  })

  it('are found where objects have no uid, as in files', () => {
    const files = tree.map((words) => ({ ...words, metadata: { uid: '' } }))
    expect(among(files).nested('a')).toEqual(among(tree).nested('a'))
  })

  it('leave out APIs that lost their path', () => {
    const loser = { name: 'loser', spec: { path: '/a/b', implementation: 'other' }, ...day(9) }
    expect(among([...tree, loser]).nested('a')).toEqual(['/a/docs of ui', '/a/b/c of deep', '/a/b of b'])
  })

  it('leave out other hosts', () => {
    expect(among(tree, ({ metadata }) => [metadata.name === 'deep' ? 'h' : '*']).nested('a')).not.toContain(
      '/a/b/c of deep',
    )
  })

  it('leave out other gateways', () => {
    const { nested } = among(tree, ANY, ({ metadata }) => (metadata.name === 'deep' ? 'other' : 'main'))
    expect(nested('a')).toEqual(['/a/docs of ui', '/a/b of b'])
  })

  it('below the root are all of its host', () => {
    expect(among(tree).nested('root')).toHaveLength(6)
  })

  it('are not even read for paths that nobody asks about', () => {
    const { view, indexes, claim } = among(tree)
    const root = view.get(EXPOSED_API, 'components', 'root')
    view.forget()
    expect(root && nestedBelow(root, claim(root), [], view, indexes)).toEqual([])
    expect([...view.reads]).toEqual([])
  })

  it('of one API are read from its neighbourhood only', () => {
    const { view, placed, nested } = among(tree)
    placed('b')
    nested('b')
    const reads = [...view.reads].filter((read) => read.startsWith('by')).toSorted()
    expect(reads).toEqual([
      'by exposedapis.below gw * /a/b',
      'by exposedapis.path gw * /a/b',
      'by exposedapis.path gw * /a/b/c',
    ])
  })
})

describe('for any set of APIs', () => {
  const path = fc.constantFrom('/', '/a', '/a/', '/a/b', '/b', '/ab')
  const words = fc.record({
    path,
    developerUI: fc.option(path, { nil: undefined }),
    implementation: fc.constantFrom('one', 'two', '<external>'),
    day: fc.integer({ min: 1, max: 3 }),
    port: fc.constantFrom(80, 80, 80, 0),
    hosts: fc.constantFrom(['h1'], ['h2'], ['h1', 'h2']),
  })
  const sets = fc.array(words, { maxLength: 7 })
  type Words = typeof words extends fc.Arbitrary<infer T> ? T : never

  const world = (set: readonly Words[], hostsOf: HostsOf, reversed = false) => {
    const raw = set.map(({ path, developerUI, implementation, port, day: age, hosts }, at) =>
      rawApi({
        name: `api-${at}`,
        spec: { path, developerUI, implementation, port },
        metadata: { ...day(age).metadata, labels: { hosts: hosts.join('.') } },
      }),
    )
    const view = new MemoryView().add(EXPOSED_API, ...(reversed ? raw.toReversed() : raw))
    const indexes = pathIndexes([onlyGateway(Object.assign(new NullGateway(), { hosts: hostsOf }))])
    const apis = raw
      .map(exposedApi)
      .filter(({ problems, spec }) => problems.length === 0 && spec.implementation !== '<external>')
    return {
      apis,
      placements: apis.map((api) => ({ api, placement: place(api, indexes.claimsOf(api)[0] as Claim, view, indexes) })),
    }
  }
  const byLabel: HostsOf = ({ metadata }) => metadata.labels?.hosts?.split('.') ?? []
  const normal = (text: string) => (text === '/' ? text : text.replace(/\/$/, ''))
  const destinations = ({ placements }: ReturnType<typeof world>, hostsOf: HostsOf) => {
    const served = new Map<string, Set<string>>()
    for (const { api, placement } of placements) {
      if (placement.lostTo) continue
      for (const place of hostsOf(api).flatMap((host) => placement.paths.map((own) => `${host} ${own}`))) {
        served.set(place, (served.get(place) ?? new Set()).add(`${api.spec.implementation}:${api.spec.port}`))
      }
    }
    return served
  }
  const key = (api: ExposedApi | undefined) => (api ? nameOf(api) : '')

  it('each path has exactly one destination', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const made = world(set, ANY)
        const served = destinations(made, ANY)
        const claimed = new Set(made.apis.map(({ spec }) => `* ${normal(spec.path)}`))
        for (const place of claimed) expect(served.get(place)?.size, place).toBe(1)
        for (const [place, found] of served) expect(found.size, place).toBe(1)
      }),
      { numRuns: 500 },
    )
  })

  it('under several hosts each path has at most one, and who loses one loses it to an API that has it', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const made = world(set, byLabel)
        for (const [place, found] of destinations(made, byLabel)) expect(found.size, place).toBe(1)
        for (const { placement } of made.placements) {
          if (!placement.lostTo) continue
          const winner = made.placements.find(({ api }) => key(api) === key(placement.lostTo))
          expect(winner?.placement.lostTo).toBeUndefined()
        }
      }),
      { numRuns: 500 },
    )
  })

  it('the outcome does not depend on the order in which they came', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const told = (reversed: boolean) =>
          world(set, byLabel, reversed).placements.map(({ api, placement }) =>
            placement.lostTo
              ? `${key(api)} lost to ${key(placement.lostTo)}`
              : `${key(api)} ${placement.paths.join(' ')} ${key(placement.developerUiLostTo)}`,
          )
        expect(told(true)).toEqual(told(false))
      }),
    )
  })
})
