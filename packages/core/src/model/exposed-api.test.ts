import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anApi, rawApi } from '../testing/builders.ts'
import { componentNameOf, exposedApi, isExternal, isMetricsApi } from './exposed-api.ts'

describe('fields of a wrong type or value', () => {
  it.each([
    { spec: { path: undefined }, says: 'InvalidSpec: spec.path is required' },
    { spec: { path: null }, says: 'InvalidSpec: spec.path is empty: write a string' },
    { spec: { path: 5 }, says: 'InvalidSpec: spec.path 5 is a number: write "5" in quotes' },
    { spec: { name: true }, says: 'InvalidSpec: spec.name true is a boolean: write "true" in quotes' },
    { spec: { name: ['a'] }, says: 'InvalidSpec: spec.name ["a"] is a list: write a string' },
    { spec: { port: '8080' }, says: 'InvalidSpec: spec.port "8080" is a string: write 8080 without quotes' },
    { spec: { port: 'http' }, says: 'InvalidSpec: spec.port "http" is a string: write a number from 1 to 65535' },
    { spec: { port: 80.5 }, says: 'InvalidSpec: spec.port 80.5 is not a whole number: write a number from 1 to 65535' },
    { spec: { port: 3e9 }, says: 'InvalidSpec: spec.port 3000000000 is too large: write a number from 1 to 65535' },
    {
      spec: { apiType: 'grpc' },
      says: 'InvalidSpec: spec.apiType "grpc" is not allowed: write openapi, prometheus, openmetrics or mcp',
    },
    { spec: { apiType: 'OpenAPI' }, says: 'InvalidSpec: spec.apiType "OpenAPI" is not allowed: write "openapi"' },
    {
      spec: { segment: 'x' },
      says: 'InvalidSpec: spec.segment "x" is not allowed: write coreFunction, managementFunction or securityFunction',
    },
    { spec: { developerUI: 7 }, says: 'InvalidSpec: spec.developerUI 7 is a number: write "7" in quotes' },
    { spec: { required: 'yes' }, says: 'InvalidSpec: spec.required "yes" is a string: write true or false' },
    { spec: { resources: {} }, says: 'InvalidSpec: spec.resources {} is an object: write a list' },
    {
      spec: { resources: [{}, 'x'] },
      says: 'InvalidSpec: spec.resources[1] "x" is a string: write its fields, indented below it',
    },
    { spec: { path: 'a' }, says: 'InvalidPath: spec.path must start with "/": write "/a"' },
    { spec: { port: 0 }, says: 'InvalidPort: spec.port 0 is not a port: write a number from 1 to 65535' },
    { spec: { port: 65536 }, says: 'InvalidPort: spec.port 65536 is not a port: write a number from 1 to 65535' },
    {
      spec: { implementation: 'Catalog' },
      says: 'InvalidImplementation: spec.implementation "Catalog" is not the name of a Service: write only the name of a Service in namespace components, such as "catalog"',
    },
    ...[
      'catalog.shop.svc.cluster.local',
      'http://catalog.shop:8080/x',
      'shop/catalog',
      'catalog:8080',
      ' catalog ',
    ].map((implementation) => ({
      spec: { implementation },
      says: `InvalidImplementation: spec.implementation "${implementation}" is not the name of a Service: write only the name of a Service in namespace components, such as "catalog"`,
    })),
    {
      spec: { implementation: 'my_svc' },
      says: 'InvalidImplementation: spec.implementation "my_svc" cannot be the name of a Service: write at most 63 lower-case letters, digits and "-", or "<external>"',
    },
    {
      spec: { implementation: '<External>' },
      says: 'InvalidImplementation: spec.implementation "<External>" is not known: write "<external>"',
    },
    {
      spec: { implementation: '' },
      says: 'InvalidImplementation: spec.implementation is empty: write the name of a Service in namespace components, or "<external>"',
    },
    {
      spec: { hostname: 'https://a.example/x' },
      says: 'InvalidHostname: spec.hostname "https://a.example/x" is not a host name: write only "a.example"',
    },
    {
      spec: { hostname: '*.example' },
      says: 'InvalidHostname: spec.hostname "*.example" is a wildcard: write one host name',
    },
    {
      spec: { hostname: 'a b' },
      says: 'InvalidHostname: spec.hostname "a b" is not a host name: write a DNS name, without scheme, port and path',
    },
    { spec: { hostname: 5 }, says: 'InvalidHostname: spec.hostname 5 is a number: write "5" in quotes' },
    { spec: { hostname: { a: 1 } }, says: 'InvalidHostname: spec.hostname {"a":1} is an object: write a string' },
  ])('$spec: $says', ({ spec, says }) => {
    const { problems } = anApi({ spec })
    expect(problems.map(({ field, reason, message }) => `${reason}: ${field} ${message}`)).toEqual([says])
  })

  it.each(['5g-catalog', '5', 'a', `${'a'.repeat(63)}`])(
    '%s is the name of a Service to the API server',
    (implementation) => {
      expect(anApi({ spec: { implementation } }).problems).toEqual([])
    },
  )

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

  it('include credentials', () => {
    const basicAuth = { username: { name: 's', key: 'u' }, password: { name: 's', key: 'p' } }
    expect(anApi({ spec: { basicAuth } }).spec).toMatchObject({ basicAuth })
  })

  const username = { name: 's', key: 'u' }
  it.each([
    { basicAuth: { username: { name: 's' } }, says: 'spec.basicAuth.username.key is required' },
    { basicAuth: { username }, says: 'spec.basicAuth.password is required' },
    { basicAuth: 'admin:secret', says: 'spec.basicAuth is a string: write its fields, indented below it' },
    {
      basicAuth: { username, password: 'secret' },
      says: 'spec.basicAuth.password is a string: write its fields, indented below it',
    },
    {
      basicAuth: { username: { ...username, key: 7 } },
      says: 'spec.basicAuth.username.key is a number: write a string',
    },
  ])(
    'malformed credentials are a problem of metrics, not of the API, and are not shown: $says',
    ({ basicAuth, says }) => {
      const { spec, problems } = anApi({ spec: { basicAuth } })
      expect(spec.basicAuthProblem).toBe(says)
      expect(spec).not.toHaveProperty('basicAuth')
      expect(problems).toEqual([])
    },
  )
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
        const said = [...api.problems, ...api.advice].map(({ message }) => message)
        const words = [...said, ...Object.values(api.invalidPolicies), api.spec.basicAuthProblem ?? ''].join()
        expect(words, 'no words of the validator').not.toMatch(
          /invalid (input|option)|expected|received|too (big|small)/i,
        )
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
