/** When two JSON values are the same. */
import { describe, expect, it } from 'vitest'
import { sameJson } from './json.ts'

describe('sameJson', () => {
  it.each([
    { a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, same: true, because: 'the order of keys does not matter' },
    { a: { x: undefined }, b: {}, same: true, because: 'undefined is absent' },
    { a: [1, 2], b: [2, 1], same: false, because: 'the order of lists does' },
    { a: [1], b: [1, undefined], same: false, because: 'so does their length' },
    { a: null, b: {}, same: false, because: 'null is a value' },
    { a: null, b: undefined, same: false, because: 'null is not absent' },
    { a: [], b: {}, same: false, because: 'a list is no object' },
    { a: 1, b: '1', same: false, because: 'types count' },
    { a: {}, b: { constructor: 1 }, same: false, because: 'what all objects inherit is no value of theirs' },
    { a: {}, b: JSON.parse('{"__proto__": 1}'), same: false, because: 'a key is a key, whatever its name' },
  ])('$a and $b: $same, because $because', ({ a, b, same }) => {
    expect(sameJson(a, b)).toBe(same)
    expect(sameJson(b, a)).toBe(same)
  })
})
