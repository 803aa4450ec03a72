import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anApi, rawApi } from '../testing/builders.ts'
import { componentNameOf, exposedApi, isExternal, isMetricsApi } from './exposed-api.ts'

describe('fields of a wrong type or value', () => {
  it.each([
    { spec: { path: undefined }, field: 'spec.path', reason: 'InvalidSpec', says: 'is required' },
    { spec: { path: 5 }, field: 'spec.path', reason: 'InvalidSpec', says: '5: ' },
    { spec: { port: '8080' }, field: 'spec.port', reason: 'InvalidSpec', says: '"8080": ' },
    { spec: { port: 80.5 }, field: 'spec.port', reason: 'InvalidSpec', says: '80.5: ' },
    {
      spec: { apiType: 'grpc' },
      field: 'spec.apiType',
      reason: 'InvalidSpec',
      says: '"grpc" is none of openapi, prometheus, openmetrics, mcp',
    },
    { spec: { segment: 'x' }, field: 'spec.segment', reason: 'InvalidSpec', says: 'is none of coreFunction' },
    { spec: { developerUI: 7 }, field: 'spec.developerUI', reason: 'InvalidSpec', says: '7: ' },
    { spec: { path: 'a' }, field: 'spec.path', reason: 'InvalidPath', says: 'must start' },
    { spec: { developerUI: '/a?b' }, field: 'spec.developerUI', reason: 'InvalidPath', says: '"?"' },
    { spec: { port: 0 }, field: 'spec.port', reason: 'InvalidPort', says: '1 to 65535' },
    { spec: { port: 65536 }, field: 'spec.port', reason: 'InvalidPort', says: '65536 is no port' },
    {
      spec: { implementation: 'Catalog' },
      field: 'spec.implementation',
      reason: 'InvalidImplementation',
      says: '"Catalog"',
    },
    { spec: { implementation: '' }, field: 'spec.implementation', reason: 'InvalidImplementation', says: '""' },
    {
      spec: { hostname: 'https://a.example' },
      field: 'spec.hostname',
      reason: 'InvalidHostname',
      says: 'without scheme',
    },
    { spec: { hostname: '*.example' }, field: 'spec.hostname', reason: 'InvalidHostname', says: 'wildcard' },
    { spec: { hostname: 5 }, field: 'spec.hostname', reason: 'InvalidHostname', says: '<number>' },
    { spec: { hostname: { a: 1 } }, field: 'spec.hostname', reason: 'InvalidHostname', says: 'no DNS name' },
  ])('$spec is $reason', ({ spec, field, reason, says }) => {
    const { problems } = anApi({ spec })
    expect(problems).toEqual([{ field, reason, message: expect.stringContaining(says) }])
  })

  it('are one problem each, in the order of the schema, and leave harmless values', () => {
    const { problems, spec } = exposedApi({ ...rawApi(), ...{ spec: { path: 1, port: null, apiType: {} } } })
    expect(problems.map(({ field }) => field).toSorted()).toEqual([
      'spec.apiType',
      'spec.implementation',
      'spec.name',
      'spec.path',
      'spec.port',
    ])
    expect(spec).toMatchObject({ apiType: 'openapi', path: '/', port: 1 })
  })

  it('are one problem even if there are many of them in one field, so that the status stays small', () => {
    const { problems } = anApi({ spec: { resources: Array.from({ length: 10_000 }, () => 1) } })
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message.length).toBeLessThan(200)
  })

  it('do not touch the other fields', () => {
    expect(anApi({ spec: { path: 5, developerUI: '/ui' } }).spec).toMatchObject({ developerUI: '/ui', port: 8080 })
  })
})

describe('fields outside the schema', () => {
  it('are named, unless somebody reads them', () => {
    const spec = {
      hostname: 'a.example',
      apiSDO: {},
      id: 'x',
      monitoring: {},
      basicauth: 1,
      ratelimit: {},
      constructor: 1,
    }
    expect(anApi({ spec }).unknownFields).toEqual(['basicauth', 'ratelimit', 'constructor'])
  })

  it('cost nothing: a megabyte of them is not kept', () => {
    const api = anApi({ spec: { huge: 'x'.repeat(1_000_000) }, status: { kopf: 'x'.repeat(1_000_000) } })
    expect(JSON.stringify(api).length).toBeLessThan(2_000)
  })

  it('include the host name, empty as good as absent', () => {
    expect(anApi({ spec: { hostname: '' } }).spec).not.toHaveProperty('hostname')
    expect(anApi({ spec: { hostname: 'a.example' } }).spec.hostname).toBe('a.example')
  })

  it('include credentials; malformed ones are a problem of metrics, not of the API', () => {
    const basicAuth = { username: { name: 's', key: 'u' }, password: { name: 's', key: 'p' } }
    expect(anApi({ spec: { basicAuth } }).spec).toMatchObject({ basicAuth })
    const { spec, problems } = anApi({ spec: { basicAuth: { username: { name: 's' } } } })
    expect(spec.basicAuthProblem).toContain('spec.basicAuth.username.key')
    expect(spec).not.toHaveProperty('basicAuth')
    expect(problems).toEqual([])
  })
})

