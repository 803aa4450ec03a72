import { describe, expect, it } from 'vitest'
import { shareStrings } from './shared-strings.ts'

describe('sharing strings', () => {
  it('changes nothing that can be seen', () => {
    const json = () => ({ a: ['x', 'x', { b: 'x'.repeat(500) }], c: null, d: 1, metadata: { managedFields: ['x'] } })
    const shared = json()
    shareStrings(shared)
    expect(shared).toEqual(json())
  })

  it('leaves what a projection has frozen as it is', () => {
    const projected = { kinds: Object.freeze(['x']), labels: { a: 'x' } }
    expect(() => shareStrings(projected)).not.toThrow()
    expect(projected).toEqual({ kinds: ['x'], labels: { a: 'x' } })
  })

  it('survives an object of any depth', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}"x"${'}'.repeat(100_000)}`)
    expect(() => shareStrings(deep)).not.toThrow()
  })
})
