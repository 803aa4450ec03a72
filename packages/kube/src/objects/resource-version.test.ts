import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions } from './resource-version.ts'

describe('resourceVersions', () => {
  it('are ordered like numbers of any length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 80n }), fc.bigInt({ min: 0n, max: 1n << 80n }), (a, b) => {
        expect(Math.sign(compareVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })
})
