import type { KubeObject, RenderedObject } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { AppliedContents, changedElsewhere, difference } from './apply-difference.ts'
import { type FieldSet, ownershipOf } from './field-ownership.ts'

const owner = (uid: string, extra = {}) => ({ apiVersion: 'v1', kind: 'Owner', name: uid, uid, ...extra })
const rendered = (spec: unknown, metadata: object = {}): RenderedObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', namespace: 'ns', ...metadata },
  spec,
})
const cached = (spec: unknown, metadata: object = {}) =>
  ({
    ...rendered(spec, metadata),
    metadata: { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '5', ...metadata },
  }) as KubeObject

/** The field set of an apply of this where lists are atomic, as in custom resources without list types. */
function fieldsOf(value: unknown): FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const set = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null)
  return Object.fromEntries(set.map(([key, inner]) => [`f:${key}`, fieldsOf(inner)]))
}

describe('difference', () => {
  const spec = { hosts: ['x'], http: [{ match: [{ uri: { exact: '/a' } }] }] }
  it.each([
    { because: 'equal', want: undefined, render: rendered(spec), cache: cached(spec) },
    {
      because: 'the order of keys means nothing',
      want: undefined,
      render: rendered({ a: 1, b: 2 }),
      cache: cached({ b: 2, a: 1 }),
    },
    {
      because: 'defaults of the server beside our fields',
      want: undefined,
      render: rendered({ a: 1 }),
      cache: cached({ a: 1, defaulted: true }),
    },
    {
      because: 'a label of somebody else',
      want: undefined,
      render: rendered({}, { labels: { our: '1' } }),
      cache: cached({}, { labels: { our: '1', their: '1' } }),
    },
    { because: 'null means absent', want: undefined, render: rendered({ a: null, b: 1 }), cache: cached({ b: 1 }) },
    {
      because: 'undefined means absent',
      want: undefined,
      render: rendered({ a: undefined, b: 1 }),
      cache: cached({ b: 1 }),
    },
    {
      because: 'owners of others beside ours',
      want: undefined,
      render: rendered({}, { ownerReferences: [owner('1')] }),
      cache: cached({}, { ownerReferences: [owner('0'), owner('1')] }),
    },
    { because: 'a value', want: 'spec.a', render: rendered({ a: 1 }), cache: cached({ a: 2 }) },
    { because: 'a missing field', want: 'spec.a', render: rendered({ a: {} }), cache: cached({}) },
    { because: 'a longer list', want: 'spec.a', render: rendered({ a: [1] }), cache: cached({ a: [1, 2] }) },
    {
      because: 'a key in an item of a list, which we rendered once',
      want: 'spec.a',
      render: rendered({ a: [{ x: 1 }] }),
      cache: cached({ a: [{ x: 1, y: 2 }] }),
    },
    {
      because: 'a label of ours',
      want: 'metadata.labels.our',
      render: rendered({}, { labels: { our: '1' } }),
      cache: cached({}, { labels: { our: '2' } }),
    },
    {
      because: 'our owner is missing',
      want: 'metadata.ownerReferences',
      render: rendered({}, { ownerReferences: [owner('1')] }),
      cache: cached({}, { ownerReferences: [owner('0')] }),
    },
    {
      because: 'our owner is no longer the controller',
      want: 'metadata.ownerReferences',
      render: rendered({}, { ownerReferences: [owner('1', { controller: true })] }),
      cache: cached({}, { ownerReferences: [owner('1')] }),
    },
    {
      because: 'a key in an item of a list in an item of a list',
      want: 'spec.a',
      render: rendered({ a: [{ b: [{ x: 1 }] }] }),
      cache: cached({ a: [{ b: [{ x: 1, y: 2 }] }] }),
    },
    { because: 'absent', want: '(absent)', render: rendered({}), cache: undefined },
  ])('$because: $want', ({ render, cache, want }) => {
    expect(difference(render, cache, fieldsOf(render))).toBe(want)
  })

  it('is there for an object that we never applied: it is adopted', () => {
    expect(difference(rendered({}), cached({}), undefined)).toBe('(not yet applied by us)')
  })

  it.each<[string, FieldSet, unknown, string | undefined]>([
    ['a field', { 'f:spec': { 'f:a': {}, 'f:b': {} } }, { a: 1 }, 'spec.b (to be removed)'],
    ['nothing', { 'f:spec': { '.': {}, 'f:a': {} } }, { a: 1 }, undefined],
    [
      'an item of a list map',
      { 'f:spec': { 'f:l': { 'k:{"port":1}': { 'f:port': {} }, 'k:{"port":2}': { 'f:port': {} } } } },
      { l: [{ port: 2 }] },
      'spec.l.{"port":1} (to be removed)',
    ],
    [
      'no item of a list map',
      { 'f:spec': { 'f:l': { 'k:{"port":1}': { '.': {}, 'f:port': {} } } } },
      { l: [{ port: 1 }] },
      undefined,
    ],
    [
      'a member of a set',
      { 'f:spec': { 'f:l': { 'v:"x"': {}, 'v:"y"': {} } } },
      { l: ['y'] },
      'spec.l."x" (to be removed)',
    ],
  ])('sees that %s of ours is no longer rendered', (_, owned, spec, want) => {
    expect(difference(rendered(spec), cached({ a: 1, b: 2, ...(spec as object) }), owned)).toBe(want)
  })

  const portKey = 'k:{"port":1,"protocol":"TCP"}'
  it.each<[string, FieldSet, unknown, unknown, string | undefined]>([
    ['knows no default of the server in an atomic list', { 'f:l': {} }, [{ q: 1 }], [{ q: 1, p: 'TCP' }], 'spec.l'],
    ['sees that somebody else took a list, value for value', { 'f:m': {} }, [{ q: 1 }], [{ q: 1 }], 'spec.l'],
    ['sees an item more', { 'f:l': {} }, [{ q: 1 }], [{ q: 1 }, { q: 2 }], 'spec.l'],
    ['sees another order', { 'f:l': {} }, [{ q: 1 }, { q: 2 }], [{ q: 2 }, { q: 1 }], 'spec.l'],
    ['sees a key in an atomic map, a selector', { 'f:l': {} }, { app: 'x' }, { app: 'x', tier: 'y' }, 'spec.l'],
    [
      'knows defaults and items of others in a list map, keys too',
      { 'f:l': { [portKey]: { '.': {}, 'f:port': {} } } },
      [{ port: 1 }],
      [{ port: 9 }, { port: 1, protocol: 'TCP', name: 'theirs' }],
      undefined,
    ],
    [
      'sees a key in an atomic list in an item of a list map',
      { 'f:l': { [portKey]: { '.': {}, 'f:port': {}, 'f:hosts': {} } } },
      [{ port: 1, hosts: [{ a: 1 }] }],
      [{ port: 1, protocol: 'TCP', hosts: [{ a: 1, b: 2 }] }],
      'spec.l',
    ],
    ['knows the members of others in a set', { 'f:l': { 'v:"x"': {} } }, ['x'], ['y', 'x'], undefined],
  ])('%s', (_, owned, wanted, actual, want) => {
    expect(difference(rendered({ l: wanted }), cached({ l: actual }), { 'f:spec': owned })).toBe(want)
  })

  it('keeps a label apart from the path that its dots look like', () => {
    const owned: FieldSet = { 'f:spec': {}, 'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/name': {} } } }
    const labels = { 'app.kubernetes.io/name': 'x' }
    expect(difference(rendered({}, { labels }), cached({}, { labels }), owned)).toBeUndefined()
  })
})

