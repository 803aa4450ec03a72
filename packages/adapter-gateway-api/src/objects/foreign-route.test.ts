import { describe, expect, it } from 'vitest'
import { foreignRoute } from './foreign-route.ts'

const pathsOf = (...matches: readonly unknown[]) => foreignRoute({ rules: [{ matches }] }).paths

describe('a regular expression', () => {
  it.each([
    { regex: '/shop', path: '/shop', because: 'nothing else' },
    { regex: '^/shop', path: '/shop', because: 'an anchor matches nothing' },
    { regex: '/shop/[0-9]+', path: '/shop/', because: 'up to what is not literal' },
    { regex: '/shops?', path: '/shop', because: 'the last character may be missing' },
    { regex: '/shop*', path: '/sho', because: 'the last character may be missing' },
    { regex: '/shop{0}', path: '/sho', because: 'the last character may be missing' },
    { regex: '/shop+', path: '/shop', because: 'not with a plus' },
    { regex: '/a|/b', path: '', because: 'the beginning of one alternative says nothing of the other' },
    { regex: '\\/shop', path: '', because: 'rather too short than too long' },
    { regex: '.*', path: '', because: 'anything' },
    { regex: '', path: '', because: 'nothing' },
  ])('$regex begins with "$path": $because', ({ regex, path }) => {
    expect(pathsOf({ path: { type: 'RegularExpression', value: regex } })).toEqual([
      { path, how: 'regex', conditional: false },
    ])
  })
})

describe('a route of others', () => {
  it.each([
    { match: {}, path: '/', because: 'no path is every path' },
    { match: { path: { value: '/a/' } }, path: '/a', because: 'a slash at the end makes no difference' },
    { match: { path: { value: '/a' }, method: 'GET' }, path: '/a', conditional: true, because: 'a method' },
    { match: { path: { value: '/a' }, headers: [{}] }, path: '/a', conditional: true, because: 'a header' },
    { match: { path: { value: '/a' }, queryParams: [{}] }, path: '/a', conditional: true, because: 'a query' },
    { match: { path: { value: '/a' }, headers: [] }, path: '/a', because: 'no header' },
  ])('$match: $because', ({ match, path, conditional = false }) => {
    expect(pathsOf(match)).toEqual([{ path, how: 'prefix', conditional }])
  })

  it('keeps the slash at the end of an exact path, which means that path alone', () => {
    expect(pathsOf({ path: { type: 'Exact', value: '/a/' } })).toMatchObject([{ path: '/a/', how: 'exact' }])
  })

  it('without host names serves all, without matches every path', () => {
    expect(foreignRoute({ rules: [{}] })).toEqual({
      hosts: ['*'],
      paths: [{ path: '/', how: 'prefix', conditional: false }],
    })
    expect(foreignRoute({ hostnames: ['a.example.com'], rules: [] })).toEqual({ hosts: ['a.example.com'], paths: [] })
  })
})
