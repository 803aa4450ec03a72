import type { KubeObject } from '@exposedapi/objects'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Store } from '../cache/store.ts'
import type { StoreChange } from '../cache/store-change.ts'
import { RestClient } from '../client/rest-client.ts'
import { noLog } from '../runtime/log.ts'
import { noTelemetry } from '../runtime/telemetry.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { type Recorded, send, status } from '../testing/stub-request.ts'
import { type Fault, StubServer } from '../testing/stub-server.ts'
import { THING, THINGS_PATH, thing, things } from '../testing/things.ts'
import { turns, until } from '../testing/until.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorOptions } from './reflector-options.ts'

let server: StubServer
let client: RestClient
let clock: FakeClock
let reflector: Reflector
let store: Store<KubeObject>
let changes: string[]
let missing: number
let restarts: string[]

const isWatch = (request: Recorded) => request.query.watch === 'true'
const isList = (request: Recorded) => request.query.watch === undefined
const watches = () => server.requests.filter(isWatch)
const lists = () => server.requests.filter(isList)
const names = () => [...store.all()].map((object) => object.metadata.name).sort()

function describeChange({ old, new: now }: StoreChange): string {
  const name = (now ?? old)?.metadata.name
  return `${old && now ? 'change' : now ? 'add' : 'remove'} ${name}`
}

function start(options: Partial<ReflectorOptions> = {}) {
  reflector = new Reflector({
    client,
    resource: 'things.test.io',
    apiVersion: 'test.io/v1',
    kind: 'Thing',
    path: THINGS_PATH,
    sink: store,
    clock,
    log: noLog,
    telemetry: {
      ...noTelemetry,
      count: (name, labels) => void (name === 'watch_restarts_total' && restarts.push(labels?.reason ?? '')),
    },
    onSynced: () => {},
    onMissing: () => missing++,
    streamingList: false,
    ...options,
  })
  reflector.start()
}

async function watching(options: Partial<ReflectorOptions> = {}) {
  start(options)
  await until(() => server.watches.length === 1 && reflector.health().synced)
  // The head of the answer is under way.
  await turns()
  server.take()
}

/** Runs through the back-off that is pending. */
async function afterBackoff(ms: number) {
  await until(
    () => clock.pending().some((left) => Math.round(left) === ms),
    `a back-off of ${ms} ms among ${clock.pending()}`,
  )
  clock.advance(ms)
}

beforeEach(async () => {
  server = await StubServer.start(things())
  clock = new FakeClock()
  client = new RestClient({ connection: server.connection(), clock })
  changes = []
  restarts = []
  missing = 0
  store = new Store({
    kind: THING,
    indexes: [],
    emit: (change) => changes.push(describeChange(change)),
    report: () => {},
  })
  server.objects.put(thing('a'))
})

afterEach(async () => {
  await reflector.stop()
  client.close()
  await server.close()
})

describe('the first list', () => {
  it('is a consistent read in pages of 500', async () => {
    for (let i = 0; i < 1200; i++) server.objects.put(thing(`n${i}`))
    start()
    await until(() => server.watches.length === 1)
    expect(lists().map((request) => request.query)).toEqual([
      { limit: '500' },
      { limit: '500', continue: '500' },
      { limit: '500', continue: '1000' },
    ])
    expect(store.size).toBe(1201)
  })

  it('begins again when its pages have expired', async () => {
    for (let i = 0; i < 600; i++) server.objects.put(thing(`n${i}`))
    server.misbehave(
      (request) => request.query.continue !== undefined,
      (response) => send(response, 410, status(410, 'Expired')),
    )
    start()
    await afterBackoff(800)
    await until(() => reflector.health().synced)
    expect(lists().map((request) => request.query.continue)).toEqual([undefined, '500', undefined, '500'])
  })

  it.each<[string, Fault]>([
    ['a 500', (response) => send(response, 500, status(500, 'InternalError'))],
    ['a 403', (response) => send(response, 403, status(403, 'Forbidden'))],
    ['a reset', (response) => response.destroy()],
    ['HTML', (response) => send(response, 200, '<html>')],
    ['no list', (response) => send(response, 200, { kind: 'Status' })],
  ])('is tried again after %s', async (_, fault) => {
    server.misbehave(isList, fault, 2)
    start()
    await afterBackoff(800)
    await afterBackoff(1600)
    await until(() => names().length === 1)
    expect(reflector.health().lastError).toBeUndefined()
  })

  it('waits as long as the server asks', async () => {
    server.misbehave(isList, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '9' }))
    start()
    await afterBackoff(9000)
    await until(() => names().length === 1)
  })
})

