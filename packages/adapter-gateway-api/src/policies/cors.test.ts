import { anApi, childMeta } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { corsFilters, gapsOf } from './cors.ts'
import type { Features } from './features.ts'

const known = { answer: 'yes', because: '' } as const
const FEATURES: Features = { cors: known, stripsHeaders: false, requestTimeout: known, backendTimeout: known }

function filterOf(cors: object) {
  const api = anApi({ spec: { CORS: { enabled: true, ...cors } } })
  const [filter] = corsFilters(
    { api, meta: childMeta(api), hosts: ['*'], paths: ['/a'], policies: api.policies },
    FEATURES,
  )
  if (filter?.type !== 'CORS' || !api.policies.cors) throw new Error('no CORS filter')
  return { ...filter.cors, gaps: gapsOf(api.policies.cors) }
}

const many = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => name(at)).join()
const origins = (count: number) => many(count, (at) => `https://a${at}.example`)
const headers = (count: number) => ({ handlePreflightRequests: { allowHeaders: many(count, (at) => `x-${at}`) } })

it.each([
  { count: 64, gaps: [] },
  { count: 66, gaps: [expect.stringContaining('left out: https://a64.example, https://a65.example.')] },
  { count: 90, gaps: [expect.stringContaining('https://a68.example and more.')] },
])('$count origins: there is room for 64, and the others are told', ({ count, gaps }) => {
  const filter = filterOf({ allowOrigins: origins(count) })
  expect(filter.allowOrigins).toHaveLength(64)
  expect(filter.gaps).toEqual(gaps)
})

it.each([
  { count: 64, gaps: [] },
  { count: 65, gaps: ['An HTTPRoute has room for 64 allowed headers; the others are left out.'] },
])('$count headers: there is room for 64', ({ count, gaps }) => {
  const filter = filterOf(headers(count))
  expect(filter.allowHeaders).toHaveLength(64)
  expect(filter.gaps).toEqual(gaps)
})
