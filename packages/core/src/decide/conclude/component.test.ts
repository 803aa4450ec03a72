import { describe, expect, it } from 'vitest'
import { MemoryView } from '../../cluster/memory-view.ts'
import { COMPONENT, EXPOSED_API } from '../../model/kinds.ts'
import { type ApiWords, rawApi } from '../../testing/builders.ts'
import { decideComponent } from './component.ts'

const published: ApiWords = {
  uid: 'u1',
  status: {
    apiStatus: { name: 'catalog', url: 'https://h/a', developerUI: 'https://h/a/ui', path: '/a' },
    implementation: { ready: true },
  },
}
const full = { uid: 'u1', url: 'https://h/a', developerUI: 'https://h/a/ui', ready: true }

function decided(status: Record<string, unknown>, words: ApiWords = published) {
  const view = new MemoryView().add(EXPOSED_API, rawApi(words))
  const metadata = { name: 'shop', namespace: 'components' }
  const component = COMPONENT.project({ apiVersion: 'oda.tmforum.org/v1', kind: 'Component', metadata, ...{ status } })
  return { patch: decideComponent(component, view), view }
}

describe('entries of a Component', () => {
  it('get url, developerUI and ready, and keep what others wrote', () => {
    const { patch } = decided({ coreAPIs: [{ uid: 'u1', name: 'catalog', ready: false, port: 8080 }] })
    expect(patch).toEqual({ coreAPIs: [{ ...full, name: 'catalog', port: 8080 }] })
  })

  it('are not patched if nothing differs, whatever the order of keys', () => {
    expect(decided({ coreAPIs: [Object.fromEntries(Object.entries(full).toReversed())] }).patch).toBeUndefined()
  })

  it('are patched in the lists that differ only; lists that are missing stay missing', () => {
    const { patch } = decided({ coreAPIs: [full], managementAPIs: [{ uid: 'u1' }] })
    expect(patch).toEqual({ managementAPIs: [full] })
    expect(decided({}).patch).toBeUndefined()
    expect(decided({ coreAPIs: [] }).patch).toBeUndefined()
  })

  it('are all brought up to date if several have one uid', () => {
    expect(decided({ coreAPIs: [{ uid: 'u1' }, full, { uid: 'u1', ready: false }] }).patch).toEqual({
      coreAPIs: [full, full, full],
    })
  })

  it('lose url and developerUI with the API, and ready with the implementation', () => {
    const words = { uid: 'u1', status: { apiStatus: { name: 'catalog' }, implementation: { ready: false } } }
    expect(decided({ coreAPIs: [{ ...full, name: 'catalog' }] }, words).patch).toEqual({
      coreAPIs: [{ uid: 'u1', name: 'catalog', ready: false }],
    })
  })

  it('are not ready while the API has no status', () => {
    expect(decided({ coreAPIs: [{ uid: 'u1' }] }, { uid: 'u1' }).patch).toEqual({
      coreAPIs: [{ uid: 'u1', ready: false }],
    })
  })

  it.each([
    { entry: { uid: 'other', url: 'https://h/x', ready: true }, because: 'no ExposedAPI has that uid' },
    { entry: { name: 'catalog' }, because: 'it has no uid' },
    { entry: { uid: 5 }, because: 'a number is no uid' },
    { entry: null, because: 'it is none' },
  ])('are left alone: $because', ({ entry }) => {
    expect(decided({ coreAPIs: [entry] }).patch).toBeUndefined()
  })

  it('of external APIs are left alone', () => {
    const words = { ...published, spec: { implementation: '<external>' } }
    expect(decided({ coreAPIs: [{ uid: 'u1', ready: false }] }, words).patch).toBeUndefined()
  })

  it('are found by uid, and nothing else is read', () => {
    expect([...decided({ coreAPIs: [{ uid: 'u1' }, { uid: 'u2' }] }).view.reads]).toEqual([
      'by exposedapis.uid u1',
      'by exposedapis.uid u2',
    ])
  })
})
