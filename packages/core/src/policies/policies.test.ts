import { describe, expect, it } from 'vitest'
import { anApi } from '../testing/builders.ts'

const read = (spec: Record<string, unknown>) => anApi({ spec })

describe('policies that are not asked for', () => {
  it.each([
    { spec: {}, because: 'no field at all' },
    {
      spec: { CORS: {}, rateLimit: {}, quota: {}, apiKeyVerification: {}, OASValidation: {} },
      because: 'enabled is false by default',
    },
    { spec: { rateLimit: { enabled: false, limit: 'nonsense' } }, because: 'what is switched off is not read' },
    { spec: { quota: { identifier: '', limit: '' } }, because: 'charts ship empty strings' },
    { spec: { quota: { identifier: 'IP' } }, because: 'a quota without limit limits nothing' },
    { spec: { template: '  ' }, because: 'a blank name names nothing' },
    {
      spec: { OASValidation: { allowUnspecifiedHeaders: true } },
      because: 'neither requests nor responses are validated',
    },
  ])('$spec: $because', ({ spec }) => {
    const { policies, invalidPolicies } = read(spec)
    expect({ ...policies, ...invalidPolicies }).toEqual({})
  })
})

describe('documented defaults', () => {
  const cors = {
    allowOrigins: ['*'],
    allowCredentials: false,
    preflight: {
      enabled: true,
      allowHeaders: [
        'Origin',
        'Accept',
        'X-Requested-With',
        'Content-Type',
        'Access-Control-Request-Method',
        'Access-Control-Request-Headers',
      ],
      allowMethods: ['GET', 'POST', 'HEAD', 'OPTIONS'],
      maxAgeSeconds: 1800,
    },
  }

  it.each([
    { spec: { CORS: { enabled: true } }, want: { cors }, because: 'each field of CORS has one' },
    {
      spec: {
        CORS: {
          enabled: true,
          allowOrigins: ' , ',
          handlePreflightRequests: { allowHeaders: '', allowMethods: ' ' },
        },
      },
      want: { cors },
      because: 'a blank list is like an absent one',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '6' } },
      want: { rateLimit: { limit: 6, interval: 'second', identifier: { by: 'api' } } },
      because: 'interval is ps, and without identifier all requests count together',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '6', interval: '', identifier: '' } },
      want: { rateLimit: { limit: 6, interval: 'second', identifier: { by: 'api' } } },
      because: 'empty strings are like absent ones',
    },
    {
      spec: { quota: { limit: '9' } },
      want: { quota: { limit: 9, identifier: { by: 'api' } } },
      because: 'a limit alone is enough',
    },
    {
      spec: { apiKeyVerification: { enabled: true } },
      want: { apiKeyVerification: { location: { in: 'header' } } },
      because: 'the key is in a header whose name the gateway knows',
    },
    {
      spec: { OASValidation: { responseEnabled: true } },
      want: {
        oasValidation: {
          request: false,
          response: true,
          allowUnspecifiedHeaders: false,
          allowUnspecifiedQueryParams: false,
          allowUnspecifiedCookies: false,
        },
      },
      because: 'all others are false',
    },
  ])('$spec: $because', ({ spec, want }) => {
    expect(read(spec).policies).toEqual(want)
  })
})

describe('lists of comma-separated values', () => {
  const cors = (words: Record<string, unknown>, preflight: Record<string, unknown> = {}) =>
    read({ CORS: { enabled: true, ...words, handlePreflightRequests: preflight } }).policies.cors

  it('are trimmed, and hold no blanks and no duplicates', () => {
    expect(cors({ allowOrigins: ' https://a.example ,, https://b.example,https://a.example ' })?.allowOrigins).toEqual([
      'https://a.example',
      'https://b.example',
    ])
  })

  it('give methods in capitals', () => {
    expect(cors({}, { allowMethods: 'get, *' })?.preflight.allowMethods).toEqual(['GET', '*'])
  })

  it.each([
    '*',
    'https://a.example',
    'http://a.example:8080',
    'https://*.a.example',
    'https://[2001:db8::1]:8443',
    'capacitor://localhost',
    'null',
  ])('take %s for an origin', (origin) => {
    expect(cors({ allowOrigins: origin })?.allowOrigins).toEqual([origin])
  })

  it('cache preflights never for less than no time', () => {
    expect(cors({}, { maxAge: -1 })?.preflight.maxAgeSeconds).toBe(0)
  })
})

