import type { KubeObject } from '@exposedapi/objects'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RestClient } from '../client/rest-client.ts'
import { Cluster, type ClusterOptions } from '../cluster.ts'
import { noTelemetry } from '../runtime/telemetry.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { type Recorded, send, status } from '../testing/stub-request.ts'
import { type Fault, StubServer } from '../testing/stub-server.ts'
import { BY_COLOR, CRDS, THING, THINGS_PATH, type Thing, thing, things } from '../testing/things.ts'
import { turns, until } from '../testing/until.ts'

const isWrite = (request: Recorded) => request.method !== 'GET'
const isRead = (request: Recorded) => request.method === 'GET' && request.path.endsWith('/things/a')

let server: StubServer
let client: RestClient
let clock: FakeClock
let cluster: Cluster
let timeouts: number

async function started(options: Partial<ClusterOptions> = {}) {
  cluster = new Cluster({
    client,
    clock,
    uses: [{ kind: THING, use: 'own' }],
    indexes: [BY_COLOR],
    fieldManager: 'us',
    telemetry: { ...noTelemetry, count: (name) => void (name === 'overlay_timeouts_total' && timeouts++) },
    ...options,
  })
  const done = cluster.start()
  clock.advance(0)
  await done
  await until(() => server.watches.length === 2)
  server.take()
}

/** The watch of things stays open and shows nothing any more. */
function muteWatch() {
  const at = server.watches.findIndex(({ path }) => path === THINGS_PATH)
  server.watches.splice(at, 1)
}

const cached = (name = 'a') => cluster.untracked().get(THING, 'default', name)

beforeEach(async () => {
  server = await StubServer.start(things(), CRDS)
  clock = new FakeClock()
  client = new RestClient({ connection: server.connection(), clock })
  timeouts = 0
})

afterEach(async () => {
  await cluster.stop()
  client.close()
  await server.close()
  expect(clock.pending()).toEqual([])
})

describe('a write that the watch does not show within 5 s', () => {
  it('is read once; what somebody else made of the object wakes its readers', async () => {
    await started()
    muteWatch()
    await cluster.apply(thing('a', { color: 'red' }))
    server.objects.put(thing('a', { color: 'black' }))
    cluster.view('reader').get(THING, 'default', 'a')
    const woken: string[] = []
    cluster.onChange((_, readers) => woken.push(...readers))
    clock.advance(4999)
    await turns()
    expect(server.requests.filter(isRead)).toEqual([])
    clock.advance(1)
    await until(() => cached()?.spec?.color === 'black')
    expect(woken).toEqual(['reader'])
    expect(server.requests.filter(isRead)).toHaveLength(1)
    expect(timeouts).toBe(1)
  })

  it('is dropped when the object is gone', async () => {
    await started()
    muteWatch()
    await cluster.apply(thing('a'))
    server.objects.remove(server.objects.get(thing('a')) as unknown as KubeObject)
    clock.advance(5000)
    await until(() => cached() === undefined)
  })

  it('is read again until the API server answers, one request at a time', async () => {
    await started()
    muteWatch()
    for (const name of ['a', 'b', 'c']) await cluster.apply(thing(name))
    server.take()
    server.misbehave(
      () => true,
      (response) => send(response, 503, status(503, 'ServiceUnavailable')),
      2,
    )
    for (let i = 0; i < 2; i++) {
      clock.advance(5000)
      await until(() => server.requests.length === i + 1)
      await turns()
    }
    expect(server.requests).toHaveLength(2)
    clock.advance(5000)
    await until(() => server.requests.length === 5)
  })

  it('is not read when the watch has shown it', async () => {
    await started()
    await cluster.apply(thing('a'))
    await turns()
    clock.advance(60_000)
    await turns()
    expect(server.requests.filter(isRead)).toEqual([])
    expect(timeouts).toBe(0)
  })

  it('and was a deletion: an object that is still there comes back', async () => {
    const object = server.objects.put(thing('a', { color: 'red' }))
    await started()
    muteWatch()
    server.misbehave(isWrite, (response) => send(response, 200, { kind: 'Status', status: 'Success' }))
    await cluster.delete(THING, object)
    expect(cached()).toBeUndefined()
    clock.advance(5000)
    await until(() => cached()?.spec?.color === 'red')
  })
})

