import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '@exposedapi/core'
import { DEFAULT_SETTINGS, onlyGateway, rulesOf } from '@exposedapi/core/engine'
import { aService, aSlice, CONFIG_MAP, NullGateway, NullMetrics, rawApi } from '@exposedapi/core/testing'
import { ApiError, ConflictError, type EventInput, noLog, systemClock } from '@exposedapi/kube'
import { describe, expect, it } from 'vitest'
import { ApiLoop } from './api-loop.ts'
import { RecordingCluster } from './testing/recording-cluster.ts'

const KEY = 'api components/catalog'

const told: string[] = []

function scene() {
  told.length = 0
  const rules = rulesOf({ gateways: [onlyGateway(new NullGateway())], metrics: new NullMetrics() })
  const cluster = new RecordingCluster([CONFIG_MAP])
  const events = { record: ({ type, reason }: EventInput) => void told.push(`${type} ${reason}`) }
  const loop = new ApiLoop({ cluster, rules, clock: systemClock, log: noLog, events })
  cluster.put(EXPOSED_API, rawApi())
  cluster.put(SERVICE, aService())
  cluster.put(ENDPOINT_SLICE, aSlice())
  return { cluster, loop }
}

function statusOf(cluster: RecordingCluster) {
  return cluster.stored(EXPOSED_API, 'components', 'catalog') as unknown as {
    status?: {
      apiStatus?: { uid?: string; url?: string }
      implementation?: { ready?: boolean }
      conditions?: { type: string; reason: string; message: string }[]
    }
  }
}

