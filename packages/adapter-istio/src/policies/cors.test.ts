import type { CorsPolicy, RouteIntent } from '@exposedapi/core'
import { anApi, childMeta } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { cors } from './cors.ts'

const api = anApi({ spec: { CORS: { enabled: true, allowOrigins: 'https://a.example' } } })
const asked: CorsPolicy = {
  allowOrigins: ['https://a.example'],
  allowCredentials: false,
  preflight: { enabled: true, allowHeaders: ['X-A'], allowMethods: ['GET'], maxAgeSeconds: 1800 },
}
const intent = (words?: Partial<CorsPolicy>): RouteIntent => ({
  api,
  meta: childMeta(api),
  hosts: ['*'],
  paths: ['/a'],
  policies: words === undefined ? {} : { cors: { ...asked, ...words } },
})
const fieldsOf = (route: RouteIntent) => cors.render(route).fields
const removesBackendHeaders = {
  response: { remove: ['access-control-allow-origin', 'access-control-allow-credentials'] },
}

describe('origins', () => {
  it.each([
    { origin: '*', want: { exact: '*' }, because: 'Istio means all by it' },
    { origin: 'https://A.Example', want: { exact: 'https://a.example' }, because: 'browsers send small letters' },
    {
      origin: 'https://*.a.example:8443',
      want: { regex: 'https://[a-z0-9.-]+\\.a\\.example:8443' },
      because: 'subdomains; every dot is a dot',
    },
  ])('$origin: $because', ({ origin, want }) => {
    expect(fieldsOf(intent({ allowOrigins: [origin] })).corsPolicy?.allowOrigins).toEqual([want])
  })

  it.each([
    { origin: 'https://x.a.example', want: true },
    { origin: 'https://x.y.a.example', want: true },
    { origin: 'https://a.example', want: false },
    { origin: 'https://xa.example', want: false },
    { origin: 'https://evil.example/.a.example', want: false },
    { origin: 'https://x.a.example.evil.example', want: false },
    { origin: 'https://x.aXexample', want: false },
  ])('a pattern and $origin: $want', ({ origin, want }) => {
    const [match] = fieldsOf(intent({ allowOrigins: ['https://*.a.example'] })).corsPolicy?.allowOrigins ?? []
    expect(match && 'regex' in match && new RegExp(`^(?:${match.regex})$`).test(origin)).toBe(want)
  })
})

describe('closed', () => {
  it.each([
    { when: 'no origin is left', policies: intent({ allowOrigins: [] }) },
    { when: 'CORS was refused', policies: intent() },
  ])('$when: no policy, and the backend opens nothing', ({ policies }) => {
    expect(fieldsOf(policies)).toEqual({ headers: removesBackendHeaders })
  })

  it('CORS not asked for: the backend is left alone', () => {
    expect(fieldsOf({ ...intent(), api: anApi() })).toEqual({})
  })
})

describe('policy', () => {
  it('answers preflights itself and never forwards those of other origins', () => {
    const { corsPolicy, headers } = fieldsOf(intent({}))
    expect(corsPolicy).toMatchObject({ allowMethods: ['GET'], allowHeaders: ['X-A'], maxAge: '1800s' })
    expect(corsPolicy?.unmatchedPreflights).toBe('IGNORE')
    expect(headers).toEqual(removesBackendHeaders)
  })

  it('maxAge 0 is left out: the CRD refuses 0s', () => {
    expect(fieldsOf(intent({ preflight: { ...asked.preflight, maxAgeSeconds: 0 } })).corsPolicy).not.toHaveProperty(
      'maxAge',
    )
  })

  it('names and methods that Istio would refuse are left out', () => {
    const preflight = { ...asked.preflight, allowHeaders: ['X A', 'X-B'], allowMethods: ['get', 'PUT'] }
    expect(fieldsOf(intent({ preflight })).corsPolicy).toMatchObject({ allowHeaders: ['X-B'], allowMethods: ['PUT'] })
  })

  it('preflights that the implementation answers are an exception from the rule', () => {
    const passed = { preflight: { ...asked.preflight, enabled: false } }
    expect(cors.render(intent(passed)).exceptMethod).toBe('OPTIONS')
    expect(cors.render(intent({})).exceptMethod).toBeUndefined()
    expect(cors.render(intent({ ...passed, allowOrigins: [] })).exceptMethod, 'all of them pass').toBeUndefined()
  })
})
