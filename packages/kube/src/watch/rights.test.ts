/** What cannot be read (yet), is told apart from what does not exist; and a right that comes is noticed soon. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RestClient } from '../client/rest-client.ts'
import { Cluster, type ClusterOptions } from '../cluster.ts'
import { noLog } from '../runtime/log.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import type { Recorded } from '../testing/stub-request.ts'
import { StubServer } from '../testing/stub-server.ts'
import { CRDS, THING, THINGS_PATH, thing, things } from '../testing/things.ts'
import { turns, until } from '../testing/until.ts'
import { namespaceSet } from './namespace-patterns.ts'

const OTHER = { ...THING, kind: 'Other', plural: 'others' }
const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false }
const others = { group: 'test.io', version: 'v1', plural: 'others', kind: 'Other' }
const ofAll = ({ path }: Recorded) => path === THINGS_PATH
const within = (name: string) => `/apis/test.io/v1/namespaces/${name}/things`
const inNamespace =
  (name: string) =>
  ({ path }: Recorded) =>
    path === within(name)

let server: StubServer
let client: RestClient
let cluster: Cluster
let clock: FakeClock
let log: string[]
let woken: string[]

/** A cluster in which `reader` has asked whether things may be read. */
function begin(options: Partial<ClusterOptions> = {}): Promise<void> {
  const note = (_: object, message: string) => void log.push(message)
  cluster = new Cluster({
    client,
    clock,
    uses: [{ kind: THING, use: 'read', optional: true }],
    indexes: [],
    fieldManager: 'us',
    log: { ...noLog, info: note, warn: note, error: note },
    ...options,
  })
  cluster.onChange((_, readers) => woken.push(...readers))
  const started = cluster.start()
  clock.advance(0)
  return started
}

/** As a decision asks: the answer is remembered. */
const asks = (namespace?: string) => cluster.view('reader').readable(THING, namespace)
const readable = (namespace?: string) => cluster.untracked().readable(THING, namespace)
const attempts = (matches: (request: Recorded) => boolean) => server.requests.filter(matches).length

/** Time passes in small steps, so that what is due is sent and answered in between. */
async function pass(ms: number, step = 100): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    clock.advance(Math.min(step, left))
    await turns(10)
  }
}

/** Ends the open watch of a collection, as the API server does every few minutes. */
function end(path: string): void {
  server.watches.find((watch) => watch.path === path)?.response.end()
}

beforeEach(async () => {
  server = await StubServer.start(things(), others, CRDS, NAMESPACES)
  clock = new FakeClock()
  client = new RestClient({ connection: server.connection(), clock })
  log = []
  woken = []
  for (const name of ['a', 'b']) server.objects.put(thing('one', {}, name))
})

afterEach(async () => {
  await cluster.stop()
  client.close()
  await server.close()
  expect(clock.pending()).toEqual([])
})

describe('a kind', () => {
  it('may be read once it is listed, and not before', async () => {
    const started = begin()
    expect(readable()).toBe(false)
    await started
    expect(readable()).toBe(true)
    expect(readable('a')).toBe(true)
  })

  it('that is not served has nothing to be read', async () => {
    server.objects.resources.splice(0, 1)
    await begin()
    expect(cluster.untracked().serves(THING)).toBeUndefined()
    expect(readable()).toBe(true)
  })

  it('that is forbidden may not be read, though it is served; whoever asked is told when it may', async () => {
    const allow = server.forbid(ofAll)
    await begin()
    expect(cluster.untracked().serves(THING)).toBe('test.io/v1')
    expect([asks(), asks('a')]).toEqual([false, false])
    expect(log).toContain(
      'no permission to list and watch things.test.io in all namespaces: what it would show counts as unknown',
    )
    allow()
    await pass(1000)
    await until(() => readable())
    expect(woken).toContain('reader')
    expect(log).toContain('may now list and watch things.test.io in all namespaces')
    expect(cluster.health().forbidden).toEqual([])
  })

  it('that may not be read any more keeps what is cached, and what is missing is no longer known to be absent', async () => {
    await begin()
    expect(asks('a')).toBe(true)
    const allow = server.forbid(ofAll)
    end(THINGS_PATH)
    await until(() => !readable('a'))
    expect(cluster.untracked().get(THING, 'a', 'one')).toBeDefined()
    expect(woken).toEqual(['reader'])
    expect(cluster.health()).toMatchObject({ synced: true })
    expect(asks('a')).toBe(false)
    woken = []
    allow()
    await pass(2000)
    // Nothing changes meanwhile: that the watch is open again must be enough.
    await until(() => readable('a'))
    expect(woken).toEqual(['reader'])
  })

  it('that is needed is waited for again when its right is taken away', async () => {
    await begin({ uses: [{ kind: THING, use: 'own' }] })
    const allow = server.forbid(ofAll)
    end(THINGS_PATH)
    const rule = 'no permission to list and watch things.test.io in all namespaces'
    await until(() => !cluster.health().synced)
    expect(cluster.health().kinds.find(({ resource }) => resource === 'things.test.io')).toMatchObject({
      waiting: rule,
    })
    allow()
    await pass(2000)
    await until(() => cluster.health().synced)
  })

  it('whose refusal is followed by other failures stays forbidden until it is allowed', async () => {
    const allow = server.forbid(ofAll)
    await begin()
    allow()
    const mend = server.cut(ofAll)
    await pass(2000)
    expect(readable()).toBe(false)
    mend()
    await pass(5000)
    await until(() => readable())
  })
})