describe('the streaming list', () => {
  it('becomes the watch, without any other request', async () => {
    start({ streamingList: true })
    await until(() => reflector.health().synced)
    server.objects.put(thing('b'))
    await until(() => names().length === 2)
    expect(server.requests.map((request) => request.query.sendInitialEvents)).toEqual(['true'])
    expect(server.requests[0]?.query).not.toHaveProperty('resourceVersion')
  })

  it.each([400, 422])('falls back to pages when the server answers %i', async (code) => {
    server.misbehave(
      (request) => request.query.sendInitialEvents === 'true',
      (response) => send(response, code, status(code, 'Invalid')),
    )
    start({ streamingList: true })
    await until(() => server.watches.length === 1)
    expect(names()).toEqual(['a'])
  })

  it('falls back to pages at once while the watch cache of the server is not ready', async () => {
    const young = status(429, 'TooManyRequests', 'storage is (re)initializing')
    server.misbehave(isWatch, (response) => send(response, 429, young, { 'retry-after': '1' }))
    start({ streamingList: true })
    await until(() => server.watches.length === 1)
    expect(names()).toEqual(['a'])
  })

  it('falls back to pages when the server is silent', async () => {
    server.misbehave(isWatch, (response) => response.writeHead(200).flushHeaders())
    start({ streamingList: true })
    await until(() => server.requests.length === 1)
    await afterBackoff(10_000)
    await until(() => names().length === 1)
  })

  it('falls back to pages when the server ignores the wish', async () => {
    server.misbehave(isWatch, (response) => {
      response
        .writeHead(200)
        .write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '5' } } })}\n`)
    })
    start({ streamingList: true })
    await until(() => names().length === 1)
  })

  it('that is cut changes nothing', async () => {
    server.misbehave(isWatch, (response) => {
      response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object: thing('half') })}\n`)
      setImmediate(() => response.destroy())
    })
    start({ streamingList: true })
    await afterBackoff(800)
    await until(() => reflector.health().synced)
    expect(changes).toEqual(['add a'])
  })

  it('waits 70 s for bytes once it has become the watch', async () => {
    await watching({ streamingList: true })
    clock.advance(69_000)
    await turns()
    expect(server.requests).toEqual([])
  })
})

