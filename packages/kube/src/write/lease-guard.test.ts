/** What may not be written is not sent. */

import type { KubeObject } from '@exposedapi/objects'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RestClient } from '../client/rest-client.ts'
import { Cluster } from '../cluster.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { type Recorded, send, status } from '../testing/stub-request.ts'
import { StubServer } from '../testing/stub-server.ts'
import { CRDS, THING, thing, things } from '../testing/things.ts'
import { until } from '../testing/until.ts'

let server: StubServer
let client: RestClient
let cluster: Cluster
let object: KubeObject
let leads = false

beforeEach(async () => {
  leads = false
  server = await StubServer.start(things(), CRDS)
  object = server.objects.put(thing('a'))
  client = new RestClient({ connection: server.connection() })
  cluster = new Cluster({
    client,
    uses: [
      { kind: THING, use: 'own' },
      { kind: THING, use: 'annotate' },
    ],
    indexes: [],
    fieldManager: 'us',
    mayWrite: () => leads,
  })
  await cluster.start()
  server.take()
})

afterEach(async () => {
  await cluster.stop()
  client.close()
  await server.close()
})

const isWrite = ({ method }: Recorded) => method !== 'GET'

it.each([
  { what: 'apply', write: () => cluster.apply(thing('b', { color: 'red' })) },
  { what: 'patchStatus', write: () => cluster.patchStatus(THING, object as never, { url: 'x' }) },
  { what: 'applyAnnotations', write: () => cluster.applyAnnotations(THING, object, { one: '1' }, 'us/metrics') },
  { what: 'delete', write: () => cluster.delete(THING, object) },
])('$what rejects and sends nothing, and is sent once we lead', async ({ write }) => {
  await expect(write()).rejects.toMatchObject({ reason: 'NotLeader', code: 0, ambiguous: false })
  expect(server.take().filter(isWrite)).toEqual([])
  leads = true
  await write()
  expect(server.take().filter(isWrite)).toHaveLength(1)
})

it('a write that waits because the server asked it to is not sent again once we do not lead', async () => {
  const clock = new FakeClock()
  const waiting = new RestClient({ connection: server.connection(), clock })
  leads = true
  server.misbehave(isWrite, (response) => send(response, 429, status(429, 'TooManyRequests'), { 'retry-after': '5' }))
  const write = waiting
    .request({ method: 'DELETE', path: '/x', mayWrite: () => leads })
    .catch((error: unknown) => error)
  await until(() => server.requests.some(isWrite) && clock.pending().includes(5000))
  leads = false
  clock.advance(5000)
  expect(await write).toMatchObject({ reason: 'NotLeader' })
  expect(server.take().filter(isWrite)).toHaveLength(1)
  waiting.close()
})

it('a write that was stopped on its way to a socket is not sent', async () => {
  const answers = [true, false]
  const write = client.request({ method: 'DELETE', path: '/x', mayWrite: () => answers.shift() ?? false })
  await expect(write).rejects.toMatchObject({ reason: 'NotLeader' })
  expect(answers).toEqual([])
  expect(server.take()).toEqual([])
})