describe('where the cluster as a whole may not be read', () => {
  const own = { uses: [{ kind: THING, use: 'own' }] } as const

  it('a namespace is readable by itself, one that is not watched is not, and neither are all', async () => {
    server.forbid(ofAll)
    await begin({ uses: [{ kind: THING, use: 'read', scope: 'cluster' }], namespaces: namespaceSet(['a']) })
    await until(() => readable('a'))
    expect([readable('b'), readable()]).toEqual([false, false])
  })

  it('all that is served is all there is for a kind that nobody wants elsewhere', async () => {
    server.forbid(ofAll)
    const allow = server.forbid(inNamespace('b'))
    void begin({ ...own, namespaces: namespaceSet(['a', 'b']) })
    await until(() => readable('a'))
    expect([readable('b'), readable()]).toEqual([false, false])
    allow()
    await pass(1000)
    await until(() => readable('b'))
    expect(readable()).toBe(true)
  })

  it('patterns whose namespaces are unknown leave it open, and are said not to be served', async () => {
    server.forbid(ofAll)
    const allow = server.forbid(({ path }) => path === '/api/v1/namespaces')
    server.objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'b' } })
    await begin({ ...own, namespaces: namespaceSet(['a', 'b*']) })
    expect([readable('a'), readable()]).toEqual([true, false])
    expect(cluster.health().unserved).toBe('list and watch namespaces, needed for the namespace patterns b*')
    allow()
    await pass(1000)
    await until(() => readable('b'))
    expect(cluster.health().unserved).toBeUndefined()
    expect(readable()).toBe(true)
  })

  it('it is tried again after 1, 2, 4 and so on up to 300 s', async () => {
    server.forbid(ofAll)
    await begin({ ...own, namespaces: namespaceSet(['a']) })
    const asked = () => attempts((request) => ofAll(request) && request.query.limit === '1')
    const gaps: number[] = []
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      const before = asked()
      clock.advance(seconds * 1000 - 1)
      await turns(10)
      expect(asked(), `not before ${seconds} s`).toBe(before)
      clock.advance(1)
      await until(() => asked() > before)
      // The refusal has to arrive before the next wait begins.
      await turns()
      gaps.push(seconds)
    }
    expect(gaps).toHaveLength(11)
  })

  it('a role that comes 3 s after the start is known within 5 s, and all are watched at once then', async () => {
    const allow = server.forbid(({ path }) => path.includes('/things'))
    const started = begin({ ...own, namespaces: namespaceSet(['a', 'b']) })
    await pass(3000)
    expect(cluster.health().synced).toBe(false)
    allow()
    await pass(5000)
    await started
    await until(() => server.watches.some(({ path }) => path === THINGS_PATH))
    expect(readable()).toBe(true)
  })
})

describe('a right that is granted', () => {
  const both = { uses: [THING, OTHER].map((kind) => ({ kind, use: 'read', optional: true }) as const) }
  const ofOthers = ({ path }: Recorded) => path.includes('/others')

  /** Refuses others for a moment; they are asked for again soon, with success. */
  async function refuseOthersForAMoment(): Promise<void> {
    const allow = server.forbid(ofOthers)
    end('/apis/test.io/v1/others')
    while (cluster.untracked().readable(OTHER)) await pass(200)
    allow()
    while (!cluster.untracked().readable(OTHER)) await pass(200)
  }

  it('is a reason to try all others at once, which would have waited for up to 30 s', async () => {
    const allow = server.forbid(ofAll)
    await begin(both)
    await pass(120_000, 1000)
    allow()
    await refuseOthersForAMoment()
    await until(() => readable())
  })

  it('is no reason to ask again and again for one that stays away', async () => {
    server.forbid(ofAll)
    await begin(both)
    await pass(120_000, 1000)
    const before = attempts(ofAll)
    for (let round = 0; round < 4; round++) await refuseOthersForAMoment()
    // Once woken, and perhaps once by itself.
    expect(attempts(ofAll) - before).toBeLessThanOrEqual(2)
  })
})
