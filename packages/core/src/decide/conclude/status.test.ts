import { describe, expect, it } from 'vitest'
import { anApi } from '../../testing/builders.ts'
import { apiStatus, isBehind, statusOf, statusPatch } from './status.ts'

const api = anApi({ spec: { path: '/a/', developerUI: '/ui' } })
const urls = { url: 'https://h/a/', developerUI: 'https://h/ui', ip: '203.0.113.7' }

describe('apiStatus', () => {
  it('has the keys of ODA Canvas and no other: each of them is copied into the Component', () => {
    expect(apiStatus(api, 'route-uid', urls)).toEqual({
      name: 'catalog',
      uid: 'route-uid',
      path: '/a/',
      port: 8080,
      implementation: 'catalog-svc',
      url: 'https://h/a/',
      developerUI: 'https://h/ui',
      ip: '203.0.113.7',
    })
  })

  it('lacks what is not known', () => {
    const keys = Object.keys(apiStatus(api, undefined, undefined))
    expect(keys).toEqual(['name', 'path', 'port', 'implementation'])
  })
})

describe('ready', () => {
  it.each([
    { ready: true, published: apiStatus(api, 'u', urls), want: true, because: 'it is routed, served and published' },
    {
      ready: true,
      published: apiStatus(api, 'u', undefined),
      want: false,
      because: 'readers that trust ready alone need the url',
    },
    { ready: true, published: undefined, want: false, because: 'nothing is published' },
    { ready: false, published: apiStatus(api, 'u', urls), want: false, because: 'it is not served' },
  ])('is $want: $because', ({ ready, published, want }) => {
    expect(statusOf(published, ready, [], []).implementation).toEqual({ ready: want })
  })
})

describe('the patch of the status', () => {
  const desired = statusOf(apiStatus(api, 'u', { url: 'https://h/a/' }), true, [], [])
  const patchOf = (status: Record<string, unknown>) => statusPatch(anApi({ spec: { path: '/a/' }, status }), desired)

  it('is nothing if nothing differs, whatever the order of keys', () => {
    const { apiStatus: published, ...rest } = desired
    const reversed = Object.fromEntries(Object.entries(published ?? {}).toReversed())
    expect(patchOf({ ...rest, apiStatus: reversed })).toBeUndefined()
  })

  it('removes keys that no longer apply', () => {
    const stale = { ...desired.apiStatus, developerUI: 'https://h/old', ip: '203.0.113.7', extra: 1 }
    const policies = [{ policy: 'cors' }]
    expect(patchOf({ ...desired, apiStatus: stale, policies })).toEqual({
      apiStatus: { developerUI: null, ip: null, extra: null },
      policies: null,
    })
  })

  it('holds only the key that changed', () => {
    expect(patchOf({ ...desired, implementation: { ready: false } })).toEqual({ implementation: { ready: true } })
  })

  it('leaves keys of others alone', () => {
    expect(patchOf({ ...desired, kopf: { progress: {} }, apigBind: {} })).toBeUndefined()
  })

  it.each(['constructor', 'toString', '__proto__'])('removes a key of somebody else, called %s too', (key) => {
    const odd = { ...desired.apiStatus, ...JSON.parse(`{"${key}": "x"}`) }
    const patch = patchOf({ ...desired, apiStatus: JSON.parse(JSON.stringify(odd)) })
    expect(JSON.stringify(patch)).toBe(`{"apiStatus":{"${key}":null}}`)
  })

  it('replaces a value of an odd shape', () => {
    expect(patchOf({ ...desired, apiStatus: 'odd' })).toEqual({ apiStatus: desired.apiStatus })
  })
})

describe('an API is behind', () => {
  const written = { name: 'catalog', path: '/a/', port: 8080, implementation: 'catalog-svc' }

  it.each([
    { because: 'nothing is published', status: {}, want: true },
    { because: 'the status says what the spec says', status: { apiStatus: written }, want: false },
    { because: 'the path is another one', status: { apiStatus: { ...written, path: '/a' } }, want: true },
    { because: 'the port is another one', status: { apiStatus: { ...written, port: 80 } }, want: true },
    { because: 'the Service is another one', status: { apiStatus: { ...written, implementation: 'x' } }, want: true },
  ])('is $want: $because', ({ status, want }) => {
    expect(isBehind({ ...api, status })).toBe(want)
  })
})