describe('specification', () => {
  it.each([
    { specification: undefined, want: [], because: 'it is optional' },
    { specification: null, want: [], because: 'null is absent' },
    { specification: { url: 'u', version: 'v4' }, want: [{ url: 'u', version: 'v4' }], because: 'v1 has an object' },
    {
      specification: { version: 'v4' },
      want: [{ version: 'v4' }],
      because: 'the Component operator makes one without url',
    },
    {
      specification: [{ url: 'u' }, { url: 'w' }],
      want: [{ url: 'u' }, { url: 'w' }],
      because: 'v1beta4 has a list of objects',
    },
    { specification: ['u'], want: [{ url: 'u' }], because: 'v1beta3 has a list of strings' },
    { specification: [7, { url: 7 }], want: [{}, {}], because: 'nothing of it is worth refusing an API' },
  ])('$specification: $because', ({ specification, want }) => {
    const api = anApi({ spec: { specification } })
    expect(api.spec.specification).toEqual(want)
    expect(api.problems).toEqual([])
  })
})

describe('status of an odd shape counts as absent, key by key', () => {
  it.each([
    { status: 'text', want: {} },
    { status: [], want: {} },
    { status: { apiStatus: 'x', implementation: true, conditions: {}, policies: 7 }, want: {} },
    { status: { apiStatus: { url: 'u' }, conditions: null }, want: { apiStatus: { url: 'u' } } },
    { status: { conditions: [null, 'x', { type: 'Ready' }] }, want: { conditions: [{ type: 'Ready' }] } },
    { status: { implementation: {} }, want: { implementation: {} } },
  ])('$status', ({ status, want }) => {
    expect(exposedApi({ ...rawApi(), ...{ status } }).status).toEqual(want)
  })
})

describe('reading', () => {
  it('never throws, whatever spec and status hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
        expect(() => exposedApi({ ...rawApi(), ...{ spec, status } })).not.toThrow()
      }),
    )
    const field = fc.constantFrom(...Object.keys(FIELDS))
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue()), (spec) => {
        const api = exposedApi({ ...rawApi(), ...{ spec: { ...FIELDS, ...spec } } })
        expect(api.problems.length).toBeLessThanOrEqual(Object.keys(FIELDS).length)
        expect(Object.keys(api.policies).filter((name) => name in api.invalidPolicies)).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps of the metadata what decisions read', () => {
    const managedFields = [{ manager: 'x' }]
    const api = exposedApi(rawApi({ metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, ...{ managedFields } } }))
    expect(api.metadata).not.toHaveProperty('managedFields')
    expect(api.metadata).not.toHaveProperty('annotations')
    expect(api.metadata.labels).toEqual({ a: 'b' })
  })
})

describe('questions', () => {
  it('external is the marker, and only that', () => {
    expect(isExternal(anApi({ spec: { implementation: '<external>' } }))).toBe(true)
    expect(isExternal(anApi({ spec: { implementation: 'external' } }))).toBe(false)
    expect(anApi({ spec: { implementation: '<external>', path: '/', port: 80 } }).problems).toEqual([])
  })

  it.each([
    ['openapi', false],
    ['mcp', false],
    ['prometheus', true],
    ['openmetrics', true],
  ])('is %s scraped? %s', (apiType, want) => {
    expect(isMetricsApi(anApi({ spec: { apiType } }))).toBe(want)
  })

  it('the Component is the owner, else the label, else none', () => {
    const owner = { apiVersion: 'oda.tmforum.org/v1', kind: 'Component', name: 'owner', uid: 'u' }
    const labels = { 'oda.tmforum.org/componentName': 'label' }
    expect(componentNameOf(anApi({ metadata: { labels, ownerReferences: [owner] } }))).toBe('owner')
    expect(componentNameOf(anApi({ metadata: { labels, ownerReferences: [{ ...owner, kind: 'Chart' }] } }))).toBe(
      'label',
    )
    expect(componentNameOf(anApi())).toBeUndefined()
  })
})

const FIELDS = {
  name: 'a',
  apiType: 'openapi',
  implementation: 'svc',
  path: '/a',
  port: 80,
  developerUI: '/ui',
  specification: {},
  segment: 'coreFunction',
  hostname: 'h',
  basicAuth: {},
  CORS: { enabled: true },
  rateLimit: { enabled: true, limit: '1' },
  quota: { limit: '1' },
  apiKeyVerification: { enabled: true },
  OASValidation: { requestEnabled: true },
  template: 't',
  resources: [],
  required: true,
}
