/** The parts of the suite that could be wrong without any adapter showing it. */
import type { Kind } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { PODS_BY_APP } from '../../test/pod-metrics.ts'
import { SERVICE } from '../model/kinds.ts'
import { aService } from '../testing/builders.ts'
import { ensureSame, notJson } from './assert.ts'
import { elsewhen } from './elsewhen.ts'
import { oddWorlds } from './odd-worlds.ts'
import { Draws } from './random.ts'
import { scoped, watched } from './views.ts'
import { World } from './world.ts'

const ROUTE: Kind = { group: 'acme.example', versions: ['v1'], kind: 'Route', plural: 'routes', project: (o) => o }
const route = { apiVersion: 'acme.example/v1', kind: 'Route', metadata: { name: 'r', namespace: 'n' } }

describe('equality', () => {
  it.each([
    { actual: { a: { b: 1 } }, expected: { a: { b: 2 } }, says: 'x: a.b is 1 instead of 2' },
    { actual: [1, 2], expected: [1], says: 'x: the list has 2 entries instead of 1' },
    { actual: { a: [] }, expected: { a: {} }, says: 'x: a is [] instead of {}' },
    { actual: { a: 1 }, expected: {}, says: 'x: a is 1 instead of undefined' },
  ])('says where: $says', ({ actual, expected, says }) => {
    expect(() => ensureSame(actual, expected, 'x')).toThrow(says)
  })

  it('takes what is absent for undefined', () => {
    expect(() => ensureSame({ a: undefined, b: [{}] }, { b: [{ c: undefined }] }, 'x')).not.toThrow()
  })
})

it.each([
  [{ a: undefined }, 'x.a is undefined'],
  [{ a: [Number.NaN] }, 'x.a.0 is NaN'],
  [{ a: new Map() }, 'x.a is a Map'],
  [{ a: [{ b: 'text', c: null, d: true, e: 1.5 }] }, undefined],
])('finds what is not plain JSON in %j: %s', (value, found) => {
  expect(notJson(value, 'x')).toBe(found)
})

describe('another time', () => {
  const asked = () => [
    Date.now(),
    new Date().toISOString(),
    Date(),
    Math.random(),
    crypto.randomUUID(),
    performance.now(),
  ]

  it('is the same for the same seed, another for another, and over afterwards', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => elsewhen(seed, asked))
    expect(again).toEqual(one)
    expect(other?.filter((value, at) => value === one?.[at])).toEqual([])
    expect(new Date().getUTCFullYear()).toBeGreaterThan(2020)
    expect(new Date(5) instanceof Date).toBe(true)
  })

  it('is over as well when somebody throws', () => {
    const before = Date
    expect(() =>
      elsewhen(1, () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(Date).toBe(before)
  })
})

it('draws are the same for the same seed, and reach each of some choices', () => {
  const drawn = (seed: number) => {
    const draws = new Draws(seed)
    return Array.from({ length: 200 }, () => draws.of(['a', 'b', 'c']))
  }
  expect(drawn(7)).toEqual(drawn(7))
  expect(drawn(7)).not.toEqual(drawn(8))
  expect(new Set(drawn(7)).size).toBe(3)
})

it('a watched view tells of a read of an undeclared kind or index', () => {
  const view = watched(new World(), [{ kind: ROUTE, use: 'read' }], [])
  expect(() => view.get(ROUTE, 'n', 'x')).not.toThrow()
  expect(() => view.get({ ...ROUTE, kind: 'Edge', plural: 'edges' }, 'n', 'x')).toThrow('kind Edge is read')
  expect(() => view.serves({ ...ROUTE, kind: 'Edge', plural: 'edges' })).toThrow('kind Edge is read')
  expect(() => view.by({ ...PODS_BY_APP, kind: ROUTE } as never, 'x')).toThrow('index pods.app is read')
})

describe('a world', () => {
  it('gives what it stores a uid, and another generation only for another content', () => {
    const world = new World()
    const uses = [{ kind: ROUTE, use: 'own' }] as const
    const stored = (spec: object) => world.store(uses, [{ ...route, ...{ spec } }]).raw(ROUTE, route)?.metadata
    const first = stored({ a: 1 })
    expect(first).toMatchObject({ uid: 'uid-Route-n-r', generation: 1 })
    expect(stored({ a: 1 })).toEqual(first)
    expect(stored({ a: 2 })).toMatchObject({ uid: 'uid-Route-n-r', generation: 2 })
  })

  it('hides what lies outside the namespaces, but for kinds of scope cluster', () => {
    const world = new World().add(SERVICE, aService({ name: 'far', namespace: 'far' }), aService({ name: 'near' }))
    const names = (scope: 'cluster' | 'apis') => {
      const uses = [{ kind: SERVICE as unknown as Kind, use: 'read', scope }] as const
      return scoped(world, uses, ['components'])
        .all(SERVICE)
        .map(({ metadata }) => metadata.name)
    }
    expect(names('apis')).toEqual(['near'])
    expect(names('cluster')).toEqual(['far', 'near'])
  })

  it('can be odd in each field', () => {
    const world = new World().add(ROUTE, { ...route, ...{ spec: { rules: [{ to: 'x' }] } } })
    const odd = oddWorlds(world, [ROUTE]).map(([what]) => what)
    expect(odd).toContain('Route r whose spec.rules.0.to is null')
    expect(odd).toContain('Route with a body that is text')
  })
})
