import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathTexts } from '../../test/path-texts.ts'
import { pathProblem } from './path-problem.ts'

describe('a path', () => {
  it.each([
    { path: '/a-b_c.d/~v1/$x/%2F', because: 'every other character is the business of the API' },
    { path: '/a..b/...', because: 'dots in a name are no step upwards' },
    { path: '/', because: 'the root is a path' },
    { path: '/café/🦊', because: 'clients encode it' },
    { path: `/${'a'.repeat(1023)}`, because: '1024 characters are possible' },
  ])('"$path" is one: $because', ({ path }) => {
    expect(pathProblem(path)).toBeUndefined()
  })

  it.each([
    {
      path: '',
      problem: 'is empty: write the path of the API, or "/" ',
      because: 'a catch-all is asked for by "/" alone',
    },
    { path: 'a/b', problem: 'must start with "/": write "/a/b"', because: 'the webhook of Istio lets it pass' },
    { path: ' /a', problem: 'must start with "/": write "/a"', because: 'a blank slips in easily' },
    {
      path: 'https://h.example/a?b',
      problem: 'is a URL: write only its path, "/a"',
      because: 'it is copied from a browser',
    },
    { path: 'HTTPS://h.example', problem: 'is a URL: write only its path, "/"', because: 'it may have none' },
    { path: '/a?b', problem: 'contains "?", which ends a path: write "/a"', because: 'matching never sees the query' },
    {
      path: '/a/#b',
      problem: 'contains "#", which ends a path: write "/a"',
      because: 'a fragment never reaches a server',
    },
    {
      path: '/a b ',
      problem: 'contains " ", which a URL cannot contain: write "/a%20b"',
      because: 'a blank ends a request line',
    },
    { path: '/a\u00a0', problem: 'which a URL cannot contain: write "/a"', because: 'a blank may be of another kind' },
    { path: '/a\u0000b', problem: 'control character "\\u0000"', because: 'nor can a control character' },
    {
      path: '/a/../b',
      problem: 'contains "..", which clients and gateways resolve: write "/b"',
      because: 'it is never seen',
    },
    {
      path: '/a/%2e/b',
      problem: 'contains "%2e", which clients and gateways resolve: write "/a/b"',
      because: 'it is the same',
    },
    {
      path: '/a/..;x/b',
      problem: 'contains "..;x", which clients and gateways resolve: write "/b"',
      because: 'Envoy ignores the parameter',
    },
    {
      path: '/city/{name}',
      problem: 'contains "{": there are no placeholders, and a path serves everything below it; write "/city"',
      because: 'OpenAPI has them',
    },
    { path: '/{tenant}', problem: 'write "/"', because: 'what is left is the root' },
    {
      path: '/api/*',
      problem: 'contains "*": there are no wildcards, and a path serves everything below it; write "/api"',
      because: 'other gateways have them',
    },
    { path: '/100%', problem: 'write "%25" for a percent sign', because: 'clients differ in what they make of it' },
    { path: '/a%00', problem: 'contains "%00", which gateways refuse', because: 'Envoy answers 400' },
    { path: '/a\ud800', problem: 'half of a Unicode character', because: 'it has no encoding' },
    { path: `/${'a'.repeat(1024)}`, problem: 'has 1025 characters: write at most 1024', because: 'gateways take 1024' },
    {
      path: `/${'é'.repeat(200)}`,
      problem: 'has 1201 characters when it is percent-encoded',
      because: 'that is what they take',
    },
  ])('$path is none: $because', ({ path, problem }) => {
    expect(pathProblem(path)).toContain(problem)
  })

  it('is reached by writing what the messages say, for any text', () => {
    fc.assert(
      fc.property(pathTexts, (text) => {
        let path = text
        for (let step = 0; step < 6; step++) {
          const [, instead] = /[:;] write (?:only its path, )?"([^…]*)"$/.exec(pathProblem(path) ?? '') ?? []
          if (instead === undefined) break
          path = instead
        }
        expect(pathProblem(path) ?? '').not.toMatch(/[:;] write (only its path, )?"[^…]*"$/)
      }),
      { numRuns: 2_000 },
    )
  })
})
