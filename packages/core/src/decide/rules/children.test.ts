import type { Kind, KubeObject, OwnerReference, RenderedObject } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { MemoryView } from '../../cluster/memory-view.ts'
import { childMeta } from '../../model/child-meta.ts'
import { anApi } from '../../testing/builders.ts'
import { CONFIG_MAP } from '../../testing/null-gateway.ts'
import { checkOwnership, obsolete, ownerOf } from './children.ts'
import { ownedKinds } from './owned-kinds.ts'

const ROUTE: Kind = {
  group: 'acme.example',
  versions: ['v2', 'v1'],
  kind: 'Route',
  plural: 'routes',
  project: (o) => o,
}
const KINDS = [CONFIG_MAP, ROUTE]
const api = anApi()
const owner: OwnerReference = {
  apiVersion: 'oda.tmforum.org/v1',
  kind: 'ExposedAPI',
  name: 'catalog',
  uid: api.metadata.uid ?? '',
  controller: true,
}
const child = (name = 'catalog', ownerReferences: readonly OwnerReference[] = [owner]): RenderedObject => {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'components', ownerReferences } }
}
const route = (name = 'catalog', apiVersion = 'acme.example/v1') => ({ ...child(name), apiVersion, kind: 'Route' })

describe('metadata of a child', () => {
  it('has name, namespace and labels of its API, which is its controller', () => {
    expect(childMeta(anApi({ metadata: { labels: { team: 'blue' } } }))).toEqual({
      name: 'catalog',
      namespace: 'components',
      labels: { team: 'blue' },
      ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
    })
  })

  it('has no labels where the API has none: an empty map would be a difference for ever', () => {
    expect(childMeta(api)).not.toHaveProperty('labels')
    expect(childMeta(anApi({ metadata: { labels: {} } }), 'other')).not.toHaveProperty('labels')
  })
})

describe('an object of our name', () => {
  const found = (existing: KubeObject) =>
    checkOwnership([child()], api, new MemoryView().add(CONFIG_MAP, existing), KINDS).map(
      ({ status, reason }) => `${status} ${reason}`,
    )

  it.each([
    { owners: [owner], want: [], because: 'it is ours: also what the reference operator made' },
    { owners: [{ ...owner, name: 'renamed' }], want: [], because: 'the uid decides, not the name' },
    { owners: [], want: ['False NotOwned'], because: 'nobody owns it' },
    {
      owners: [{ ...owner, controller: false }],
      want: ['False NotOwned'],
      because: 'an owner need not be the controller',
    },
    { owners: [{ ...owner, kind: 'Gateway', uid: 'x' }], want: ['False NotOwned'], because: 'somebody else does' },
    {
      owners: [{ ...owner, uid: 'earlier' }],
      want: ['Unknown LeftoverOfEarlierApi'],
      because: 'the garbage collector will come',
    },
    { owners: [{ ...owner, uid: 'x', name: 'other' }], want: ['False NotOwned'], because: 'it is that of another API' },
  ])('is $want: $because', ({ owners, want }) => {
    expect(found(child('catalog', owners))).toEqual(want)
  })

  it('is no clash if it is of another kind, namespace or name', () => {
    const view = new MemoryView().add(ROUTE, route()).add(CONFIG_MAP, child('other', []), {
      ...child('catalog', []),
      metadata: { name: 'catalog', namespace: 'elsewhere' },
    })
    expect(checkOwnership([child()], api, view, KINDS)).toEqual([])
  })

  it('is never ours if neither has a uid or an owner', () => {
    const { uid: _, ...metadata } = api.metadata
    const view = new MemoryView().add(CONFIG_MAP, child('catalog', []))
    expect(ownerOf(child(), { ...api, metadata }, view, KINDS).ours).toBe(false)
  })
})

describe('obsolete objects', () => {
  const names = (objects: readonly KubeObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)

  it('are those of our uid that are no longer rendered, in reverse write order', () => {
    const view = new MemoryView().add(CONFIG_MAP, child('a'), child('b')).add(ROUTE, route('r'))
    expect(names(obsolete([child('b')], api, view, KINDS))).toEqual(['Route r', 'ConfigMap a'])
  })

  it('are never those of others', () => {
    const view = new MemoryView().add(CONFIG_MAP, child('a', []), child('b', [{ ...owner, uid: 'x' }]))
    expect(obsolete([], api, view, KINDS)).toEqual([])
  })

  it('do not include what is rendered under another version of its group', () => {
    const view = new MemoryView().add(ROUTE, route('catalog', 'acme.example/v1'))
    expect(obsolete([route('catalog', 'acme.example/v2')], api, view, KINDS)).toEqual([])
  })

  it('do not include what is being deleted already', () => {
    const going = child('a')
    const view = new MemoryView().add(CONFIG_MAP, { ...going, metadata: { ...going.metadata, deletionTimestamp: 't' } })
    expect(obsolete([], api, view, KINDS)).toEqual([])
  })
})

it('only kinds with use "own" are written, each of them once', () => {
  expect(
    ownedKinds([
      { kind: ROUTE, use: 'read' },
      { kind: CONFIG_MAP, use: 'own' },
      { kind: CONFIG_MAP, use: 'own' },
    ]),
  ).toEqual([CONFIG_MAP])
})