describe('ownership', () => {
  const entry = (manager: string, fieldsV1: object, more = {}) => ({ manager, operation: 'Apply', fieldsV1, ...more })
  const raw = (...managedFields: unknown[]) => ({ metadata: { managedFields } })

  it('is the union over the apiVersions that a manager used', () => {
    const fields = ownershipOf(
      raw(entry('us', { 'f:a': { 'f:x': {} } }), entry('us', { 'f:a': { 'f:y': {} } })),
      () => true,
    )
    expect(fields.get('us')).toEqual({ 'f:a': { 'f:x': {}, 'f:y': {} } })
  })

  it('is kept once for children that differ in their owners alone', () => {
    const child = (uid: string) =>
      ownershipOf(
        raw(entry('us', { 'f:metadata': { 'f:ownerReferences': { [`k:{"uid":"${uid}"}`]: {} } } })),
        () => true,
      )
    expect(child('a').get('us')).toBe(child('b').get('us'))
  })

  it('of an owner reference is missed when none is rendered any more', () => {
    const owned = ownershipOf(
      raw(entry('us', { 'f:spec': {}, 'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"a"}': {} } } })),
      () => true,
    ).get('us')
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Thing', name: 'a', uid: 'a' }]
    expect(difference(rendered({}, { ownerReferences }), cached({}, { ownerReferences }), owned)).toBeUndefined()
    expect(difference(rendered({}), cached({}, { ownerReferences }), owned)).toMatch('(to be removed)')
  })

  it.each([
    ['updates', entry('us', { 'f:a': {} }, { operation: 'Update' })],
    ['subresources', entry('us', { 'f:a': {} }, { subresource: 'status' })],
    ['others', entry('them', { 'f:a': {} })],
    ['nonsense', 'x'],
    ['missing fields', entry('us', undefined as never)],
  ])('does not count %s', (_, managed) => {
    const ofOurApplies = (manager: string, operation: string) => manager === 'us' && operation === 'Apply'
    expect(ownershipOf(raw(managed), ofOurApplies).size).toBe(0)
  })
})

describe('changedElsewhere', () => {
  it.each([
    {
      because: 'only the status that we wrote',
      want: false,
      after: { spec: { a: 1 }, status: { x: 2 } },
      written: { status: { x: 2 } },
    },
    {
      because: 'another part of the status',
      want: true,
      after: { spec: { a: 1 }, status: { x: 2, y: 1 } },
      written: { status: { x: 2 } },
    },
    { because: 'the spec', want: true, after: { spec: { a: 2 }, status: { x: 2 } }, written: { status: { x: 2 } } },
    {
      because: 'the spec that we wrote',
      want: false,
      after: { spec: { a: 2 }, status: { x: 1 } },
      written: { spec: { a: 2 } },
    },
  ])('$because: $want', ({ after, written, want }) => {
    const object = (version: string, content: object) => ({
      apiVersion: 'v1',
      kind: 'T',
      metadata: { name: 'a', resourceVersion: version },
      ...content,
    })
    expect(changedElsewhere(object('1', { spec: { a: 1 }, status: { x: 1 } }), object('2', after), written)).toBe(want)
  })
})

describe('what was applied', () => {
  it('is remembered for one version of one object', () => {
    const contents = new AppliedContents()
    contents.add(cached({}), rendered({ a: 1 }))
    expect(contents.has(cached({}), rendered({ a: 1 }))).toBe(true)
    expect(contents.has(cached({}), rendered({ a: 2 }))).toBe(false)
    expect(contents.has(cached({}, { resourceVersion: '6' }), rendered({ a: 1 }))).toBe(false)
    contents.delete('u')
    expect(contents.has(cached({}), rendered({ a: 1 }))).toBe(false)
  })
})
