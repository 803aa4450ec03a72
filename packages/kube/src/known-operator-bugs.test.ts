/**
 * Diseases that operators in the field have had, and the proof that this engine does not catch them: docs of each are in
 * the issue trackers of kopf, the JavaScript, Java and .NET clients, pepr and NVSentinel.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from './client/connection.ts'
import { RestClient } from './client/rest-client.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { Liveness } from './liveness.ts'
import { noTelemetry } from './runtime/telemetry.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { type Recorded, send, status } from './testing/stub-request.ts'
import { type Fault, StubServer } from './testing/stub-server.ts'
import { BY_COLOR, CRDS, THING, THINGS_PATH, thing, things } from './testing/things.ts'
import { turns, until } from './testing/until.ts'
import { namespaceSet } from './watch/namespace-patterns.ts'

const isWatch = (request: Recorded) => request.query.watch === 'true' && request.path === THINGS_PATH
const isOfThings = (request: Recorded) => request.path === THINGS_PATH

let server: StubServer
let client: RestClient
let clock: FakeClock
let cluster: Cluster
let changes: number
let restarts: string[]

async function started(options: Partial<ClusterOptions> = {}, connection: Connection = server.connection()) {
  client = new RestClient({ connection, clock })
  cluster = new Cluster({
    client,
    clock,
    uses: [{ kind: THING, use: 'own' }],
    indexes: [BY_COLOR],
    fieldManager: 'us',
    telemetry: {
      ...noTelemetry,
      count: (name, labels) => void (name === 'watch_restarts_total' && restarts.push(labels?.reason ?? '')),
    },
    ...options,
  })
  cluster.onChange(() => changes++)
  const done = cluster.start()
  clock.advance(0)
  await done
  await until(() => watchOf(THINGS_PATH) !== undefined || options.namespaces !== undefined)
  await turns()
  server.take()
  changes = 0
}

const watchOf = (path: string) => server.watches.find((watch) => watch.path === path)
const cached = (name: string, namespace = 'default') => cluster.untracked().get(THING, namespace, name)

/** Lets time pass until something is so; says how much passed. */
async function passes(condition: () => boolean, limitMs: number): Promise<number> {
  const begun = clock.now()
  while (!condition()) {
    if (clock.now() - begun > limitMs) throw new Error(`not within ${limitMs} ms`)
    await turns(20)
    if (!condition()) clock.advance(500)
  }
  return clock.now() - begun
}

beforeEach(async () => {
  server = await StubServer.start(things(), CRDS)
  clock = new FakeClock()
  restarts = []
})

afterEach(async () => {
  await cluster.stop()
  client.close()
  await server.close()
})

describe('dead watch: it ends and nobody opens it again (kopf#1276, javascript#364, dotnet-operator-sdk#482)', () => {
  const frame =
    (value: unknown): Fault =>
    (response) => {
      response.writeHead(200).write(`${JSON.stringify(value)}\n`)
    }
  const refuse =
    (code: number, reason: string): Fault =>
    (response) =>
      send(response, code, status(code, reason))
  it.each<[string, Fault]>([
    ['the end of the stream', (response) => response.writeHead(200).end()],
    ['a reset', (response) => response.destroy()],
    ['a frame that is cut', (response) => response.writeHead(200).end('{"type":"ADD')],
    ['HTML', (response) => response.writeHead(200).end('<html>\n')],
    ['an ERROR frame', frame({ type: 'ERROR', object: status(500, 'InternalError') })],
    ['expired history', frame({ type: 'ERROR', object: status(410, 'Expired') })],
    ['a 500', refuse(500, 'InternalError')],
    ['a 401', refuse(401, 'Unauthorized')],
    ['a 403', refuse(403, 'Forbidden')],
    ['a 429', refuse(429, 'TooManyRequests')],
  ])('not by %s, ten times over', async (_, fault) => {
    await started()
    for (let i = 0; i < 10; i++) {
      server.misbehave(isWatch, fault)
      clock.advance(121_000)
      server.bookmark(THINGS_PATH)
      watchOf(THINGS_PATH)?.response.end()
      await until(() => server.take().some(isWatch))
      server.objects.put(thing(`after-${i}`))
      await passes(() => cached(`after-${i}`) !== undefined, 60_000)
      await passes(() => watchOf(THINGS_PATH) !== undefined, 1000)
    }
  })
})

it('silent parse error: a frame that is not understood costs no event (client-node)', async () => {
  await started()
  const watch = watchOf(THINGS_PATH)
  watch?.response.write('{"type":"MODIFIED","object":{"metadata":\n')
  server.objects.put(thing('lost'))
  server.objects.put(thing('next'))
  await passes(() => cached('lost') !== undefined && cached('next') !== undefined, 2000)
  expect(restarts).toEqual(['BrokenStream'])
})

