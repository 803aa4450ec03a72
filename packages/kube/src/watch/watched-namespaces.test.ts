import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RestClient } from '../client/rest-client.ts'
import { Cluster, type ClusterOptions } from '../cluster.ts'
import { noLog } from '../runtime/log.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import type { Recorded } from '../testing/stub-request.ts'
import { StubServer } from '../testing/stub-server.ts'
import { BY_COLOR, CRDS, THING, THINGS_PATH, thing, things } from '../testing/things.ts'
import { turns, until } from '../testing/until.ts'
import { namespaceSet } from './namespace-patterns.ts'

const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false }
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const ofAll = ({ path }: Recorded) => path === THINGS_PATH
const ofNamespaces = ({ path }: Recorded) => path === '/api/v1/namespaces'
const within = (name: string) => `/apis/test.io/v1/namespaces/${name}/things`

let server: StubServer
let client: RestClient
let cluster: Cluster
let clock: FakeClock
let log: string[]

function newCluster(patterns: string[], options: Partial<ClusterOptions> = {}, alsoRead: string[] = []) {
  const note = (_: object, message: string) => void log.push(message)
  cluster = new Cluster({
    client,
    clock,
    uses: [{ kind: THING, use: 'own' }],
    indexes: [BY_COLOR],
    fieldManager: 'us',
    namespaces: namespaceSet(patterns, alsoRead),
    log: { ...noLog, warn: note, error: note },
    ...options,
  })
  const started = cluster.start()
  clock.advance(0)
  return started
}

const cached = () => [...cluster.all(THING)].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()
const ofThings = () => cluster.health().kinds.find(({ resource }) => resource === 'things.test.io')
const watched = () =>
  server.watches
    .map(({ path }) => path)
    .filter((path) => path.includes('things'))
    .sort()

beforeEach(async () => {
  server = await StubServer.start(things(), CRDS, NAMESPACES)
  clock = new FakeClock()
  client = new RestClient({ connection: server.connection(), clock })
  log = []
  for (const name of ['a', 'b', 'c']) {
    server.objects.put(thing('one', {}, name))
    server.objects.put(namespace(name))
  }
})

afterEach(async () => {
  await cluster.stop()
  client.close()
  await server.close()
  expect(clock.pending()).toEqual([])
})

it('one watch of the whole cluster serves all namespaces where that is allowed', async () => {
  await newCluster(['a', 'b'])
  expect(watched()).toEqual([THINGS_PATH])
  expect(server.requests.filter(ofNamespaces)).toEqual([])
  expect(cached()).toEqual(['a/one', 'b/one'])
})

describe('where the cluster as a whole may not be listed', () => {
  it('each namespace that is named is watched by itself, and the missing rule is named', async () => {
    server.forbid(ofAll)
    await newCluster(['a', 'b'])
    await until(() => watched().length === 2)
    expect(watched()).toEqual([within('a'), within('b')])
    expect(cached()).toEqual(['a/one', 'b/one'])
    expect(log).toContain(
      'no permission to list and watch things.test.io in all namespaces: watching namespaces one by one',
    )
    expect(server.requests.filter(ofNamespaces)).toEqual([])
    server.objects.put(thing('two', {}, 'b'))
    server.objects.put(thing('two', {}, 'c'))
    await until(() => cached().includes('b/two'))
    expect(cached()).toEqual(['a/one', 'b/one', 'b/two'])
  })

  it('a relist of one namespace leaves the others alone', async () => {
    server.forbid(ofAll)
    await newCluster(['a', 'b'])
    await until(() => watched().length === 2)
    const watch = server.watches.find(({ path }) => path === within('a'))
    for (let i = 0; i < 20; i++) server.objects.put(thing('busy', { size: i }, 'b'))
    await until(() => cached().includes('b/busy'))
    server.objects.put(thing('late', {}, 'a'))
    await until(() => cached().includes('a/late'))
    server.objects.compact()
    clock.advance(10_001)
    watch?.response.end()
    await until(() => server.requests.filter(({ path }) => path === within('a')).length >= 3)
    await turns()
    expect(cached()).toEqual(['a/late', 'a/one', 'b/busy', 'b/one'])
  })

  it('an event of one namespace that is older than what is known of another is news all the same', async () => {
    server.forbid(ofAll)
    await newCluster(['a', 'b'])
    await until(() => watched().length === 2)
    const slow = server.watches.findIndex(({ path }) => path === within('a'))
    const [watch] = server.watches.splice(slow, 1)
    const late = server.objects.put(thing('late', {}, 'a'))
    server.objects.put(thing('two', {}, 'b'))
    await until(() => cached().includes('b/two'))
    watch?.response.write(`${JSON.stringify({ type: 'ADDED', object: late })}\n`)
    await until(() => cached().includes('a/late'))
  })

  it('our own writes are in the cache, and stay there until the namespace is listed', async () => {
    server.forbid(ofAll)
    await newCluster(['a', 'b'])
    expect(await cluster.apply(thing('mine', {}, 'a'))).toBe('created')
    expect(cached()).toContain('a/mine')
    await cluster.delete(THING, cluster.untracked().get(THING, 'a', 'mine') as never)
    expect(cached()).not.toContain('a/mine')
  })

  it('the start waits for a namespace that may not be listed, and says which rule is missing', async () => {
    server.forbid(ofAll)
    const allow = server.forbid(({ path }) => path === within('b'))
    const started = newCluster(['a', 'b'])
    await until(() => log.some((line) => line.includes('in namespace b')))
    expect(log).toContain('no permission to list and watch things.test.io in namespace b')
    expect(cluster.health().synced).toBe(false)
    expect(ofThings()).toMatchObject({
      waiting: 'no permission to list and watch things.test.io in namespace b',
      forbidden: ['list and watch things.test.io in namespace b'],
    })
    for (let i = 0; i < 5; i++) {
      clock.advance(60_000)
      await turns()
    }
    expect(log.filter((line) => line.includes('in namespace b'))).toHaveLength(1)
    allow()
    clock.advance(60_000)
    await started
    expect(cached()).toEqual(['a/one', 'b/one'])
  })

  it('all are watched at once again when that is allowed later', async () => {
    const allow = server.forbid(ofAll)
    await newCluster(['a', 'b'])
    await until(() => watched().length === 2)
    allow()
    clock.advance(300_000)
    await until(() => watched().join() === THINGS_PATH)
    await until(() => cluster.health().synced)
    expect(cached()).toEqual(['a/one', 'b/one'])
    server.objects.put(thing('two', {}, 'b'))
    await until(() => cached().includes('b/two'))
  })

  it('a cache that was complete stays: a rule that is taken away later does not split the watch', async () => {
    await newCluster(['a'])
    server.forbid(ofAll)
    server.watches.find(({ path }) => path === THINGS_PATH)?.response.destroy()
    await until(() => log.some((line) => line.startsWith('no permission')) || clock.pending().includes(800))
    clock.advance(800)
    await until(() =>
      log.includes('no permission to list and watch things.test.io in all namespaces: the cache stays as it is'),
    )
    expect(cached()).toEqual(['a/one'])
    expect(watched()).toEqual([])
  })
})