describe('words', () => {
  const location = (text: string) =>
    read({ apiKeyVerification: { enabled: true, location: text } }).policies.apiKeyVerification?.location

  it.each([
    { text: 'header', want: { in: 'header' } },
    { text: ' query ', want: { in: 'query' } },
    { text: 'header:x-api-key', want: { in: 'header', name: 'x-api-key' } },
    { text: 'request.header.x-api-key', want: { in: 'header', name: 'x-api-key' } },
    { text: 'request.queryparam.apikey', want: { in: 'query', name: 'apikey' } },
    { text: 'cookie:key', want: { in: 'cookie', name: 'key' } },
  ])('location $text', ({ text, want }) => {
    expect(location(text)).toEqual(want)
  })

  it.each([
    { text: 'IP', want: { by: 'ip' } },
    { text: 'client.ip', want: { by: 'ip' } },
    { text: 'header:x-client', want: { by: 'part', part: { in: 'header', name: 'x-client' } } },
    { text: 'request.header.x-client', want: { by: 'part', part: { in: 'header', name: 'x-client' } } },
  ])('identifier $text', ({ text, want }) => {
    const { rateLimit } = read({
      rateLimit: { enabled: true, limit: '1', identifier: text, interval: ' pm ' },
    }).policies
    expect(rateLimit).toEqual({ limit: 1, interval: 'minute', identifier: want })
  })
})

describe('nonsense makes the one policy invalid, and names the field', () => {
  it.each([
    {
      spec: { CORS: { enabled: true, allowOrigins: 'a.example' } },
      policy: 'cors',
      field: 'spec.CORS.allowOrigins',
      because: 'an origin has a scheme',
    },
    {
      spec: { CORS: { enabled: true, allowOrigins: 'https://a.example/' } },
      policy: 'cors',
      field: 'spec.CORS.allowOrigins',
      because: 'an origin has no path',
    },
    {
      spec: { CORS: { enabled: true, allowOrigins: '[::1]' } },
      policy: 'cors',
      field: 'spec.CORS.allowOrigins',
      because: 'nor does IPv6 go without scheme',
    },
    {
      spec: { CORS: { enabled: true, handlePreflightRequests: { allowMethods: 'GET POST' } } },
      policy: 'cors',
      field: 'allowMethods',
      because: 'methods are separated by commas',
    },
    {
      spec: { CORS: { enabled: true, handlePreflightRequests: { allowHeaders: 'a b' } } },
      policy: 'cors',
      field: 'allowHeaders',
      because: 'so are headers',
    },
    { spec: { CORS: { enabled: 'yes' } }, policy: 'cors', field: 'spec.CORS.enabled', because: 'a text is no boolean' },
    {
      spec: { rateLimit: { enabled: true } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.limit',
      because: 'a limit is needed',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '0' } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.limit',
      because: 'it is at least 1',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '6pm' } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.limit',
      because: 'the interval has its own field',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '1.5' } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.limit',
      because: 'requests are whole',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '6', interval: 'ph' } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.interval',
      because: 'hours are not documented',
    },
    {
      spec: { rateLimit: { enabled: true, limit: '6', identifier: 'header' } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.identifier',
      because: 'which header?',
    },
    {
      spec: { rateLimit: { enabled: true, limit: 6 } },
      policy: 'rateLimit',
      field: 'spec.rateLimit.limit',
      because: 'the CRD says string',
    },
    { spec: { quota: { limit: 'many' } }, policy: 'quota', field: 'spec.quota.limit', because: 'it is no number' },
    {
      spec: { apiKeyVerification: { enabled: true, location: 'body' } },
      policy: 'apiKeyVerification',
      field: 'spec.apiKeyVerification.location',
      because: 'no gateway looks there',
    },
    {
      spec: { apiKeyVerification: { enabled: true, location: 'header: x' } },
      policy: 'apiKeyVerification',
      field: 'spec.apiKeyVerification.location',
      because: 'a header name has no blank',
    },
    { spec: { template: 7 }, policy: 'template', field: 'spec.template', because: 'a number is no name' },
  ] as const)('$field of $policy: $because', ({ spec, policy, field }) => {
    const api = read({ ...spec, template: 'template' in spec ? spec.template : 'gold' })
    expect(api.invalidPolicies[policy]).toContain(field)
    expect(api.policies[policy]).toBeUndefined()
    expect(api.problems).toEqual([])
    if (policy !== 'template') expect(api.policies.template).toEqual({ name: 'gold' })
  })

  it('quotes only the beginning of a long value', () => {
    const { invalidPolicies } = read({ rateLimit: { enabled: true, limit: '9'.repeat(100_000) } })
    expect(invalidPolicies.rateLimit?.length).toBeLessThan(200)
  })
})
