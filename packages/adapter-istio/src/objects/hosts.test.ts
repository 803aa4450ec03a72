import { anApi } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { servedHosts } from './hosts.ts'

describe('servedHosts', () => {
  it.each([
    { hostname: undefined, publicHost: undefined, because: 'any host', want: ['*'] },
    { hostname: 'h.example', publicHost: undefined, because: '["*", h] is refused; h alone hides all *', want: ['*'] },
    { hostname: undefined, publicHost: { host: 'p.example' }, because: 'the public one', want: ['p.example'] },
    { hostname: 'H.example.', publicHost: { host: 'p.example' }, because: 'both', want: ['p.example', 'h.example'] },
    {
      hostname: 'P.example',
      publicHost: { host: 'p.example' },
      because: 'duplicates are refused',
      want: ['p.example'],
    },
  ])('$hostname with $publicHost: $because', ({ hostname, publicHost, want }) => {
    expect(servedHosts(anApi({ spec: { hostname } }), publicHost)).toEqual(want)
  })
})
