import type { Change, KubeObject } from '@exposedapi/objects'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConflictError } from './client/api-error.ts'
import { RestClient } from './client/rest-client.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { type Recorded, send, status } from './testing/stub-request.ts'
import { StubServer } from './testing/stub-server.ts'
import { BY_COLOR, CRDS, THING, THINGS_PATH, thing, things } from './testing/things.ts'
import { turns, until } from './testing/until.ts'
import { namespaceSet } from './watch/namespace-patterns.ts'

let server: StubServer
let clusters: { cluster: Cluster; client: RestClient }[] = []

function newCluster(options: Partial<ClusterOptions> = {}) {
  const client = new RestClient({ connection: server.connection() })
  const cluster = new Cluster({
    client,
    uses: [{ kind: THING, use: 'own' }],
    indexes: [BY_COLOR],
    fieldManager: 'us',
    ...options,
  })
  clusters.push({ cluster, client })
  return cluster
}

async function started(options: Partial<ClusterOptions> = {}) {
  const cluster = newCluster(options)
  await cluster.start()
  return cluster
}

function recordChanges(cluster: Cluster) {
  const changes: { change: Change; readers: string[] }[] = []
  cluster.onChange((change, readers) => changes.push({ change, readers: [...readers] }))
  return changes
}

const isWrite = (request: Recorded) => request.method !== 'GET'
const cachedThing = (cluster: Cluster, name: string) => cluster.untracked().get(THING, 'default', name)

beforeEach(async () => {
  server = await StubServer.start(things(), CRDS)
})

afterEach(async () => {
  for (const { cluster, client } of clusters) {
    await cluster.stop()
    client.close()
  }
  clusters = []
  await server.close()
})

describe('caches', () => {
  it.each([true, false])('hold what the cluster holds once started (streaming list: %s)', async (streaming) => {
    server.streamingLists = streaming
    server.objects.put(thing('b', { color: 'red' }))
    server.objects.put(thing('a', { color: 'red' }))
    const cluster = await started()
    expect(
      cluster
        .untracked()
        .by(BY_COLOR, 'red')
        .map((object) => object.metadata.name),
    ).toEqual(['a', 'b'])
    expect(cluster.health().synced).toBe(true)
  })

  it('follow what others do', async () => {
    const cluster = await started()
    const object = server.objects.put(thing('a', { color: 'red' }))
    await until(() => cachedThing(cluster, 'a') !== undefined)
    server.objects.put(thing('a', { color: 'blue' }))
    await until(() => cluster.untracked().by(BY_COLOR, 'blue').length === 1)
    expect(cluster.untracked().by(BY_COLOR, 'red')).toEqual([])
    server.objects.remove(object)
    await until(() => cachedThing(cluster, 'a') === undefined)
  })

  it('hold only the namespaces that are served', async () => {
    server.objects.put(thing('a', {}, 'ours'))
    server.objects.put(thing('a', {}, 'theirs'))
    const cluster = await started({ namespaces: namespaceSet(['ours']) })
    expect([...cluster.all(THING)].map((object) => object.metadata.namespace)).toEqual(['ours'])
  })

  it('hold every namespace for a use of scope cluster', async () => {
    server.objects.put(thing('a', {}, 'theirs'))
    const cluster = await started({
      namespaces: namespaceSet([]),
      uses: [{ kind: THING, use: 'read', scope: 'cluster' }],
    })
    expect([...cluster.all(THING)]).toHaveLength(1)
  })
})

describe('start', () => {
  it('waits for an API server that is away', async () => {
    server.misbehave(
      () => true,
      (response) => send(response, 503, status(503, 'ServiceUnavailable')),
      3,
    )
    await started()
    expect(server.requests.length).toBeGreaterThan(3)
  })

  it('does not wait for an optional kind that is absent', async () => {
    server.objects.resources.splice(0, 1)
    const cluster = await started({ uses: [{ kind: THING, use: 'own', optional: true }] })
    expect(cluster.untracked().serves(THING)).toBeUndefined()
  })

  it('does not wait for an optional kind that may not be listed', async () => {
    server.misbehave(
      (request) => request.path === THINGS_PATH,
      (response) => send(response, 403, status(403, 'Forbidden')),
      99,
    )
    const cluster = await started({ uses: [{ kind: THING, use: 'own', optional: true }] })
    expect(cluster.health().kinds.find((kind) => kind.resource === 'things.test.io')).toMatchObject({
      synced: false,
      lastError: 'Forbidden',
    })
  })

  it('takes the first version that is served', async () => {
    server.objects.resources[0] = things('v1beta1')
    const cluster = await started()
    expect(cluster.untracked().serves(THING)).toBe('test.io/v1beta1')
  })

  it('refuses two descriptions of one resource', () => {
    const other = { ...THING, project: (object: KubeObject) => object }
    expect(() =>
      newCluster({
        uses: [
          { kind: THING, use: 'own' },
          { kind: other, use: 'read' },
        ],
      }),
    ).toThrow(/two different Kind objects/)
  })
})

