import { EXPOSED_API } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { bench } from '../../test/bench.ts'
import { aClass, aForeignRoute, aGateway, aSchema, HTTP, type Manifest } from '../../test/manifests.ts'

/** What is said of API `/shop`, written on 2026-06-01, beside these routes. */
function said(...others: readonly Manifest[]): string {
  const cluster = [rawApi({ name: 'shop' }) as Manifest, aGateway([HTTP]), aClass(), aSchema(), ...others]
  const { view, settle } = bench({}, cluster)
  const [api] = view.all(EXPOSED_API)
  if (!api) throw new Error('no API')
  const conditions = settle(api).status?.conditions ?? []
  return conditions.find(({ type }) => type === 'RouteProgrammed')?.message ?? ''
}

const ON_SHOP = [{ path: { value: '/shop' } }]
const at = (creationTimestamp: string, namespace = 'legacy') => ({ creationTimestamp, namespace })

it.each([
  { what: 'older', metadata: at('2026-05-31T23:59:59Z'), effect: 'take requests' },
  { what: 'younger', metadata: at('2026-06-01T00:00:01Z'), effect: 'lose requests to it' },
  { what: 'of the same second, namespace before ours', metadata: at('2026-06-01T00:00:00Z', 'a'), effect: 'take' },
  { what: 'of the same second, namespace after ours', metadata: at('2026-06-01T00:00:00Z', 'z'), effect: 'lose' },
])('of two routes for one path the older one wins: $what', ({ metadata, effect }) => {
  expect(said(aForeignRoute('theirs', ON_SHOP, {}, metadata))).toContain(effect)
})

it('a route that is more specific, or less, is as it should be', () => {
  const others = ['/', '/shop/below', '/shopping', '/stock'].map((value, index) =>
    aForeignRoute(`other-${index}`, [{ path: { value } }, { path: { type: 'Exact', value: `${value}/x` } }]),
  )
  expect(said(...others)).toBe('')
})

it('of very many only some are named', () => {
  const others = Array.from({ length: 9 }, (_, index) => aForeignRoute(`r${index}`, ON_SHOP))
  expect(said(...others)).toContain('legacy/r0, legacy/r1, legacy/r2, legacy/r3, legacy/r4 and more.')
})
