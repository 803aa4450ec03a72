import type { KubeObject } from '@exposedapi/objects'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RestClient } from '../client/rest-client.ts'
import { noTelemetry } from '../runtime/telemetry.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { type Recorded, send, status } from '../testing/stub-request.ts'
import { StubServer } from '../testing/stub-server.ts'
import { thing } from '../testing/things.ts'
import { turns, until } from '../testing/until.ts'
import { EventRecorder, type EventRecorderOptions } from './event-recorder.ts'

const PATH = '/apis/events.k8s.io/v1/namespaces/default/events'

let server: StubServer
let client: RestClient
let clock: FakeClock
let recorder: EventRecorder
let outcomes: string[]

const isWrite = (request: Recorded) => request.method !== 'GET'
const sent = () => server.requests.map(({ method, path }) => `${method} ${path.replace(PATH, '')}`)
const about = (name: string) => ({ ...thing(name), metadata: { ...thing(name).metadata, uid: name } }) as KubeObject

function record(note = 'It broke.', object = about('a')) {
  recorder.record({ regarding: object, type: 'Warning', reason: 'Broken', note })
}

function newRecorder(options: Partial<EventRecorderOptions> = {}) {
  return new EventRecorder({
    client,
    clock,
    reporter: 'test',
    instance: 'test-0',
    telemetry: { ...noTelemetry, count: (_, labels, by = 1) => void outcomes.push(...Array(by).fill(labels?.outcome)) },
    ...options,
  })
}

beforeEach(async () => {
  server = await StubServer.start()
  server.misbehave(isWrite, (response, { body }) => send(response, 201, body), 1e6)
  clock = new FakeClock()
  client = new RestClient({ connection: server.connection(), clock })
  outcomes = []
  recorder = newRecorder()
})

afterEach(async () => {
  await recorder.flush()
  client.close()
  await server.close()
})

describe('an Event', () => {
  it('says what happened to which object, and who reports it', async () => {
    record()
    await recorder.flush()
    expect(server.requests).toHaveLength(1)
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: PATH })
    expect(server.requests[0]?.body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      reportingController: 'test',
      reportingInstance: 'test-0',
      action: 'Reconcile',
      reason: 'Broken',
      note: 'It broke.',
      type: 'Warning',
      regarding: { apiVersion: 'test.io/v1', kind: 'Thing', namespace: 'default', name: 'a', uid: 'a' },
    })
    expect(server.requests[0]?.body).not.toHaveProperty('series')
  })

  it('keeps the limits of length of the API', async () => {
    record('ü'.repeat(2000), about('a'.repeat(253)))
    await recorder.flush()
    const { note, metadata } = (server.requests[0]?.body ?? {}) as { note: string; metadata: { name: string } }
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024)
    expect(note).toMatch(/^ü+…$/)
    expect(metadata.name.length).toBeLessThanOrEqual(253)
  })
})

describe('equal Events', () => {
  it('of one burst are one object with a count', async () => {
    for (let i = 0; i < 50; i++) record()
    await recorder.flush()
    expect(sent()).toEqual(['POST '])
    expect(server.requests[0]?.body).toMatchObject({ series: { count: 50 } })
  })

  it('that come later are counted there, all of ten seconds in one patch', async () => {
    record()
    await until(() => outcomes.length === 1)
    for (let i = 0; i < 50; i++) record()
    await turns()
    expect(server.requests).toHaveLength(1)
    clock.advance(10_000)
    await until(() => outcomes.length === 2)
    expect(server.requests[1]).toMatchObject({ method: 'PATCH', body: { series: { count: 51 } } })
    expect(outcomes).toEqual(['created', 'repeated'])
  })

  it('are not lost when they happen while the first is under way', async () => {
    server.behave()
    let answer = () => {}
    server.misbehave(isWrite, (response, { body }) => {
      answer = () => send(response, 201, body)
    })
    server.misbehave(isWrite, (response, { body }) => send(response, 200, body), 99)
    record()
    await until(() => server.requests.length === 1)
    record()
    answer()
    await until(() => outcomes.length === 1)
    clock.advance(10_000)
    await until(() => outcomes.length === 2)
    expect(server.requests[1]?.body).toEqual({ series: { count: 2, lastObservedTime: expect.any(String) } })
  })

  it('start anew after ten quiet minutes, and when the Event has expired', async () => {
    record()
    await until(() => outcomes.length === 1)
    clock.advance(600_000)
    record()
    await until(() => outcomes.length === 2)
    expect(sent()).toEqual(['POST ', 'POST '])
    server.behave()
    server.misbehave(isWrite, (response) => send(response, 404, status(404, 'NotFound')))
    server.misbehave(isWrite, (response, { body }) => send(response, 201, body), 99)
    record()
    clock.advance(10_000)
    await until(() => outcomes.length === 3)
    record()
    await recorder.flush()
    expect(sent().at(-1)).toBe('POST ')
  })
})

describe('the number of Events is limited', () => {
  it('for each object: ten at once, then one a minute', async () => {
    for (let i = 0; i < 100; i++) record(`Note ${i}.`)
    record('Another object.', about('b'))
    await recorder.flush()
    expect(server.requests).toHaveLength(11)
    expect(outcomes.filter((outcome) => outcome === 'dropped')).toHaveLength(90)
    clock.advance(60_000)
    record('Later.')
    record('Too much.')
    await recorder.flush()
    expect(server.requests).toHaveLength(12)
  })

  it('as a whole, when they come faster than they can be sent', async () => {
    for (let i = 0; i < 3000; i++) record('It broke.', about(`a${i}`))
    await until(() => outcomes.length === 3000)
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1000)
  })
})

describe('an Event that cannot be written', () => {
  it.each([403, 500, 429])('(%i) is counted and dropped, and not tried again', async (code) => {
    server.behave()
    server.misbehave(isWrite, (response) => send(response, code, status(code, 'No'), { 'retry-after': '1' }), 99)
    record()
    await recorder.flush()
    expect(outcomes).toEqual(['failed'])
    clock.advance(60_000)
    await turns()
    expect(server.requests).toHaveLength(1)
  })

  it('never throws into the caller', () => {
    expect(() => recorder.record({} as never)).not.toThrow()
    expect(outcomes).toEqual(['failed'])
  })

  it('does not hold up the end beyond its limit', async () => {
    server.behave()
    server.misbehave(isWrite, () => {}, 99)
    record()
    record('Another.')
    const flushed = recorder.flush()
    await until(() => server.requests.length === 1)
    clock.advance(2000)
    await flushed
    expect(outcomes).toContain('dropped')
    clock.advance(5000)
    await until(() => outcomes.length === 2)
  })

  it('is dropped by a replica that may not write', async () => {
    recorder = newRecorder({ mayWrite: () => false })
    record()
    await recorder.flush()
    expect(server.requests).toEqual([])
    expect(outcomes).toEqual(['dropped'])
  })
})

it('flush sends counts that were being gathered, and leaves no timer', async () => {
  record()
  await until(() => outcomes.length === 1)
  record()
  await recorder.flush()
  expect(sent().map((line) => line.split(' ')[0])).toEqual(['POST', 'PATCH'])
  expect(clock.pending()).toEqual([])
})