describe('changes', () => {
  it('name the readers of an object and of its old and new index values', async () => {
    server.objects.put(thing('a', { color: 'red' }))
    const cluster = await started()
    cluster.view('by-name').get(THING, 'default', 'a')
    cluster.view('red').by(BY_COLOR, 'red')
    cluster.view('blue').by(BY_COLOR, 'blue')
    cluster.view('green').by(BY_COLOR, 'green')
    const changes = recordChanges(cluster)
    server.objects.put(thing('a', { color: 'blue' }))
    await until(() => changes.length === 1)
    expect(changes[0]?.readers.sort()).toEqual(['blue', 'by-name', 'red'])
  })

  it('wake a reader that asked only whether an object exists when it comes and goes', async () => {
    const cluster = await started()
    cluster.view('asker').exists(THING, 'default', 'a')
    const changes = recordChanges(cluster)
    const object = server.objects.put(thing('a', { color: 'red' }))
    server.objects.put(thing('a', { color: 'blue' }))
    server.objects.remove(object)
    await until(() => changes.length === 3)
    expect(changes.map(({ readers }) => readers)).toEqual([['asker'], [], ['asker']])
  })

  it('that touch nothing we keep wake nobody', async () => {
    server.objects.put(thing('a', { color: 'red' }))
    const cluster = await started()
    const changes = recordChanges(cluster)
    const version = server.objects.put(thing('a', { color: 'red' })).metadata.resourceVersion
    await until(() => cachedThing(cluster, 'a')?.metadata.resourceVersion === version)
    expect(changes).toEqual([])
  })

  it('reach the other listeners when one throws', async () => {
    const cluster = await started()
    cluster.onChange(() => {
      throw new Error('bug')
    })
    const changes = recordChanges(cluster)
    server.objects.put(thing('a'))
    server.objects.put(thing('b'))
    await until(() => changes.length === 2)
  })
})