describe('a live read', () => {
  it('shows an object that the cache has lost', async () => {
    const object = server.objects.put(thing('a'))
    await started()
    const watch = server.watches.find(({ path }) => path === THINGS_PATH)
    watch?.response.write(`${JSON.stringify({ type: 'DELETED', object })}\n`)
    await until(() => cached() === undefined)
    expect(await cluster.refresh(THING, 'default', 'a')).toMatchObject({ metadata: { uid: object.metadata.uid } })
  })

  it('is not believed when the watch has shown more since it was sent', async () => {
    const object = server.objects.put(thing('a'))
    await started()
    const watch = server.watches.find(({ path }) => path === THINGS_PATH)
    watch?.response.write(`${JSON.stringify({ type: 'DELETED', object })}\n`)
    await until(() => cached() === undefined)
    server.misbehave(isRead, (response) => {
      server.objects.put(thing('b'))
      void until(() => cached('b') !== undefined).then(() => send(response, 200, object))
    })
    expect(await cluster.refresh(THING, 'default', 'a')).toBeUndefined()
  })
})

describe('a write whose outcome is unknown', () => {
  it.each([
    { what: 'reset', fault: 'destroy' },
    { what: 'a 504', fault: 504 },
    { what: 'a 500', fault: 500 },
  ])('($what) is followed by a read, and so not made again', async ({ fault }) => {
    await started()
    muteWatch()
    const answer: Fault = (response, request) => {
      server.objects.answer(request)
      if (typeof fault === 'number') send(response, fault, status(fault, 'Timeout'))
      else response.destroy()
    }
    // The client itself repeats what went out on a socket that may have been closed before.
    server.misbehave(isWrite, answer, 99)
    await expect(cluster.apply(thing('a', { color: 'red' }))).rejects.toThrow()
    expect(cached()?.spec).toEqual({ color: 'red' })
    server.behave()
    server.take()
    expect(await cluster.apply(thing('a', { color: 'red' }))).toBe('unchanged')
    expect(server.requests.filter(isWrite)).toEqual([])
  })

  it('that is certain to have failed is not read', async () => {
    await started()
    server.misbehave(isWrite, (response) => send(response, 422, status(422, 'Invalid')))
    await expect(cluster.apply(thing('a'))).rejects.toThrow()
    expect(server.requests.filter(isRead)).toEqual([])
  })
})

describe('an object that another program made', () => {
  const controller = (uid: string) => [
    { apiVersion: 'v1', kind: 'Owner', name: 'o', uid, controller: true, blockOwnerDeletion: true },
  ]
  const rendered = {
    ...thing('a', { color: 'red' }),
    metadata: { name: 'a', namespace: 'default', ownerReferences: controller('o') },
  }
  const made = (manager: string, owner = 'o') => ({
    ...thing('a', { color: 'blue', size: 5 }),
    metadata: {
      name: 'a',
      namespace: 'default',
      ownerReferences: controller(owner),
      managedFields: [
        { manager: 'kubectl', operation: 'Update', subresource: 'status', fieldsV1: {} },
        { manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:color': {}, 'f:size': {} } } },
      ],
    },
  })
  const writes = () =>
    server.requests.filter(isWrite).map(({ contentType }) => contentType?.replace('application/', ''))

  it('is taken over in two requests, once: what we do not render goes', async () => {
    server.objects.put(made('python'))
    await started({ formerManagers: ['python'] })
    expect(await cluster.apply(rendered)).toBe('updated')
    expect(writes()).toEqual(['json-patch+json', 'apply-patch+yaml'])
    expect((server.objects.get(thing('a')) as unknown as Thing).spec).toEqual({ color: 'red' })
    server.take()
    expect(await cluster.apply(rendered)).toBe('unchanged')
    await cluster.apply({ ...rendered, spec: { color: 'green' } })
    expect(writes()).toEqual(['apply-patch+yaml'])
  })

  it.each([
    { what: 'by a program that is not known', object: made('helm') },
    { what: 'for another owner', object: made('python', 'other') },
  ])('$what keeps its fields', async ({ object }) => {
    server.objects.put(object)
    await started({ formerManagers: ['python'] })
    await cluster.apply(rendered)
    expect(writes()).toEqual(['apply-patch+yaml'])
    expect((server.objects.get(thing('a')) as unknown as Thing).spec).toEqual({ color: 'red', size: 5 })
  })

  it('and that changes meanwhile is not taken over by a wrong index, but decided again', async () => {
    server.objects.put(made('python'))
    await started({ formerManagers: ['python'] })
    muteWatch()
    server.objects.put({ ...made('python'), spec: { color: 'black' } })
    await expect(cluster.apply(rendered)).rejects.toThrow(/somebody else has changed it/)
    expect(cached()?.spec?.color).toBe('black')
    expect(await cluster.apply(rendered)).toBe('updated')
  })
})
