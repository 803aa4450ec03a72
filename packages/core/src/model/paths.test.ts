import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathTexts } from '../../test/path-texts.ts'
import { pathProblem } from './path-problem.ts'
import { byLengthThenPath, isBelow, normalisedPath, selfAndAncestors, spelledPath } from './paths.ts'

/** Halves of characters, too. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
  .map((codes) => String.fromCharCode(...codes))

describe('the one form of a path', () => {
  it.each([
    { path: '/a/b', want: '/a/b', because: 'it is as requests have it' },
    { path: '/a/b/', want: '/a/b', because: 'a trailing slash does not matter for matching' },
    { path: '/a//', want: '/a', because: 'nor do several' },
    { path: '/a//b', want: '/a//b', because: 'Istio merges no slashes inside a path unless it is told to' },
    { path: '/', want: '/', because: 'the root keeps its slash' },
    { path: '//', want: '/', because: 'slashes alone are the root' },
    { path: '/café', want: '/caf%C3%A9', because: 'clients send UTF-8, percent-encoded' },
    { path: '/😀', want: '/%F0%9F%98%80', because: 'so they do beyond the first plane' },
    { path: '/a|"<>^`\\b', want: '/a%7C%22%3C%3E%5E%60%5Cb', because: 'none of these stands in a request' },
    { path: '/%61%2D%7e', want: '/a-~', because: 'what needs no escape has none' },
    { path: '/%c3%a9', want: '/%C3%A9', because: 'hex digits are capital in URLs' },
    { path: '/a%2fb', want: '/a%2Fb', because: 'an encoded slash is another path than a slash' },
    {
      path: "/a%2Ab:@!$&'(),;=[]",
      want: "/a%2Ab:@!$&'(),;=[]",
      because: 'a reserved character and its escape are two paths',
    },
    { path: '/a%2561', want: '/a%2561', because: 'escapes are resolved once' },
    { path: '/a/./b/../c', want: '/a/c', because: 'clients and gateways resolve dot segments' },
    { path: '/a/%2e%2E/c', want: '/c', because: 'also those in disguise' },
    { path: '/a/b/..;c=1/.;/d', want: '/a/d', because: 'a parameter does not keep Envoy from it' },
    { path: '/a/..;', want: '/', because: 'not even an empty one' },
    { path: '/a.;/...;/;..', want: '/a.;/...;/;..', because: 'in other names it means nothing' },
    { path: '/a/..', want: '/', because: 'a dot segment at the end leaves its slash' },
    { path: '/a..b/...', want: '/a..b/...', because: 'dots in a name are no step upwards' },
  ])('of "$path" is "$want": $because', ({ path, want }) => {
    expect(normalisedPath(path)).toBe(want)
  })

  it('has a form of its own, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(pathTexts, anyText), (path) => {
        const form = normalisedPath(path)
        expect(normalisedPath(form)).toBe(form)
        expect(spelledPath(spelledPath(path))).toBe(spelledPath(path))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is what a client asks for, for any path: it goes through a URL unchanged', () => {
    fc.assert(
      fc.property(pathTexts, (path) => {
        fc.pre(pathProblem(path) === undefined)
        for (const form of [normalisedPath(path), spelledPath(path)]) {
          expect(new URL(`http://gateway.example${form}`).pathname).toBe(form)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('is spelled with the slash at its end that was written', () => {
    expect(spelledPath('/é/v1//')).toBe('/%C3%A9/v1//')
    expect(spelledPath('/é/v1')).toBe('/%C3%A9/v1')
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
