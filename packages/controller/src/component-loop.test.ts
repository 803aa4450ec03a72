import { EXPOSED_API, type KubeObject } from '@exposedapi/core'
import { COMPONENT } from '@exposedapi/core/engine'
import { rawApi } from '@exposedapi/core/testing'
import { ConflictError } from '@exposedapi/kube'
import { describe, expect, it } from 'vitest'
import { ComponentLoop } from './component-loop.ts'
import { RecordingCluster } from './testing/recording-cluster.ts'

const KEY = 'component components/shop'
const URL = 'https://null.example/catalog'

/** A clock that stands still until it is told otherwise. */
class StillClock {
  ms = 1_000_000
  now(): number {
    return this.ms
  }
  setTimeout() {
    return { cancel() {} }
  }
  random(): number {
    return 0
  }
}

function component(entries: readonly object[]): KubeObject {
  const metadata = { name: 'shop', namespace: 'components', uid: 'uid-shop', resourceVersion: '1' }
  return { apiVersion: 'oda.tmforum.org/v1', kind: 'Component', metadata, ...{ status: { coreAPIs: entries } } }
}

function scene() {
  const cluster = new RecordingCluster([])
  const pending = new Set<string>()
  const added: string[] = []
  const clock = new StillClock()
  const queue = { isPending: (key: string) => pending.has(key), add: (key: string) => void added.push(key) }
  const loop = new ComponentLoop({ cluster, queue, clock })
  cluster.put(
    EXPOSED_API,
    rawApi({
      uid: 'uid-api',
      metadata: { labels: { 'oda.tmforum.org/componentName': 'shop' } },
      status: { apiStatus: { name: 'catalog', url: URL }, implementation: { ready: true } },
    }),
  )
  cluster.put(COMPONENT, component([{ name: 'catalog', uid: 'uid-api', ready: false, other: 'kept' }]))
  return { cluster, loop, pending, added, clock }
}

describe('ComponentLoop', () => {
  it('brings url and ready of the entry to what the API says, and keeps every other key', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual(['status Component components/shop'])
    const entry = { name: 'catalog', uid: 'uid-api', ready: true, other: 'kept', url: URL }
    expect(cluster.stored(COMPONENT, 'components', 'shop')).toMatchObject({ status: { coreAPIs: [entry] } })
  })

  it('writes nothing when the entries are right', async () => {
    const { cluster, loop } = scene()
    await loop.reconcile(KEY)
    cluster.writes.length = 0
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual([])
  })

  it('waits while one of its APIs is queued or in flight, and goes as soon as the last has settled', async () => {
    const { cluster, loop, pending, added } = scene()
    pending.add('api components/catalog')
    await expect(loop.reconcile(KEY)).resolves.toEqual({ requeueAfterMs: 1000 })
    expect(cluster.writes).toEqual([])
    pending.clear()
    loop.apiSettled('api components/catalog')
    expect(added).toEqual([KEY])
  })

  it('waits no longer than a second, however busy its APIs are', async () => {
    const { cluster, loop, pending, clock } = scene()
    pending.add('api components/catalog')
    await loop.reconcile(KEY)
    clock.ms += 1000
    await loop.reconcile(KEY)
    expect(cluster.writes).toEqual(['status Component components/shop'])
  })

  it('tries again at once when somebody else changed the Component meanwhile', async () => {
    const { cluster, loop, added } = scene()
    cluster.beforeWrite = () => {
      throw new ConflictError('changed')
    }
    await expect(loop.reconcile(KEY)).resolves.toEqual({})
    expect(added).toEqual([KEY])
  })

  it('does not mind a Component that does not exist', async () => {
    const { loop } = scene()
    await expect(loop.reconcile('component components/other')).resolves.toEqual({})
  })
})