describe('apply', () => {
  it('creates, then writes nothing while nothing differs', async () => {
    const cluster = await started()
    expect(await cluster.apply(thing('a', { color: 'red' }))).toBe('created')
    server.take()
    expect(await cluster.apply(thing('a', { color: 'red' }))).toBe('unchanged')
    expect(server.take().filter(isWrite)).toEqual([])
  })

  it('is in the cache when it returns', async () => {
    const cluster = await started()
    await cluster.apply(thing('a', { color: 'red' }))
    expect(cachedThing(cluster, 'a')?.spec).toEqual({ color: 'red' })
    await cluster.apply(thing('a', { color: 'blue' }))
    expect(cluster.untracked().by(BY_COLOR, 'blue')).toHaveLength(1)
  })

  it('removes what is no longer rendered and keeps what others added', async () => {
    const cluster = await started()
    await cluster.apply(thing('a', { color: 'red', size: 1 }))
    const current = server.objects.get(thing('a')) as { metadata: object }
    server.objects.put({
      ...thing('a', { color: 'red', size: 1, tags: ['theirs'] }),
      metadata: { ...current.metadata, name: 'a', namespace: 'default' },
    })
    await until(() => cachedThing(cluster, 'a')?.spec?.tags !== undefined)
    expect(await cluster.apply(thing('a', { color: 'red' }))).toBe('updated')
    expect(cachedThing(cluster, 'a')?.spec).toEqual({ color: 'red', tags: ['theirs'] })
  })

  it('removes what it created and has applied since, when it is no longer rendered', async () => {
    const cluster = await started()
    await cluster.apply(thing('a', { color: 'red', size: 1 }))
    await cluster.apply(thing('a', { color: 'blue', size: 1 }))
    expect(await cluster.apply(thing('a', { color: 'blue' }))).toBe('updated')
    expect(cachedThing(cluster, 'a')?.spec).toEqual({ color: 'blue' })
    expect(await cluster.apply(thing('a', { color: 'blue' }))).toBe('unchanged')
  })

  it('does not touch an object of that name which the cache does not show yet', async () => {
    const cluster = await started()
    server.objects.put(thing('a', { color: 'black' }))
    await expect(cluster.apply(thing('a', { color: 'red' }))).rejects.toThrow(ConflictError)
    expect(cachedThing(cluster, 'a')?.spec).toEqual({ color: 'black' })
  })

  it('repairs what somebody else changed', async () => {
    const cluster = await started()
    await cluster.apply(thing('a', { color: 'red' }))
    server.objects.put(thing('a', { color: 'black' }))
    await until(() => cachedThing(cluster, 'a')?.spec?.color === 'black')
    expect(await cluster.apply(thing('a', { color: 'red' }))).toBe('updated')
  })

  it('spares the API server the warnings that nobody reads', async () => {
    const cluster = await started()
    await cluster.apply(thing('a', { color: 'red' }))
    await cluster.apply(thing('a', { color: 'blue' }))
    await cluster.patchStatus(THING, cachedThing(cluster, 'a') as never, { url: 'x' })
    await cluster.delete(THING, cachedThing(cluster, 'a') as never)
    const asked = server.requests.filter(isWrite).map(({ method, query }) => [method, query.fieldValidation])
    expect(asked).toEqual([
      ['POST', 'Ignore'],
      ['PATCH', 'Ignore'],
      ['PATCH', 'Ignore'],
      ['DELETE', undefined],
    ])
  })

  it('adopts an object that we never applied', async () => {
    server.objects.put(thing('a', { color: 'red' }))
    const cluster = await started()
    server.take()
    await cluster.apply(thing('a', { color: 'red' }))
    expect(server.take().filter(isWrite)).toHaveLength(1)
  })

  it('writes nothing after a restart', async () => {
    await (await started()).apply(thing('a', { color: 'red' }))
    const second = await started()
    expect(await second.apply(thing('a', { color: 'red' }))).toBe('unchanged')
  })

  it('does not fight a server that drops a field', async () => {
    const cluster = await started()
    const dropping = { ...thing('a', { color: 'red' }) }
    server.misbehave(isWrite, (response) => {
      send(
        response,
        200,
        server.objects.put({ ...thing('a'), metadata: { name: 'a', namespace: 'default', managedFields: [] } }),
      )
    })
    await cluster.apply(dropping)
    expect(await cluster.apply(dropping)).toBe('unchanged')
  })
})

describe('a writer', () => {
  async function withReaders() {
    server.objects.put({ ...thing('a', { color: 'red' }), status: {} })
    const cluster = await started()
    for (const reader of ['writer', 'other']) cluster.view(reader).get(THING, 'default', 'a')
    return { cluster, changes: recordChanges(cluster) }
  }

  it('is not woken by its own write, others are', async () => {
    const { cluster, changes } = await withReaders()
    await cluster.patchStatus(THING, cachedThing(cluster, 'a') as never, { url: 'x' }, { writer: 'writer' })
    await turns()
    expect(changes.map(({ readers }) => readers)).toEqual([['other']])
  })

  it('is not woken when the watch is faster than the answer', async () => {
    const { cluster, changes } = await withReaders()
    server.misbehave(isWrite, (response, request) => {
      const { code, body } = server.objects.answer(request)
      void until(() => changes.length > 0).then(() => send(response, code, body))
    })
    await cluster.patchStatus(THING, cachedThing(cluster, 'a') as never, { url: 'x' }, { writer: 'writer' })
    await turns()
    expect(changes.map(({ readers }) => readers)).toEqual([['other']])
  })

  it('is woken when the answer shows that the spec changed meanwhile', async () => {
    const { cluster, changes } = await withReaders()
    const object = cachedThing(cluster, 'a') as never
    server.misbehave(isWrite, (response, request) => {
      server.objects.put({ ...thing('a', { color: 'blue' }), status: {} })
      const { code, body } = server.objects.answer(request)
      send(response, code, body)
    })
    await cluster.patchStatus(THING, object, { url: 'x' }, { writer: 'writer' })
    await until(() => changes.some(({ readers }) => readers.includes('writer')))
  })

  it('is woken when its write failed and the object changed meanwhile', async () => {
    const { cluster, changes } = await withReaders()
    server.misbehave(isWrite, (response) => {
      server.objects.put({ ...thing('a', { color: 'blue' }), status: {} })
      void until(() => changes.length > 0).then(() => send(response, 500, status(500, 'InternalError')))
    })
    await expect(
      cluster.patchStatus(THING, cachedThing(cluster, 'a') as never, {}, { writer: 'writer' }),
    ).rejects.toThrow()
    expect(changes.some(({ readers }) => readers.includes('writer'))).toBe(true)
  })
})

