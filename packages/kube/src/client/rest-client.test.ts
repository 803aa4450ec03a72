import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { send, status } from '../testing/stub-request.ts'
import { StubServer } from '../testing/stub-server.ts'
import { THINGS_PATH, things } from '../testing/things.ts'
import { until } from '../testing/until.ts'
import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import { RestClient } from './rest-client.ts'

let server: StubServer
let client: RestClient
const clock = new FakeClock()
const any = () => true

function connected(connection: Connection = server.connection()) {
  client = new RestClient({ connection, clock })
  return client
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

beforeEach(async () => {
  server = await StubServer.start(things())
  connected()
})

afterEach(async () => {
  client.close()
  await server.close()
})

describe('errors', () => {
  it('carry what a Status says', async () => {
    const details = { causes: [{ reason: 'FieldManagerConflict' }] }
    server.misbehave(any, (response) => send(response, 409, status(409, 'Conflict', 'somebody owns it', details)))
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'somebody owns it',
      details,
    })
  })

  it('are made of an HTML page too', async () => {
    server.misbehave(any, (response) => send(response, 502, '<html><h1>Bad\nGateway</h1></html>'))
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 502,
      message: expect.stringContaining('Bad Gateway'),
    })
  })

  it.each(['{"items": [', '<html></html>', ''])('are made of a 200 that is no JSON: %j', async (body) => {
    server.misbehave(any, (response) => send(response, 200, body))
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 0,
      reason: 'InvalidResponse',
      ambiguous: true,
    })
  })

  it('are made of an answer that is cut', async () => {
    server.misbehave(any, (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"a":')
      setImmediate(() => response.destroy())
    })
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 0,
      reason: 'ECONNRESET',
      ambiguous: true,
    })
  })

  it('show that a refused connection had no effect', async () => {
    await server.close()
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 0,
      reason: 'ECONNREFUSED',
      ambiguous: false,
    })
    server = await StubServer.start()
  })

  it.each([
    ['before the head', false],
    ['within the body', true],
  ])('come when the answer stalls %s', async (_, head) => {
    server.misbehave(any, (response) => {
      if (head) response.writeHead(200).write('{')
    })
    const request = failure(client.request({ path: '/x', timeoutMs: 3000 }))
    await until(() => server.requests.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    clock.advance(3000)
    expect(await request).toMatchObject({ code: 0, reason: 'Timeout', ambiguous: true })
  })

  it('come when the caller aborts', async () => {
    server.misbehave(any, () => {})
    const abort = new AbortController()
    const request = failure(client.request({ path: '/x', signal: abort.signal }))
    await until(() => server.requests.length === 1)
    abort.abort()
    expect(await request).toMatchObject({ reason: 'Aborted' })
  })

  it('come to everything in flight when the client is closed', async () => {
    server.misbehave(any, () => {})
    const request = failure(client.request({ path: '/x' }))
    await until(() => server.requests.length === 1)
    client.close()
    expect(await request).toMatchObject({ reason: 'Aborted' })
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({ reason: 'Aborted' })
  })

  it('leave no timer behind', async () => {
    server.misbehave(any, (response) => send(response, 500, 'oops'))
    await failure(client.request({ path: '/x' }))
    await client.request({ path: THINGS_PATH })
    expect(clock.pending()).toEqual([])
  })
})

describe('Retry-After', () => {
  it.each([429, 503])('is obeyed on %i', async (code) => {
    server.misbehave(any, (response) => send(response, code, status(code, 'Busy'), { 'retry-after': '7' }))
    const request = client.request({ path: THINGS_PATH })
    await until(() => clock.pending().includes(7000))
    expect(server.requests).toHaveLength(1)
    clock.advance(7000)
    await request
    expect(server.requests).toHaveLength(2)
  })

  it('is obeyed at most nine times', async () => {
    server.misbehave(any, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '1' }), 99)
    const request = failure(client.request({ path: THINGS_PATH }))
    for (let i = 0; i < 9; i++) {
      await until(() => clock.pending().includes(1000))
      clock.advance(1000)
    }
    expect(await request).toMatchObject({ code: 429, retryAfterMs: 1000 })
    expect(server.requests).toHaveLength(10)
  })

  it('of more than a minute, and any for `retry: false`, is left to the caller', async () => {
    server.misbehave(any, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '61' }))
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({ retryAfterMs: 61_000 })
    server.misbehave(any, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '1' }))
    expect(await failure(client.request({ path: '/x', retry: false }))).toMatchObject({ retryAfterMs: 1000 })
  })

  it('ends with close', async () => {
    server.misbehave(any, (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '7' }))
    const request = failure(client.request({ path: THINGS_PATH, signal: new AbortController().signal }))
    await until(() => clock.pending().includes(7000))
    client.close()
    expect(await request).toMatchObject({ reason: 'Aborted' })
    expect(clock.pending()).toEqual([])
  })
})

describe('credentials', () => {
  function rotating(): { connection: Connection; asked: unknown[] } {
    const base = server.connection()
    const asked: unknown[] = []
    const credentials = async (rejected?: object) => {
      asked.push(rejected)
      return { ...(await base.credentials()), headers: { Authorization: rejected ? 'new' : 'old' } }
    }
    return { connection: { ...base, credentials }, asked }
  }

  it('are read again after a 401, once', async () => {
    const { connection, asked } = rotating()
    connected(connection)
    server.misbehave(any, (response) => send(response, 401, status(401, 'Unauthorized')))
    await client.request({ path: THINGS_PATH })
    expect(asked).toEqual([undefined, expect.objectContaining({ headers: { Authorization: 'old' } })])
    server.misbehave(any, (response) => send(response, 401, status(401, 'Unauthorized')), 2)
    expect(await failure(client.request({ path: THINGS_PATH }))).toMatchObject({ code: 401 })
  })

  it('that cannot be read are an ApiError', async () => {
    connected({ ...server.connection(), credentials: () => Promise.reject(new Error('no such file')) })
    expect(await failure(client.request({ path: '/x' }))).toMatchObject({
      code: 0,
      reason: 'Credentials',
      message: expect.stringContaining('no such file'),
    })
  })
})

it('sends path, query and body as given', async () => {
  server.misbehave(any, (response) => send(response, 201, {}))
  const answer = await client.send({
    method: 'PATCH',
    path: '/a%2Fb',
    query: { force: true, none: undefined },
    body: { x: 'ü' },
    contentType: 'application/merge-patch+json',
  })
  expect(answer.code).toBe(201)
  expect(server.requests[0]).toMatchObject({
    method: 'PATCH',
    path: '/a%2Fb',
    query: { force: 'true' },
    body: { x: 'ü' },
    contentType: 'application/merge-patch+json',
  })
})

it('reuses one connection for requests one after the other', async () => {
  const sockets = new Set<unknown>()
  server.misbehave(
    any,
    (response) => {
      sockets.add(response.socket)
      send(response, 200, {})
    },
    20,
  )
  for (let i = 0; i < 20; i++) await client.request({ path: '/x' })
  expect(sockets.size).toBe(1)
})

it('tries again at once when the server had closed the idle connection', async () => {
  await client.request({ path: THINGS_PATH })
  server.misbehave(any, (response) => response.socket?.destroy())
  await client.request({ path: THINGS_PATH })
  expect(server.requests).toHaveLength(3)
})

it('keeps 40 streams open at once, and still has room for requests', async () => {
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => client.stream({ path: THINGS_PATH, query: { watch: true } })),
  )
  expect(server.watches).toHaveLength(40)
  await client.request({ path: THINGS_PATH })
  for (const stream of streams) stream.on('error', () => {})
})
