import { describe, expect, it } from 'vitest'
import { covers, hostPort, intersection } from './hosts.ts'

describe('hostPort', () => {
  it.each([
    { text: 'api.example.com', because: 'a host', want: { host: 'api.example.com' } },
    { text: ' API.Example.com. ', because: 'one spelling', want: { host: 'api.example.com' } },
    { text: 'api.example.com:8443', because: 'a port', want: { host: 'api.example.com', port: 8443 } },
    { text: '198.51.100.9', because: 'an address is a host', want: { host: '198.51.100.9' } },
    { text: '2001:db8::1', because: 'colons without brackets are no port', want: { host: '2001:db8::1' } },
    { text: '[2001:db8::1]:80', because: 'brackets separate', want: { host: '2001:db8::1', port: 80 } },
    { text: 'https://api.example.com', because: 'the scheme has an option of its own', want: undefined },
    { text: '*.example.com', because: 'no URL can name it', want: undefined },
    { text: '*', because: 'it is the default, and no name', want: undefined },
    { text: 'api.example.com:0', because: 'no port', want: undefined },
    { text: 'a b', because: 'no name', want: undefined },
    { text: '[api.example.com]', because: 'brackets are for IPv6', want: undefined },
    { text: '', because: 'nothing', want: undefined },
  ])('$text: $because', ({ text, want }) => {
    expect(hostPort(text)).toEqual(want)
  })
})

describe('covers', () => {
  it.each([
    { pattern: '*', host: 'a.example', want: true },
    { pattern: '*.example', host: 'a.example', want: true },
    { pattern: '*.example', host: 'example', want: false },
    { pattern: '*.example', host: 'a.example.org', want: false },
    { pattern: 'a.example', host: '*', want: false },
  ])('$pattern and $host: $want', ({ pattern, host, want }) => {
    expect(covers(pattern, host)).toBe(want)
  })

  it('the narrower of two is served', () => {
    expect(intersection('*', 'a.example')).toBe('a.example')
    expect(intersection('a.example', '*.example')).toBe('a.example')
    expect(intersection('a.example', 'b.example')).toBeUndefined()
  })
})