describe('globs', () => {
  it('follow namespaces as they come and go', async () => {
    server.forbid(ofAll)
    await newCluster(['a*', 'c'])
    expect(cached()).toEqual(['a/one', 'c/one'])
    server.objects.put(thing('early', {}, 'ab'))
    const ab = server.objects.put(namespace('ab'))
    await until(() => cached().includes('ab/early'))
    server.objects.put(namespace('b2'))
    server.objects.remove(ab)
    await until(() => !cached().includes('ab/early'))
    await until(() => watched().join() === [within('a'), within('c')].join())
  })

  it('that need a rule that is missing are named, and names are served without them', async () => {
    server.forbid(ofAll)
    server.forbid(ofNamespaces)
    await newCluster(['a', 'b*'])
    expect(cached()).toEqual(['a/one'])
    expect(log).toContain('no permission to list and watch namespaces: serving only those that are named exactly')
    expect(cluster.health().unserved).toBe('list and watch namespaces, needed for the namespace patterns b*')
  })

  it('are known before the start has ended', async () => {
    server.forbid(ofAll)
    let release = () => {}
    server.misbehave(ofNamespaces, () => {
      release = () => clock.advance(70_000)
    })
    const started = newCluster(['a', 'b*'])
    await until(() => server.requests.some(ofNamespaces) && cached().length === 1)
    expect(cluster.health().synced).toBe(false)
    release()
    await started
    expect(cached()).toEqual(['a/one', 'b/one'])
  })
})

describe('a kind of scope cluster', () => {
  it('that is forbidden is read where it is allowed, and holds up nothing elsewhere', async () => {
    server.forbid(ofAll)
    server.forbid(({ path }) => path === within('gone'))
    await newCluster(['a'], { uses: [{ kind: THING, use: 'read', scope: 'cluster' }] }, ['c', 'gone'])
    await until(() => cached().length === 2)
    expect(cached()).toEqual(['a/one', 'c/one'])
    await until(() =>
      log.includes(
        'no permission to list and watch things.test.io in namespace gone: what it would show counts as unknown',
      ),
    )
    expect(ofThings()?.waiting).toBeUndefined()
    expect(cluster.health().forbidden).toEqual([
      'list and watch things.test.io in all namespaces',
      'list and watch things.test.io in namespace gone',
    ])
  })

  it('without namespaces counts as absent', async () => {
    server.objects.resources[0] = { ...things(), namespaced: false }
    server.forbid(ofAll)
    await newCluster(['a'], { uses: [{ kind: { ...THING, namespaced: false }, use: 'read', scope: 'cluster' }] })
    await until(() => ofThings()?.forbidden.length === 1)
    expect(cached()).toEqual([])
    expect(cluster.health()).toMatchObject({ synced: true, forbidden: ['list and watch things.test.io'] })
  })
})
