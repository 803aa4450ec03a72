import { sameJson } from '@exposedapi/objects'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from './merge-patch.ts'

/** RFC 7386, section 2, word for word. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const isMap = typeof target === 'object' && target !== null && !Array.isArray(target)
  const result = new Map<string, unknown>(isMap ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name)
    else result.set(name, applied(result.get(name), value))
  }
  return Object.fromEntries(result)
}

/** Names that all objects inherit among them: users choose keys. */
const key = fc.constantFrom('a', 'b', 'c', 'd', 'constructor', 'toString', '__proto__')
const { value } = fc.letrec<{ value: unknown; map: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.integer(),
    fc.constantFrom('x', 'y'),
    fc.array(fc.integer()),
    tie('map'),
  ),
  map: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
}))
const object = fc.dictionary(key, value, { maxKeys: 4 })

describe('a merge patch', () => {
  it('gives what is desired on our keys and leaves all others, for any two objects', () => {
    const OURS = ['a', 'b']
    fc.assert(
      fc.property(object, object, (current, desired) => {
        const result = applied(current, mergePatch(current, desired, OURS) ?? {}) as Record<string, unknown>
        for (const name of OURS) expect(result[name]).toEqual(desired[name])
        for (const name of ['c', 'd']) expect(result[name]).toEqual(current[name])
      }),
      { numRuns: 1_000 },
    )
  })

  it('is undefined exactly if nothing differs, for any two objects', () => {
    fc.assert(
      fc.property(object, object, (current, desired) => {
        expect(mergePatch(current, desired) === undefined).toBe(sameJson(current, desired))
        expect(mergePatch(current, structuredClone(current))).toBeUndefined()
      }),
    )
  })

  it.each([
    {
      from: { a: { b: 1, c: 2 } },
      to: { a: { b: 1, c: 3 } },
      patch: { a: { c: 3 } },
      because: 'it goes down into objects',
    },
    { from: { a: [1, 2] }, to: { a: [1, 3] }, patch: { a: [1, 3] }, because: 'lists are replaced whole' },
    { from: { a: { b: 1 } }, to: { a: {} }, patch: { a: { b: null } }, because: 'null removes' },
    { from: { a: { b: 1 } }, to: {}, patch: { a: null }, because: 'also a whole object' },
    { from: {}, to: { a: {} }, patch: { a: {} }, because: 'an empty object is not none' },
  ])('$patch: $because', ({ from, to, patch }) => {
    expect(mergePatch(from, to)).toEqual(patch)
  })
})
