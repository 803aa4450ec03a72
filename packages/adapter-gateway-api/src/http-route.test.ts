import { describe, expect, it } from 'vitest'
import { pathValue } from './http-route.ts'

/** The rules of the CRD for a path of type PathPrefix. */
function isAllowed(value: string): boolean {
  const forbidden = ['//', '/./', '/../', '%2f', '%2F', '#']
  const characters = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/
  return (
    value.startsWith('/') &&
    value.length <= 1024 &&
    characters.test(value) &&
    !forbidden.some((one) => value.includes(one))
  )
}

describe('a path', () => {
  it.each([
    { path: '/', value: '/', because: 'the root' },
    { path: "/a-Z0._~!$&'()*+,;=:@", value: "/a-Z0._~!$&'()*+,;=:@", because: 'all of it is allowed' },
    { path: '/caf%C3%A9', value: '/caf%C3%A9', because: 'encoded already' },
    { path: '/café', value: '/caf%C3%A9', because: 'clients send it so' },
    { path: '/a{b}|"^`<>\\[]', value: '/a%7Bb%7D%7C%22%5E%60%3C%3E%5C%5B%5D', because: 'ASCII that is not allowed' },
    { path: '/100%', value: '/100%25', because: 'a percent sign that encodes nothing' },
    { path: '/%zz%41', value: '/%25zz%41', because: 'only what is hexadecimal encodes something' },
    { path: '/\u{1F600}', value: '/%F0%9F%98%80', because: 'two code units, one character' },
    { path: '/\uD800', value: '/%EF%BF%BD', because: 'half a character is none' },
    { path: `/${'a'.repeat(1023)}`, value: `/${'a'.repeat(1023)}`, because: 'the longest' },
  ])('$path is written as $value: $because', ({ path, value }) => {
    expect(pathValue(path)).toBe(value)
    expect(isAllowed(value)).toBe(true)
  })

  it.each([
    { path: '/a//b', because: 'an empty segment' },
    { path: '/a%2Fb', because: 'an encoded slash' },
    { path: '/a%2fb', because: 'an encoded slash' },
    { path: `/${'é'.repeat(200)}`, because: 'too long once it is encoded' },
  ])('$path cannot be written: $because', ({ path }) => {
    expect(pathValue(path)).toBeUndefined()
  })
})