describe('ApiLoop', () => {
  it('writes the route, then the status once, with the uid that the route got', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual(['apply ConfigMap components/catalog', 'status ExposedAPI components/catalog'])
    const uid = cluster.stored(CONFIG_MAP, 'components', 'catalog')?.metadata.uid
    expect(statusOf(cluster).status?.apiStatus).toMatchObject({ uid, url: 'https://null.example/catalog' })
    expect(statusOf(cluster).status?.implementation).toEqual({ ready: true })
  })

  it('writes nothing in a settled cluster', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    cluster.writes.length = 0
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual([])
  })

  it('still depends on the backend after it has written the status', async () => {
    // Once it did not: looking the API up through a tracked view forgot every other read.
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    expect(cluster.readsOf(KEY)).toContain('by endpointslices.service components/catalog-svc')
    expect(cluster.readsOf(KEY)).toContain('get services components/catalog-svc')
    expect(cluster.readsOf(KEY)).toContain('get exposedapis components/catalog')
  })

  it('does nothing for an API that does not exist, and gives back what its predecessor held', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    cluster.take(EXPOSED_API, 'components', 'catalog')
    cluster.writes.length = 0
    await expect(loop.reconcile(KEY)).resolves.toEqual({})
    expect(cluster.writes).toEqual([])
  })

  it('tells in the status which write the API server refused, and rejects so that it is tried again', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = (write) => {
      if (write.startsWith('apply'))
        throw new ApiError({ code: 422, reason: 'Invalid', message: 'spec.hosts: nonsense' })
    }
    await expect(loop.reconcile(KEY)).rejects.toThrow('apply ConfigMap components/catalog')
    const ready = statusOf(cluster).status?.conditions?.find(({ type }) => type === 'Ready')
    expect(ready).toMatchObject({ reason: 'WriteRejected', message: expect.stringContaining('spec.hosts: nonsense') })
    expect(statusOf(cluster).status?.implementation).toEqual({ ready: false })
  })

  it.each([
    { code: 0, because: 'the connection broke' },
    { code: 429, because: 'the server is busy' },
    { code: 503, because: 'the server is starting' },
  ])('leaves the status alone on $code: $because, and nobody needs to act', async ({ code }) => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = () => {
      throw new ApiError({ code, reason: 'ServerTimeout', message: 'later' })
    }
    await expect(loop.reconcile(KEY)).rejects.toThrow('apply ConfigMap')
    expect(cluster.writes).toEqual([])
  })

  it('passes a conflict on as one: the queue tries again and calls it no fault', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = () => {
      throw new ConflictError('it exists already')
    }
    await expect(loop.reconcile(KEY)).rejects.toThrow(ConflictError)
    expect(cluster.writes).toEqual([])
  })

  it('is done when the API is deleted before its status is written', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = (write) => {
      if (write.startsWith('status')) throw new ApiError({ code: 404, reason: 'NotFound', message: 'gone' })
    }
    await expect(loop.reconcile(KEY)).resolves.toEqual({})
  })

  it('is done when the namespace is being deleted, and says nothing in a status that goes with it', async () => {
    const { cluster, loop } = scene()
    const details = { causes: [{ reason: 'NamespaceTerminating' }] }
    cluster.beforeWrite = () => {
      throw new ApiError({ code: 403, reason: 'Forbidden', message: 'being terminated', details })
    }
    await expect(loop.reconcile(KEY)).resolves.toEqual({})
    expect(cluster.writes).toEqual([])
  })

  it('writes what is right now when the spec changes between the route and the status', async () => {
    // The reference loses this change for good (D66).
    const { cluster, loop } = scene()
    cluster.beforeWrite = (write) => {
      if (!write.startsWith('status')) return
      cluster.beforeWrite = () => {}
      cluster.put(EXPOSED_API, rawApi({ spec: { path: '/moved' } }))
    }
    await loop.reconcile(KEY)
    await loop.reconcile(KEY)
    expect(statusOf(cluster).status?.apiStatus?.url).toBe('https://null.example/moved')
    expect(cluster.stored(CONFIG_MAP, 'components', 'catalog')).toMatchObject({ data: { paths: '/moved' } })
  })

  it('tells of the new spec in its one status when the spec changes while the route is written', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = () => {
      cluster.beforeWrite = () => {}
      cluster.put(EXPOSED_API, rawApi({ spec: { path: '/moved' } }))
    }
    await loop.reconcile(KEY)
    expect(statusOf(cluster).status?.apiStatus).toMatchObject({ path: '/moved', url: 'https://null.example/moved' })
    expect(cluster.writes).toEqual(['apply ConfigMap components/catalog', 'status ExposedAPI components/catalog'])
  })

  it('decides anew once it has deleted something, since that was not ours alone to foresee', async () => {
    const { cluster, loop } = scene()
    const { uid = '' } = rawApi().metadata
    const owner = { apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', name: 'catalog', uid, controller: true }
    const metadata = { name: 'left-over', namespace: 'components', ownerReferences: [owner] }
    cluster.put(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
    cluster.beforeWrite = (write) => {
      if (!write.startsWith('delete')) return
      const metadata = { creationTimestamp: '2001-01-01T00:00:00Z' }
      const spec = { path: '/catalog', implementation: 'another-svc' }
      cluster.put(EXPOSED_API, rawApi({ name: 'older', metadata, spec }))
    }
    await loop.reconcile(KEY)
    const accepted = statusOf(cluster).status?.conditions?.find(({ type }) => type === 'Accepted')
    expect(cluster.writes).toContain('delete ConfigMap components/left-over')
    expect(accepted).toMatchObject({ reason: 'PathConflict' })
  })

  it('asks to be woken when a readiness that is held back is due', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    cluster.put(ENDPOINT_SLICE, aSlice({ ready: [false] }))
    cluster.writes.length = 0
    const next = await loop.reconcile(KEY)
    expect(next.requeueAfterMs).toBeGreaterThan(0)
    expect(next.requeueAfterMs).toBeLessThanOrEqual(DEFAULT_SETTINGS.readinessDebounceMs)
    expect(cluster.writes).toEqual([])
  })

  it('tells no Event of an API that converges straight to ready, one when that changes', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    await loop.reconcile(KEY)
    expect(told).toEqual([])
    cluster.put(EXPOSED_API, { ...rawApi({ spec: { path: 'nonsense' } }), ...{ status: statusOf(cluster).status } })
    await loop.reconcile(KEY)
    expect(told).toEqual(['Warning InvalidPath'])
    await loop.reconcile(KEY)
    expect(told).toEqual(['Warning InvalidPath'])
  })

  it('tells no Event of a status that was not written', async () => {
    const { cluster, loop } = scene()
    cluster.put(EXPOSED_API, rawApi({ spec: { path: 'nonsense' } }))
    cluster.beforeWrite = () => {
      throw new ApiError({ code: 500, reason: 'InternalError', message: 'no' })
    }
    await expect(loop.reconcile(KEY)).rejects.toThrow()
    expect(told).toEqual([])
  })

  it('asks the API server before it drops a status because the cache has no such API (5.3.7)', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = (write) => {
      if (write.startsWith('apply')) cluster.take(EXPOSED_API, 'components', 'catalog')
    }
    cluster.onRefresh = () => cluster.put(EXPOSED_API, rawApi())
    await loop.reconcile(KEY)
    expect(cluster.refreshed).toEqual(['ExposedAPI components/catalog'])
    expect(cluster.writes.at(-1)).toBe('status ExposedAPI components/catalog')
  })

  it('writes no status of an API that the API server does not know either', async () => {
    const { cluster, loop } = scene()
    cluster.beforeWrite = (write) => {
      if (write.startsWith('apply')) cluster.take(EXPOSED_API, 'components', 'catalog')
    }
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual(['apply ConfigMap components/catalog'])
  })
})