describe('a watch', () => {
  it('asks for bookmarks from the version of the list, for 240 to 360 s', async () => {
    start()
    await until(() => server.watches.length === 1)
    expect(watches()[0]?.query).toMatchObject({
      allowWatchBookmarks: 'true',
      resourceVersion: server.objects.version,
      timeoutSeconds: '240',
    })
  })

  it('goes on from the last event or bookmark when it ends', async () => {
    await watching()
    server.objects.put(thing('b'))
    server.objects.compact()
    server.bookmark(THINGS_PATH)
    await until(() => names().length === 2)
    clock.advance(5000)
    server.watches[0]?.response.end()
    await until(() => watches().length === 1)
    expect(watches()[0]?.query.resourceVersion).toBe(server.objects.version)
    expect(lists()).toEqual([])
  })

  it('is ended after 70 s without a byte and opened again at once', async () => {
    await watching()
    clock.advance(69_999)
    await turns()
    expect(server.requests).toEqual([])
    clock.advance(1)
    await until(() => watches().length === 1)
    expect(lists()).toEqual([])
    expect(restarts).toEqual(['inactive'])
  })

  it('is ended after 70 s even if not even the head of the answer arrives', async () => {
    server.misbehave(isWatch, () => {})
    start()
    await until(() => watches().length === 1)
    clock.advance(70_000)
    await until(() => watches().length === 2)
  })

  it('is ended after 70 s of silence that follow a bookmark', async () => {
    await watching()
    clock.advance(60_000)
    server.bookmark(THINGS_PATH)
    await turns()
    clock.advance(69_000)
    await turns()
    expect(server.requests).toEqual([])
    clock.advance(1000)
    await until(() => watches().length === 1)
  })

  it('that ends within a frame counts as broken', async () => {
    await watching()
    clock.advance(5000)
    server.watches[0]?.response.end('{"type":"ADD')
    await until(() => restarts.length === 1)
    expect(restarts).toEqual(['BrokenStream'])
  })

  it('lives on as long as bookmarks come, until its deadline', async () => {
    await watching()
    const alive = async (ms: number) => {
      clock.advance(ms)
      const before = reflector.health().heardAt
      server.bookmark(THINGS_PATH)
      await until(() => reflector.health().heardAt > before)
    }
    for (let i = 0; i < 4; i++) await alive(60_000)
    expect(server.requests).toEqual([])
    clock.advance(15_000)
    await until(() => watches().length === 1)
    expect(restarts).toEqual(['deadline'])
  })

  it('that ends at once again and again does not make a hot loop', async () => {
    await watching()
    server.misbehave(isWatch, (response) => response.writeHead(200).end(), 99)
    clock.advance(5000)
    server.watches[0]?.response.end()
    await afterBackoff(800)
    await afterBackoff(1600)
    await afterBackoff(3200)
    expect(watches().length).toBeLessThanOrEqual(4)
  })

  it.each<[string, Fault]>([
    ['a 500', (response) => send(response, 500, status(500, 'InternalError'))],
    ['a 403', (response) => send(response, 403, status(403, 'Forbidden'))],
    ['a 401', (response) => send(response, 401, status(401, 'Unauthorized'))],
    ['a reset', (response) => response.destroy()],
    ['an HTML 502', (response) => send(response, 502, '<html>')],
    ['a frame that is cut', (response) => response.writeHead(200).end('{"type":"ADD')],
    ['a frame that is no JSON', (response) => response.writeHead(200).write('<html>\n')],
    ['a frame that is no event', (response) => response.writeHead(200).write('{}\n')],
    ['null', (response) => response.writeHead(200).write('null\n')],
    [
      'an ERROR frame',
      (response) =>
        response.writeHead(200).write(`${JSON.stringify({ type: 'ERROR', object: status(500, 'InternalError') })}\n`),
    ],
  ])('is opened again after a back-off, from the same version, after %s', async (_, fault) => {
    await watching()
    const version = server.objects.version
    server.misbehave(isWatch, fault, 2)
    clock.advance(5000)
    server.watches[0]?.response.end()
    await afterBackoff(800)
    server.behave()
    await until(() => server.watches.length === 1)
    expect(lists()).toEqual([])
    expect(new Set(watches().map((request) => request.query.resourceVersion))).toEqual(new Set([version]))
    server.objects.put(thing('b'))
    await until(() => names().length === 2)
  })

  it('waits as long as the server asks, and does not list', async () => {
    await watching()
    server.misbehave(isWatch, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '9' }))
    clock.advance(5000)
    server.watches[0]?.response.end()
    await afterBackoff(9000)
    await until(() => server.watches.length === 1)
    expect(lists()).toEqual([])
  })

  it('reports a 404 of its collection', async () => {
    await watching()
    server.misbehave(isWatch, (response) => send(response, 404, status(404, 'NotFound')))
    clock.advance(5000)
    server.watches[0]?.response.end()
    await until(() => missing === 1)
    expect(names()).toEqual(['a'])
  })

  it('takes frames that arrive in pieces', async () => {
    await watching()
    const frame = Buffer.from(
      `${JSON.stringify({ type: 'ADDED', object: { ...thing('ü'), metadata: { name: 'ü', namespace: 'default', uid: 'u', resourceVersion: '9999' } } })}\n`,
    )
    for (const byte of frame) server.watches[0]?.response.write(Buffer.of(byte))
    await until(() => names().includes('ü'))
  })

  it('forgets its failures after two minutes without one', async () => {
    await watching()
    const failOnce = async (ms: number) => {
      server.misbehave(isWatch, (response) => send(response, 500, status(500, 'InternalError')))
      clock.advance(5000)
      server.watches[0]?.response.end()
      await afterBackoff(ms)
      await until(() => server.watches.length === 1)
      await turns()
    }
    await failOnce(800)
    await failOnce(1600)
    clock.advance(60_000)
    server.bookmark(THINGS_PATH)
    await turns()
    clock.advance(60_001)
    await failOnce(800)
  })
})

