import { describe, expect, it } from 'vitest'
import { globMatcher, namespaceMatcher, namespaceSet } from './namespace-patterns.ts'

describe('namespaces', () => {
  it.each([
    { patterns: ['components'], yes: ['components'], no: ['components2', 'component', ''] },
    { patterns: ['components', 'odacompns-*'], yes: ['components', 'odacompns-', 'odacompns-1'], no: ['odacompns'] },
    { patterns: ['*'], yes: ['anything', ''], no: [] },
    { patterns: ['a*,!ab*'], yes: ['a', 'ac'], no: ['ab', 'abc', 'b'] },
    { patterns: ['!kube-*'], yes: ['default'], no: ['kube-system'] },
    { patterns: ['a*, !ab*, abc'], yes: ['abc', 'ac'], no: ['abd'] },
    { patterns: ['a*,!ab*,b*'], yes: ['ac'], no: ['b', 'ab'] },
    { patterns: ['a*,!ab*', 'abc'], yes: ['abc'], no: ['abd'] },
    { patterns: ['ns-?'], yes: ['ns-1'], no: ['ns-', 'ns-12'] },
    { patterns: ['ns-[0-3x]'], yes: ['ns-0', 'ns-3', 'ns-x'], no: ['ns-4', 'ns-'] },
    { patterns: ['ns-[!0-3]'], yes: ['ns-4'], no: ['ns-0'] },
    { patterns: ['a[b'], yes: ['a[b'], no: ['ab'] },
    { patterns: [], yes: [], no: ['default'] },
    { patterns: ['', ' , '], yes: [], no: ['default', ''] },
  ])('$patterns', ({ patterns, yes, no }) => {
    const matches = namespaceMatcher(patterns)
    expect(yes.filter((name) => !matches(name))).toEqual([])
    expect(no.filter((name) => matches(name))).toEqual([])
  })

  it.each([
    { patterns: ['components', 'odacompns-*'], names: ['components'], globs: ['odacompns-*'] },
    { patterns: ['a,!b', 'a'], names: ['a'], globs: [] },
    { patterns: ['a,!a'], names: [], globs: [] },
    { patterns: ['!kube-*', 'ns-[0-9]', 'n?'], names: [], globs: ['!kube-*', 'ns-[0-9]', 'n?'] },
    { patterns: ['', ' , '], names: [], globs: [] },
  ])('of $patterns, $names are known by name', ({ patterns, names, globs }) => {
    expect(namespaceSet(patterns)).toMatchObject({ names, globs })
  })

  it('no pattern takes long, however many stars it has', () => {
    const startedAt = performance.now()
    expect(globMatcher(`${'*a'.repeat(200)}b`)('a'.repeat(2000))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
