/** CORS as a browser would see it, with real Origin headers. */
import type { GatewayAnswer } from '@exposedapi/testbed/mesh'
import { expect, it } from 'vitest'
import { condition } from '../support/exposed-api.ts'
import { meshStage, type Place } from './support/mesh-stage.ts'

const stage = meshStage('cors')
const SHOP = 'https://shop.example'
const EVIL = 'https://evil.example'

async function exposed(cors: object): Promise<Place> {
  const place = await stage.place()
  await place.expose('api', '/c', { CORS: { enabled: true, ...cors } })
  return place
}

/** The CORS headers of an answer, and who gave it. */
function seen(answer: GatewayAnswer): Record<string, unknown> {
  const own = Object.entries(answer.headers).filter(([name]) => name.startsWith('access-control-'))
  const headers = Object.fromEntries(own.map(([name, value]) => [name.slice('access-control-'.length), value]))
  return { by: stage.who(answer), ...headers }
}

/** A request of a page; `?cors` makes the Pod add its own open CORS headers. */
async function get(place: Place, origin: string, path = '/c?cors') {
  return seen(await stage.mesh.request(place.at(path), { headers: { origin } }))
}

async function preflight(place: Place, origin: string) {
  const headers = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' }
  return seen(await stage.mesh.request(place.at('/c'), { method: 'OPTIONS', headers }))
}

it('a list of origins: those get their headers, others nothing, not even what the Pod says', async () => {
  const place = await exposed({
    allowOrigins: `${SHOP}, https://*.partner.example`,
    handlePreflightRequests: { allowMethods: 'GET, PUT', allowHeaders: 'x-a, x-b', maxAge: 600 },
  })
  const partner = 'https://eu.partner.example'
  expect(await get(place, SHOP)).toEqual({ by: 'api', 'allow-origin': SHOP })
  expect(await get(place, partner, '/c/below?cors')).toEqual({ by: 'api', 'allow-origin': partner })
  expect(await get(place, EVIL)).toEqual({ by: 'api' })
  expect(await get(place, 'https://shop.example.evil.example')).toEqual({ by: 'api' })
  expect(await get(place, 'https://partner.example')).toEqual({ by: 'api' })
})

it('preflights of allowed origins are answered by the gateway, those of others get no permission from it', async () => {
  const place = await exposed({
    allowOrigins: SHOP,
    handlePreflightRequests: { allowMethods: 'GET, PUT', allowHeaders: 'x-a, x-b', maxAge: 600 },
  })
  expect(await preflight(place, SHOP)).toEqual({
    by: 200,
    'allow-origin': SHOP,
    'allow-methods': 'GET,PUT',
    'allow-headers': 'x-a,x-b',
    'max-age': '600',
  })
  const refused = await preflight(place, EVIL)
  expect(refused.by).toBe(200) // by Envoy: the Pod is not reached
  expect(refused).not.toHaveProperty('allow-origin')
  // Without Access-Control-Request-Method it is an ordinary OPTIONS.
  const plain = await stage.mesh.request(place.at('/c'), { method: 'OPTIONS', headers: { origin: SHOP } })
  expect(stage.who(plain)).toBe('api')
})

it('preflight requests switched off: every OPTIONS reaches the Pod, other requests keep their headers', async () => {
  const place = await exposed({ allowOrigins: SHOP, handlePreflightRequests: { enabled: false } })
  expect(await preflight(place, SHOP)).toEqual({ by: 'api' })
  expect(await preflight(place, EVIL)).toEqual({ by: 'api' })
  expect(await get(place, SHOP)).toEqual({ by: 'api', 'allow-origin': SHOP })
  expect(await get(place, EVIL)).toEqual({ by: 'api' })
})

it('credentials are allowed to the listed origins alone', async () => {
  const place = await exposed({ allowOrigins: SHOP, allowCredentials: true })
  expect(await get(place, SHOP)).toEqual({ by: 'api', 'allow-origin': SHOP, 'allow-credentials': 'true' })
  expect(await get(place, EVIL)).toEqual({ by: 'api' })
  expect(await preflight(place, SHOP)).toMatchObject({ by: 200, 'allow-origin': SHOP, 'allow-credentials': 'true' })
})

it('all origins, without credentials: each is echoed', async () => {
  const place = await exposed({ allowOrigins: '*' })
  expect(await get(place, EVIL)).toEqual({ by: 'api', 'allow-origin': EVIL })
  expect(await preflight(place, EVIL)).toMatchObject({ by: 200, 'allow-origin': EVIL, 'max-age': '1800' })
})

it('all origins with credentials is refused: no CORS headers at all, neither ours nor those of the Pod', async () => {
  const place = await exposed({ allowOrigins: '*', allowCredentials: true })
  expect(await get(place, SHOP)).toEqual({ by: 'api' })
  expect(await preflight(place, SHOP)).toEqual({ by: 'api' })
  const api = await stage.api.get('ExposedAPI', place.namespace, 'api')
  expect(condition(api, 'PoliciesEnforced')).toMatchObject({ status: 'False', reason: 'Invalid' })
  expect(api?.status.policies).toMatchObject([{ policy: 'cors', state: 'Invalid', reason: 'InsecureCORS' }])
})

it('errors of the Pod carry the headers too, so that a browser can read them', async () => {
  const place = await exposed({ allowOrigins: SHOP })
  const answer = await stage.mesh.request(place.at('/c?status=500'), { headers: { origin: SHOP } })
  expect(answer.status).toBe(500)
  expect(seen(answer)).toEqual({ by: 'api', 'allow-origin': SHOP })
})