describe('expired history', () => {
  const expired = status(410, 'Expired', 'too old resource version')
  it.each<[string, Fault]>([
    ['status', (response) => send(response, 410, expired)],
    ['frame', (response) => response.writeHead(200).write(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`)],
  ])('(410 %s) leads to a list that is not older than what was seen', async (_, fault) => {
    await watching()
    server.objects.put(thing('b'))
    await until(() => names().length === 2)
    const version = server.objects.version
    server.misbehave(isWatch, fault)
    server.watches[0]?.response.end()
    await until(() => server.watches.length === 1 && lists().length === 1)
    expect(lists()[0]?.query).toEqual({ resourceVersion: version, resourceVersionMatch: 'NotOlderThan' })
  })

  it.each<[string, object]>([
    ['410', expired],
    [
      'too large',
      status(504, 'Timeout', 'Too large resource version', { causes: [{ reason: 'ResourceVersionTooLarge' }] }),
    ],
  ])('of the list itself (%s) leads to a consistent read at once', async (_, body) => {
    await watching()
    server.objects.put(thing('b'))
    await until(() => names().length === 2)
    server.misbehave(isWatch, (response) => send(response, 410, expired))
    server.misbehave(isList, (response) => send(response, (body as { code: number }).code, body))
    server.watches[0]?.response.end()
    await until(() => server.watches.length === 1 && lists().length === 2)
    expect(lists()[1]?.query).toEqual({ limit: '500' })
  })

  it('again and again does not make a hot loop', async () => {
    await watching()
    server.misbehave(isWatch, (response) => send(response, 410, expired), 99)
    clock.advance(5000)
    server.watches[0]?.response.end()
    await afterBackoff(800)
    await afterBackoff(1600)
    expect(lists().length).toBeLessThanOrEqual(3)
  })

  it('shows as deletes, and as another object where the uid has changed', async () => {
    const b = server.objects.put(thing('b'))
    const c = server.objects.put(thing('c'))
    await watching()
    changes = []
    const frames = server.watches.splice(0)
    server.objects.remove(b)
    server.objects.remove(c)
    server.objects.put(thing('c'))
    server.objects.compact()
    clock.advance(10_001)
    frames[0]?.response.end()
    await until(() => names().length === 2 && lists().length === 1)
    expect(changes).toEqual(['remove b', 'remove c', 'add c'])
  })
})

it('a stopped reflector has no timer, no request and no further effect', async () => {
  await watching()
  await reflector.stop()
  server.objects.put(thing('b'))
  await turns()
  expect(clock.pending()).toEqual([])
  expect(names()).toEqual(['a'])
  expect(server.watches).toEqual([])
  expect(reflector.health().state).toBe('stopped')
})

it('survives a logger that throws', async () => {
  const bug = () => {
    throw new Error('bug')
  }
  server.misbehave(isList, (response) => send(response, 500, status(500, 'InternalError')))
  start({ log: { debug: noLog.debug, info: bug, warn: bug, error: bug } })
  await afterBackoff(800)
  await until(() => names().length === 1)
})

it('can be stopped while it waits', async () => {
  server.misbehave(isList, (response) => response.destroy(), 99)
  start()
  await until(() => clock.pending().length === 1 && reflector.health().state === 'waiting')
  await reflector.stop()
  expect(clock.pending()).toEqual([])
})
