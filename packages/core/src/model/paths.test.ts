import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byLengthThenPath, isBelow, normalisedPath, pathProblem, selfAndAncestors } from './paths.ts'

describe('normalisedPath', () => {
  it.each([
    { path: '/a/b', want: '/a/b', because: 'it is as requests have it' },
    { path: '/a/b/', want: '/a/b', because: 'a trailing slash does not matter for matching' },
    { path: '/a//', want: '/a', because: 'nor do several' },
    { path: '/a//b', want: '/a//b', because: 'gateways do not merge slashes inside a path' },
    { path: '/', want: '/', because: 'the root keeps its slash' },
    { path: '//', want: '/', because: 'slashes alone are the root' },
    { path: '', want: '/', because: 'an empty path is the root' },
  ])('"$path" is "$want": $because', ({ path, want }) => {
    expect(normalisedPath(path)).toBe(want)
  })
})

describe('pathProblem', () => {
  it.each([
    { path: '/a-b_c.d/~v1/$x/%2F', because: 'every other character is the business of the API' },
    { path: '/a..b/...', because: 'dots in a name are no step upwards' },
    { path: '', because: 'an empty path is the root' },
    { path: `/${'a'.repeat(1023)}`, because: '1024 characters are possible' },
  ])('"$path" is a path: $because', ({ path }) => {
    expect(pathProblem(path)).toBeUndefined()
  })

  it.each([
    { path: 'a/b', problem: /must start with "\/": write "\/a\/b"/, because: 'the webhook of Istio lets it pass' },
    { path: '/a?b', problem: /"\?"/, because: 'matching never sees the query' },
    { path: '/a#b', problem: /"#"/, because: 'a fragment never reaches a server' },
    { path: '/a b', problem: /" "/, because: 'a blank cannot be in a request line' },
    { path: '/a\u0000b', problem: /u0000/, because: 'nor can a control character' },
    { path: '/a/../b', problem: /"\.\."/, because: 'gateways resolve it before they match' },
    { path: `/${'a'.repeat(1024)}`, problem: /1025 characters/, because: 'gateways take 1024' },
  ])('$problem: $because', ({ path, problem }) => {
    expect(pathProblem(path)).toMatch(problem)
  })
})

describe('nesting of paths', () => {
  it.each([
    { path: '/a/b/c', want: ['/a/b/c', '/a/b', '/a', '/'] },
    { path: '/a', want: ['/a', '/'] },
    { path: '/', want: ['/'] },
  ])('$path has itself and all above it, longest first', ({ path, want }) => {
    expect(selfAndAncestors(path)).toEqual(want)
  })

  it.each([
    { path: '/a/b', above: '/a', want: true, because: 'one segment more' },
    { path: '/ab', above: '/a', want: false, because: 'another segment that begins alike' },
    { path: '/a', above: '/a', want: false, because: 'equal is not below' },
    { path: '/a', above: '/', want: true, because: 'everything is below the root' },
    { path: '/', above: '/', want: false, because: 'the root is not below itself' },
    { path: '/a', above: '/a/b', want: false, because: 'it is above' },
  ])('is $path below $above? $want: $because', ({ path, above, want }) => {
    expect(isBelow(path, above)).toBe(want)
  })

  it('is what the ancestors say, for any two paths', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(isBelow(a, b)).toBe(a !== b && selfAndAncestors(a).includes(b))
      }),
    )
  })

  it('sorts by length, then by name, whatever the order', () => {
    const sorted = ['/b/b', '/a/a', '/', '/b', '/a/b/c', '/a'].sort(byLengthThenPath)
    expect(sorted).toEqual(['/a/b/c', '/a/a', '/b/b', '/a', '/b', '/'])
  })
})
