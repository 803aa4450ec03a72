import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { literalPrefix } from './literal-prefix.ts'

it.each([
  { regex: '/shop', literal: '/shop', whole: true, because: 'no operator in it' },
  { regex: '^/shop$', literal: '/shop', whole: true, because: 'the match is of the whole path anyway' },
  { regex: '/shop\\.v1/a\\-b', literal: '/shop.v1/a-b', whole: true, because: 'escaped punctuation means itself' },
  { regex: '/shop/.*', literal: '/shop/', whole: false, because: 'any character ends what is known' },
  { regex: '/shops?', literal: '/shop', whole: false, because: 'the s may be missing' },
  { regex: '/shop*', literal: '/sho', whole: false, because: 'the p may be missing' },
  { regex: '/shop{0,2}', literal: '/sho', whole: false, because: 'the p may be missing' },
  { regex: '/shop+/x', literal: '/shop', whole: false, because: 'one p is certain, what follows is not' },
  { regex: '/shop(/.*)?', literal: '/shop', whole: false, because: 'groups are not followed' },
  { regex: '/a[bc]', literal: '/a', whole: false, because: 'classes are not followed' },
  { regex: '/a\\d', literal: '/a', whole: false, because: 'an escaped letter is a class' },
  { regex: '/a|/b', literal: '', whole: false, because: '/b does not begin with /a' },
  { regex: '/a(b|c)', literal: '/a', whole: false, because: 'alternatives within brackets begin after it' },
  { regex: '/a[](|]|/b', literal: '', whole: false, because: 'a bracket in a class opens nothing' },
  { regex: '/a[^]|]', literal: '/a', whole: false, because: 'a bar in a class is a character' },
  { regex: '\\Q/a(\\E|/b', literal: '', whole: false, because: 'quoting is not followed' },
  { regex: '(?i)/shop', literal: '', whole: false, because: 'flags change what letters mean' },
  { regex: '/a\\', literal: '/a', whole: false, because: 'no reason to fall over' },
  { regex: '', literal: '', whole: true, because: 'nothing matches nothing' },
])('$regex begins with "$literal": $because', ({ regex, literal, whole }) => {
  expect(literalPrefix(regex)).toEqual({ literal, whole })
})

/** Expressions and texts of few characters, so that matches are common. */
const part = fc.constantFrom('a', 'b', '/', '.', 'a*', 'b+', 'a?', '(a|b)', '[ab]', '[^/]', '\\.', '\\w', '|', 'a{0,1}')

it('every match begins with it', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.stringMatching(/^[ab/.]{0,6}$/), (parts, path) => {
      const regex = parts.join('')
      const { literal, whole } = literalPrefix(regex)
      if (!new RegExp(`^(?:${regex})$`).test(path)) return
      expect(whole ? path === literal : path.startsWith(literal)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

it('takes time in proportion to its length only', () => {
  const evil = `/${'(a+)+'.repeat(200)}$${'['.repeat(50_000)}`
  const before = performance.now()
  literalPrefix(evil)
  expect(performance.now() - before).toBeLessThan(200)
})