describe('patchStatus', () => {
  it.each([true, false])('writes where the status is kept (subresource: %s)', async (hasStatus) => {
    server.objects.resources[0] = { ...things(), hasStatus }
    const object = server.objects.put(thing('a')) as never
    const cluster = await started()
    const answer = await cluster.patchStatus(THING, object, { url: 'x' })
    expect(answer.status).toEqual({ url: 'x' })
    expect(
      server
        .take()
        .filter(isWrite)
        .map((request) => request.path.endsWith('/status')),
    ).toEqual([hasStatus])
  })

  it.each([true, false])('finds the status after the CRD changed (subresource now: %s)', async (hasStatus) => {
    const resource = { ...things(), hasStatus: !hasStatus }
    server.objects.resources[0] = resource
    const object = server.objects.put(thing('a')) as never
    const cluster = await started()
    resource.hasStatus = hasStatus
    expect((await cluster.patchStatus(THING, object, { url: 'x' })).status).toEqual({ url: 'x' })
  })

  it('with a lock reports a conflict, with the fresh object in the cache', async () => {
    const old = server.objects.put(thing('a', { color: 'red' })) as never
    const cluster = await started()
    const fresh = server.objects.put(thing('a', { color: 'blue' }))
    await expect(cluster.patchStatus(THING, old, { url: 'x' }, { lock: true })).rejects.toThrow(ConflictError)
    expect(cachedThing(cluster, 'a')?.metadata.resourceVersion).toBe(fresh.metadata.resourceVersion)
  })

  it('does not write to another object of that name', async () => {
    const old = server.objects.put(thing('a'))
    const cluster = await started()
    server.objects.remove(old)
    server.objects.put(thing('a'))
    await expect(cluster.patchStatus(THING, old as never, { url: 'x' })).rejects.toThrow(ConflictError)
    expect(server.objects.get(thing('a'))).not.toHaveProperty('status')
  })

  it('reports that a status subresource let it write to another object', async () => {
    server.objects.resources[0] = { ...things(), hasStatus: true }
    const old = server.objects.put(thing('a'))
    const cluster = await started()
    const other = server.objects.put({ ...thing('a'), status: {} })
    server.misbehave(isWrite, (response) =>
      send(response, 200, { ...other, metadata: { ...other.metadata, uid: 'other' } }),
    )
    await expect(cluster.patchStatus(THING, old as never, { url: 'x' })).rejects.toThrow(ConflictError)
  })
})

describe('delete', () => {
  it('is in the cache when it returns', async () => {
    const object = server.objects.put(thing('a'))
    const cluster = await started()
    await cluster.delete(THING, object)
    expect(cachedThing(cluster, 'a')).toBeUndefined()
  })

  it('leaves another object of that name alone', async () => {
    const old = server.objects.put(thing('a'))
    const cluster = await started()
    server.objects.remove(old)
    const other = server.objects.put(thing('a'))
    await cluster.delete(THING, old)
    expect(cachedThing(cluster, 'a')?.metadata.uid).toBe(other.metadata.uid)
  })

  it('of something that is gone succeeds', async () => {
    const old = server.objects.put(thing('a'))
    const cluster = await started()
    server.objects.remove(old)
    await cluster.delete(THING, old)
  })
})

