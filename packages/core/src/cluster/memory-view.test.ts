import { expect, it } from 'vitest'
import { ENDPOINT_SLICE, SERVICE, SLICE_BY_SERVICE } from '../model/kinds.ts'
import { aService, aSlice } from '../testing/builders.ts'
import { MemoryView } from './memory-view.ts'

it('projects on entry, replaces by name, removes, and remembers what was read', () => {
  const view = new MemoryView().add(SERVICE, aService(), aService({ ports: [{ port: 1 }] }))
  expect(view.get(SERVICE, 'components', 'catalog-svc')?.spec.ports).toEqual([{ port: 1 }])
  view.remove(SERVICE, 'components', 'catalog-svc')
  expect(view.get(SERVICE, 'components', 'catalog-svc')).toBeUndefined()
  expect([...view.reads]).toEqual(['get services components/catalog-svc'])
  view.forget()
  expect(view.reads.size).toBe(0)
})

it('holds a resource once, whichever of its Kinds is asked for', () => {
  const view = new MemoryView().add(SERVICE, aService())
  expect(view.get({ ...SERVICE }, 'components', 'catalog-svc')).toBeDefined()
  expect(view.get({ ...SERVICE, group: 'acme.example' }, 'components', 'catalog-svc')).toBeUndefined()
})

it('gives the objects of an index value in order of namespace and name', () => {
  const view = new MemoryView().add(
    ENDPOINT_SLICE,
    aSlice({ name: 'b' }),
    aSlice({ name: 'a' }),
    aSlice({ service: 'x' }),
  )
  expect(view.by(SLICE_BY_SERVICE, 'components/catalog-svc').map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
})

it('serves every kind under its preferred version until told otherwise', () => {
  const view = new MemoryView()
  expect([view.serves(SERVICE), view.serves(ENDPOINT_SLICE)]).toEqual(['v1', 'discovery.k8s.io/v1'])
  expect(view.unserve(SERVICE).serves(SERVICE)).toBeUndefined()
  expect(view.unserve(SERVICE, false).serves(SERVICE)).toBe('v1')
})
