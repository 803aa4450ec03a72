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
  it.each(['/', "/a-Z0._~!$&'()*+,;=:@", '/caf%C3%A9', `/${'a'.repeat(1023)}`])('%s is written as it is', (path) => {
    expect(pathValue(path)).toBe(path)
    expect(isAllowed(path)).toBe(true)
  })

  it.each([
    { path: '/a//b', because: 'an empty segment' },
    { path: '/a%2Fb', because: 'an encoded slash' },
    { path: '/a[b]', because: 'brackets: clients send them as they are, and the schema refuses them' },
  ])('$path cannot be written: $because', ({ path }) => {
    expect(pathValue(path)).toBeUndefined()
    expect(isAllowed(path)).toBe(false)
  })
})
