import { POLICY_NAMES, type PolicyRequests } from '@exposedapi/core'
import { anApi, childMeta } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { policyRules, policyVerdicts } from './policies.ts'

const spec = {
  CORS: { enabled: true, handlePreflightRequests: { enabled: false } },
  rateLimit: { enabled: true, limit: '1' },
  quota: { limit: '1' },
  apiKeyVerification: { enabled: true },
  OASValidation: { requestEnabled: true },
  template: 'gold',
}
const all = anApi({ spec })
const route = (policies: PolicyRequests) => ({ api: all, meta: childMeta(all), hosts: ['*'], paths: ['/a'], policies })

it('each policy that is asked for gets one verdict, in the order of core', () => {
  expect(policyVerdicts(all.policies).map(({ policy }) => policy)).toEqual(
    POLICY_NAMES.filter((name) => all.policies[name]),
  )
})

it('a policy that is not asked for gets none', () => {
  const { quota, template } = all.policies
  expect(policyVerdicts({ ...(template && { template }), ...(quota && { quota }) })).toMatchObject([
    { policy: 'quota', state: 'Unsupported', reason: 'QuotaPeriodMissing' },
    { policy: 'template', state: 'Unsupported', reason: 'UnknownTemplate' },
  ])
})

it('a method that a policy excepts gets a rule without its fields, before the one for all methods', () => {
  const { cors } = all.policies
  const [options, rest, ...more] = policyRules(route({ ...(cors && { cors }) }))
  expect(options).toEqual({ method: 'OPTIONS', fields: {} })
  expect(rest).toHaveProperty('fields.corsPolicy')
  expect(rest).not.toHaveProperty('method')
  expect(more).toEqual([])
})

it('a route without policies has one rule without fields', () => {
  expect(policyRules({ ...route({}), api: anApi() })).toEqual([{ fields: {} }])
})
