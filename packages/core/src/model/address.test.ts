import { expect, it } from 'vitest'
import { urlOf } from './address.ts'

it.each([
  {
    address: { scheme: 'https', host: '203.0.113.7' },
    path: '/a',
    want: 'https://203.0.113.7/a',
    because: 'no port is the default one',
  },
  {
    address: { scheme: 'https', host: 'h', port: 443 },
    path: '/a',
    want: 'https://h/a',
    because: 'the default port is left out',
  },
  {
    address: { scheme: 'http', host: 'h', port: 443 },
    path: '/a',
    want: 'http://h:443/a',
    because: '443 is not the default of http',
  },
  { address: { scheme: 'http', host: 'h', port: 80 }, path: '/a', want: 'http://h/a', because: '80 is' },
  {
    address: { scheme: 'https', host: '2001:db8::1', port: 8443 },
    path: '/a',
    want: 'https://[2001:db8::1]:8443/a',
    because: 'IPv6 takes brackets',
  },
  {
    address: { scheme: 'https', host: 'h' },
    path: '/a/',
    want: 'https://h/a/',
    because: 'the path is published as written',
  },
  { address: { scheme: 'https', host: 'h' }, path: '', want: 'https://h', because: 'no slash is added' },
] as const)('$want: $because', ({ address, path, want }) => {
  expect(urlOf(address, path)).toBe(want)
})
