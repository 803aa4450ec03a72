import { describe, expect, it } from 'vitest'
import { anApi } from '../testing/builders.ts'

const KEY = { apiKeyVerification: { enabled: true, location: 'query:key' } }
const said = (spec: object) => anApi({ spec: { ...spec } }).advice.map(({ field, message }) => `${field} ${message}`)
const COUNTS = 'is in the wrong place, but counts: write it as spec.apiKeyVerification'

describe('a protection in the wrong place counts as asked for', () => {
  it.each([
    { spec: { gatewayConfiguration: KEY }, field: 'spec.gatewayConfiguration.apiKeyVerification' },
    { spec: { policies: [{}, KEY] }, field: 'spec.policies[1].apiKeyVerification' },
    {
      spec: { specification: { gatewayConfiguration: KEY } },
      field: 'spec.specification.gatewayConfiguration.apiKeyVerification',
    },
    {
      spec: { specification: [{ gatewayConfiguration: KEY }] },
      field: 'spec.specification[0].gatewayConfiguration.apiKeyVerification',
    },
    { spec: { apikeyVerification: KEY.apiKeyVerification }, field: 'spec.apikeyVerification' },
    {
      spec: { gateway: { policy: { APIKeyVerification: KEY.apiKeyVerification } } },
      field: 'spec.gateway.policy.APIKeyVerification',
    },
    {
      spec: { gatewayConfiguration: KEY, apiKeyVerification: { enabled: false } },
      field: 'spec.gatewayConfiguration.apiKeyVerification',
    },
  ])('$field', ({ spec, field }) => {
    const api = anApi({ spec })
    expect(api.policies).toEqual({ apiKeyVerification: { location: { in: 'query', name: 'key' } } })
    expect(api.problems).toEqual([])
    expect(api.unknownFields).toEqual([])
    expect(said(spec)).toEqual([`${field} ${COUNTS}`])
  })

  it.each([
    {
      value: { enabled: 'true' },
      says: 'spec.apiKeyVerification.enabled "true" is a string: write true without quotes',
    },
    { value: true, says: 'spec.apiKeyVerification true is a boolean: write its fields, indented below it' },
    { value: { enabled: true, location: 'body' }, says: 'spec.apiKeyVerification.location "body"' },
  ])('also if it makes no sense: $value', ({ value, says }) => {
    const { policies, invalidPolicies } = anApi({ spec: { gatewayConfiguration: { apiKeyVerification: value } } })
    expect(policies).toEqual({})
    expect(invalidPolicies.apiKeyVerification).toContain(says)
  })

  it('unless the right place asks for it, too', () => {
    const right = { enabled: true, location: 'header' }
    const { policies } = anApi({ spec: { gatewayConfiguration: KEY, apiKeyVerification: right } })
    expect(policies).toEqual({ apiKeyVerification: { location: { in: 'header' } } })
  })
})

describe('any other policy in the wrong place is ignored, and the right one is named', () => {
  it.each([
    {
      spec: { gatewayConfiguration: { rateLimit: { enabled: true, limit: '6' } } },
      says: 'spec.gatewayConfiguration.rateLimit is ignored: write it as spec.rateLimit',
    },
    { spec: { ratelimit: { enabled: true } }, says: 'spec.ratelimit is ignored: write it as spec.rateLimit' },
    { spec: { cors: { enabled: true } }, says: 'spec.cors is ignored: write it as spec.CORS' },
    {
      spec: { gatewayConfiguration: { template: 'gold' } },
      says: 'spec.gatewayConfiguration.template is ignored: write it as spec.template',
    },
  ])('$says', ({ spec, says }) => {
    expect(said(spec)).toEqual([says])
    expect(anApi({ spec }).policies).toEqual({})
  })
})

describe('what asks for nothing is an unknown field like any other', () => {
  it.each([
    { gatewayConfiguration: { CORS: {}, template: '', apiKeyVerification: { enabled: false } } },
    { gatewayConfiguration: 'none' },
    { gatewayConfiguration: { a: { b: { c: { d: { e: KEY } } } } } },
    { gatewayConfiguration: { quota: 7, template: { metadata: {} } } },
  ])('%j', (spec) => {
    const api = anApi({ spec })
    expect({ ...api.policies, ...api.invalidPolicies }).toEqual({})
    expect(api.advice).toEqual([])
    expect(api.unknownFields).toEqual(['gatewayConfiguration'])
  })
})

it('the search ends, however much is there', () => {
  const huge = Array.from({ length: 100_000 }, (_, at) => ({ [`x${at}`]: { a: { b: at } } }))
  expect(anApi({ spec: { huge, gatewayConfiguration: KEY } }).policies).toHaveProperty('apiKeyVerification')
  const field = 'x'.repeat(100_000)
  expect(JSON.stringify(anApi({ spec: { [field]: KEY } }).advice).length).toBeLessThan(1_000)
})