describe('black-holed socket: the connection stands and nothing comes (kopf#585, #957, javascript#2432)', () => {
  it('a change is seen after 70 s', async () => {
    await started()
    server.watches.splice(0)
    server.objects.put(thing('a'))
    expect(await passes(() => cached('a') !== undefined, 71_000)).toBeGreaterThan(69_000)
  })

  it('though the next attempts fall into the hole as well', async () => {
    await started()
    server.watches.splice(0)
    server.misbehave(isWatch, () => {}, 3)
    server.objects.put(thing('a'))
    expect(await passes(() => cached('a') !== undefined, 300_000)).toBeGreaterThan(270_000)
  })
})

it('30-second reconnect loop: a quiet kind is watched by few requests (client-node: 20 in ten minutes)', async () => {
  await started()
  for (let minute = 0; minute < 10; minute++) {
    clock.advance(59_000)
    for (const { path } of [...server.watches]) server.bookmark(path)
    await turns(20)
    await passes(() => watchOf(THINGS_PATH) !== undefined, 1000)
  }
  expect(server.requests.filter(isOfThings).length).toBeLessThanOrEqual(3)
})

describe('connection per request (javascript#2893: 200 lists, 200 connections)', () => {
  it('200 requests in a row use one socket', async () => {
    await started()
    const before = server.sockets
    for (let i = 0; i < 200; i++) await client.request({ path: THINGS_PATH })
    expect(server.sockets - before).toBeLessThanOrEqual(1)
  })

  it('200 requests of 16 workers use no more than 16', async () => {
    await started()
    const before = server.sockets
    const worker = async () => {
      for (let i = 0; i < 13; i++) await client.request({ path: THINGS_PATH })
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    expect(server.sockets - before).toBeLessThanOrEqual(16)
  })
})

it('tens of watch requests per second: a server that closes at once is asked ever less (javascript#1933)', async () => {
  await started()
  server.misbehave(isWatch, (response) => response.writeHead(200).end(), Infinity)
  watchOf(THINGS_PATH)?.response.end()
  await passes(() => server.requests.filter(isWatch).length > 0, 2000)
  for (let i = 0; i < 120; i++) {
    clock.advance(500)
    await turns(10)
  }
  expect(server.requests.filter(isWatch).length).toBeLessThanOrEqual(8)
})

it('no instance exists: what comes after history has expired is seen (dotnet-operator-sdk#763)', async () => {
  await started()
  server.objects.compact()
  server.objects.compact()
  watchOf(THINGS_PATH)?.response.destroy()
  await passes(() => watchOf(THINGS_PATH) !== undefined, 5000)
  server.objects.put(thing('first'))
  await passes(() => cached('first') !== undefined, 5000)
})

it('events replayed: a server that begins before the version asked for wakes nobody (pepr#295)', async () => {
  const history = [1, 2, 3].map((size) => ({ type: 'MODIFIED', object: server.objects.put(thing('a', { size })) }))
  const gone = server.objects.put(thing('gone'))
  server.objects.remove(gone)
  await started()
  server.misbehave(isWatch, (response) => {
    const replayed = [...history, { type: 'ADDED', object: gone }, { type: 'DELETED', object: gone }]
    response.writeHead(200).write(replayed.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })
  clock.advance(5000)
  watchOf(THINGS_PATH)?.response.end()
  await until(() => server.requests.some(isWatch))
  await turns()
  expect(changes).toBe(0)
  expect(cached('a')?.spec?.size).toBe(3)
  expect(cached('gone')).toBeUndefined()
})

it('lost events under load: 10,000 changes in one burst end in the right state (kopf#718, #729)', async () => {
  await started()
  for (let turn = 0; turn < 100; turn++) {
    for (let i = 0; i < 100; i++) {
      const object = server.objects.put(thing(`n${i}`, { size: turn, color: String((turn + i) % 7) }))
      if (turn === 98 && i % 10 === 0) server.objects.remove(object)
    }
  }
  await until(() => cached('n99')?.spec?.size === 99)
  const all = [...cluster.all(THING)]
  expect(all).toHaveLength(100)
  expect(new Set(all.map(({ spec }) => spec?.size))).toEqual(new Set([99]))
  expect(cluster.untracked().by(BY_COLOR, String((99 + 99) % 7)).length).toBe(
    Array.from({ length: 100 }, (_, i) => (99 + i) % 7).filter((color) => color === (99 + 99) % 7).length,
  )
})

it('namespace terminating: its watch is closed, and what is deleted then is seen all the same (kopf#1088)', async () => {
  const path = '/apis/test.io/v1/namespaces/ours/things'
  server.forbid(isOfThings)
  const objects = ['a', 'b'].map((name) => server.objects.put(thing(name, {}, 'ours')))
  await started({ namespaces: namespaceSet(['ours']) })
  await until(() => watchOf(path) !== undefined)
  clock.advance(5000)
  watchOf(path)?.response.end()
  for (const object of objects) server.objects.remove(object)
  await passes(() => cached('a', 'ours') === undefined && cached('b', 'ours') === undefined, 2000)
  server.objects.put(thing('again', {}, 'ours'))
  await passes(() => cached('again', 'ours') !== undefined, 2000)
})

describe('rotation: credentials expire while the process runs (javascript#228, fiaas/k8s#98)', () => {
  function rotating() {
    const connection = server.connection()
    const state = { valid: 'one', file: 'one', reads: 0 }
    let token = 'one'
    return {
      state,
      connection: {
        ...connection,
        credentials: async (rejected?: unknown) => {
          const { requests, watches } = await connection.credentials()
          if (rejected) {
            state.reads++
            token = state.file
          }
          return { headers: { Authorization: token }, requests, watches }
        },
      } as Connection,
      expired: (request: Recorded) => request.authorization !== state.valid,
    }
  }
  const unauthorized: Fault = (response) => send(response, 401, status(401, 'Unauthorized'))

  it('a new token is read at the first 401, and no request fails', async () => {
    const { state, connection, expired } = rotating()
    await started({}, connection)
    server.misbehave(expired, unauthorized, Infinity)
    state.valid = state.file = 'two'
    expect(await cluster.apply(thing('a'))).toBe('created')
    expect(state.reads).toBe(1)
    clock.advance(5000)
    watchOf(THINGS_PATH)?.response.end()
    await until(() => watchOf(THINGS_PATH) !== undefined)
  })

  it('a token that comes late is picked up by the watch, and the process lives', async () => {
    const { state, connection, expired } = rotating()
    await started({}, connection)
    server.misbehave(expired, unauthorized, Infinity)
    state.valid = 'two'
    watchOf(THINGS_PATH)?.response.destroy()
    server.objects.put(thing('a'))
    await expect(passes(() => cached('a') !== undefined, 20_000)).rejects.toThrow('not within')
    state.file = 'two'
    await passes(() => cached('a') !== undefined, 60_000)
  })
})

it('false liveness: a loop that is frozen is reported, whatever else still works (NVSentinel PR #1477)', async () => {
  const connection = server.connection()
  let isHanging = false
  const hang = Promise.withResolvers<void>()
  const credentials = () => (isHanging ? hang.promise.then(() => connection.credentials()) : connection.credentials())
  const hanging = { ...connection, credentials }
  await started({}, hanging as Connection)
  const liveness = new Liveness({ cluster, queues: [], clock })
  expect(liveness.dead()).toEqual([])
  // As an exec plugin does that never returns.
  isHanging = true
  watchOf(THINGS_PATH)?.response.destroy()
  await passes(() => liveness.dead().length > 0, 150_000)
  expect(liveness.dead()).toContainEqual(
    expect.stringMatching(/^watch of things\.test\.io: no sign of life for 14\d s$/),
  )
  hang.resolve()
})

describe('slow recovery: the API server is back, and watches still wait for half a minute', () => {
  const isOfCrds = ({ path }: Recorded) => path.endsWith('/customresourcedefinitions')

  it('the first success of anybody wakes all of them', async () => {
    await started()
    const allow = server.cut(() => true)
    for (const { response } of [...server.watches]) response.destroy()
    for (let i = 0; i < 240; i++) {
      clock.advance(500)
      await turns(10)
    }
    const waits = clock.pending().filter((ms) => ms > 5000).length
    expect(waits).toBeGreaterThan(0)
    allow()
    server.objects.put(thing('a'))
    await client.request({ path: THINGS_PATH })
    await until(() => cached('a') !== undefined)
  })

  it('but a watch that is refused all the same keeps to its back-off', async () => {
    await started()
    server.cut(isWatch)
    watchOf(THINGS_PATH)?.response.destroy()
    server.take()
    for (let i = 0; i < 120; i++) {
      clock.advance(500)
      await turns(5)
      await client.request({ path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions' })
    }
    expect(server.requests.some(isOfCrds)).toBe(true)
    expect(server.requests.filter(isWatch).length).toBeLessThanOrEqual(10)
  })
})