describe('applyAnnotations', () => {
  const annotate = { uses: [{ kind: THING, use: 'annotate' as const }] }
  const annotations = (object: unknown) => (object as KubeObject).metadata.annotations

  it('adds annotations, replaces them and gives them back', async () => {
    const object = server.objects.put({
      ...thing('a'),
      metadata: { name: 'a', namespace: 'default', annotations: { theirs: '1' } },
    })
    const cluster = await started(annotate)
    await cluster.applyAnnotations(THING, object, { one: '1', two: '2' }, 'us/metrics')
    expect(annotations(server.objects.get(thing('a')))).toEqual({ theirs: '1', one: '1', two: '2' })
    await cluster.applyAnnotations(THING, object, { one: '1' }, 'us/metrics')
    expect(annotations(server.objects.get(thing('a')))).toEqual({ theirs: '1', one: '1' })
    await cluster.applyAnnotations(THING, object, {}, 'us/metrics')
    expect(annotations(server.objects.get(thing('a')))).toEqual({ theirs: '1' })
  })

  it('writes only on a difference, also after a restart', async () => {
    const object = server.objects.put(thing('a'))
    await (await started(annotate)).applyAnnotations(THING, object, { one: '1' }, 'us/metrics')
    const second = await started(annotate)
    server.take()
    await second.applyAnnotations(THING, object, { one: '1' }, 'us/metrics')
    expect(server.take().filter(isWrite)).toEqual([])
  })

  it('never brings an object to life', async () => {
    const object = server.objects.put(thing('a'))
    const cluster = await started(annotate)
    server.objects.remove(object)
    await cluster.applyAnnotations(THING, object, { one: '1' }, 'us/metrics')
    expect(server.objects.get(thing('a'))).toBeUndefined()
  })
})

describe('a CRD', () => {
  const crd = (version: string, hasStatus = false) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.test.io' },
    spec: { versions: [{ name: version, served: true, subresources: hasStatus ? { status: {} } : {} }] },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  })
  const optional = { uses: [{ kind: THING, use: 'own' as const, optional: true }] }

  it('that appears starts its watch and wakes who asked for it', async () => {
    server.objects.resources.splice(0, 1)
    const cluster = await started(optional)
    cluster.view('asker').serves(THING)
    const changes = recordChanges(cluster)
    server.objects.resources.push(things())
    server.objects.put(thing('a'))
    server.objects.put(crd('v1'))
    await until(() => cachedThing(cluster, 'a') !== undefined)
    expect(changes[0]).toMatchObject({ change: { kind: THING }, readers: ['asker'] })
    expect(changes[0]?.change.new).toBeUndefined()
  })

  it('that goes takes its objects out of the cache', async () => {
    const definition = server.objects.put(crd('v1'))
    server.objects.put(thing('a'))
    const cluster = await started(optional)
    const changes = recordChanges(cluster)
    server.objects.resources.splice(0, 1)
    server.objects.remove(definition)
    await until(() => cluster.untracked().serves(THING) === undefined)
    expect(changes.some(({ change }) => change.old?.metadata.name === 'a' && !change.new)).toBe(true)
  })

  it('that is established but not yet discovered is asked for again, and its cache stays', async () => {
    const resource = things()
    server.objects.resources[0] = resource
    server.objects.put(crd('v1'))
    server.objects.put(thing('a'))
    const cluster = await started(optional)
    server.take()
    const isDiscovery = (request: Recorded) => request.path === '/apis/test.io/v1'
    server.misbehave(
      (request) => request.path.startsWith('/apis/test.io/v1') && request.path !== THINGS_PATH,
      (response) => send(response, 404, status(404, 'NotFound')),
      2,
    )
    resource.hasStatus = true
    server.objects.put(crd('v1', true))
    await until(() => server.requests.filter(isDiscovery).length >= 2)
    expect(cachedThing(cluster, 'a')).toBeDefined()
  })

  it('that serves another version moves the watch there', async () => {
    const resources = server.objects.resources
    server.objects.put(crd('v1'))
    server.objects.put(thing('a'))
    const cluster = await started(optional)
    const changes = recordChanges(cluster)
    resources[0] = things('v1beta1')
    server.objects.put({ ...thing('b'), apiVersion: 'test.io/v1beta1' })
    server.objects.put(crd('v1beta1'))
    await until(() => cachedThing(cluster, 'b') !== undefined)
    expect(cluster.untracked().serves(THING)).toBe('test.io/v1beta1')
    expect(changes.length).toBeGreaterThan(0)
  })

  it('that gains a status subresource sends status there', async () => {
    const resource = things()
    server.objects.resources[0] = resource
    const cluster = await started(optional)
    const object = server.objects.put(thing('a')) as never
    resource.hasStatus = true
    server.take()
    server.objects.put(crd('v1', true))
    await until(() => server.requests.some((request) => request.path === '/apis/test.io/v1'))
    await turns()
    await cluster.patchStatus(THING, object, { url: 'x' })
    expect(server.requests.filter(isWrite).map((request) => request.path)).toEqual([
      `/apis/test.io/v1/namespaces/default/things/a/status`,
    ])
  })
})
