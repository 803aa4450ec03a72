/** ExposedAPIs as HTTPRoutes, on the real istiod and answered by the real Envoy. */
import { readdir, readFile } from 'node:fs/promises'
import { exposedApi, type Manifest } from '@exposedapi/testbed/canvas'
import { beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { condition, isReady, says } from '../support/exposed-api.ts'
import { untilIdle } from '../support/metrics-text.ts'
import { gatewayApiOperator, gatewayApiStage, httpRoute } from './support/gateway-api.ts'
import type { Place } from './support/mesh-stage.ts'

const stage = gatewayApiStage('gateway-api')
const GOLDEN = new URL('../../packages/adapter-gateway-api/testdata/', import.meta.url)
const SHOP = 'https://shop.example'
const EVIL = 'https://evil.example'

beforeAll(() => gatewayApiOperator(stage))

it('siblings whose names begin alike do not meet', async () => {
  const place = await stage.place()
  await place.expose('a', '/a')
  expect(await place.answers('/a', '/a/', '/a?x=1', '/ab', '/ab/c')).toEqual({
    '/a': 'a',
    '/a/': 'a',
    '/a?x=1': 'a',
    '/ab': 404,
    '/ab/c': 404,
  })
  await place.expose('ab', '/ab/')
  expect(await place.answers('/a/b', '/ab', '/ab/c', '/abc')).toEqual({
    '/a/b': 'a',
    '/ab': 'ab',
    '/ab/c': 'ab',
    '/abc': 404,
  })
})

it('nested paths, the longer one last: it wins, and when it goes the shorter one serves both', async () => {
  const place = await stage.place()
  await place.expose('outer', '/n')
  await place.expose('inner', '/n/v4', { developerUI: place.at('/docs') })
  expect(await place.answers('/n', '/n/v4', '/n/v4/x', '/n/v44', '/docs/x')).toEqual({
    '/n': 'outer',
    '/n/v4': 'inner',
    '/n/v4/x': 'inner',
    '/n/v44': 'outer',
    '/docs/x': 'inner',
  })
  await stage.api.delete('ExposedAPI', place.namespace, 'inner')
  await expect
    .poll(() => place.answers('/n/v4', '/docs'), { timeout: 10_000 })
    .toEqual({ '/n/v4': 'outer', '/docs': 404 })
})

it('a path that is not ASCII is served as clients send it', async () => {
  const place = await stage.place()
  await place.expose('accents', '/café|1')
  expect(await place.answers('/caf%C3%A9%7C1/x')).toEqual({ '/caf%C3%A9%7C1/x': 'accents' })
})

it('a denied API answers 500 on all of its paths, and no shorter path takes them', async () => {
  const place = await stage.place()
  await place.expose('outer', '/d')
  await stage.serve(place.namespace, 'key')
  const spec = { path: place.at('/d/key'), developerUI: place.at('/d/docs'), apiKeyVerification: { enabled: true } }
  await stage.api.apply(exposedApi(place.namespace, 'key', spec))
  await stage.routed(place.namespace, 'key', says('RouteProgrammed', 'False', 'Denied'))
  expect(await place.answers('/d', '/d/key', '/d/key/x', '/d/docs', '/d/keys')).toEqual({
    '/d': 'outer',
    '/d/key': 500,
    '/d/key/x': 500,
    '/d/docs': 500,
    '/d/keys': 'outer',
  })
})

it('CORS: listed origins get their headers, others nothing, not even what the Pod says', async () => {
  const place = await exposed({
    allowOrigins: `${SHOP}, https://*.partner.example`,
    allowCredentials: true,
    handlePreflightRequests: { allowMethods: 'GET, PUT', allowHeaders: 'x-a, x-b', maxAge: 600 },
  })
  const partner = 'https://eu.partner.example'
  const credentials = { 'allow-credentials': 'true' }
  expect(await get(place, SHOP)).toEqual({ by: 'api', 'allow-origin': SHOP, ...credentials })
  expect(await get(place, partner)).toEqual({ by: 'api', 'allow-origin': partner, ...credentials })
  expect(await get(place, EVIL)).toEqual({ by: 'api' })
  expect(await preflight(place, SHOP)).toEqual({
    by: 200,
    'allow-origin': SHOP,
    'allow-methods': 'GET,PUT',
    'allow-headers': 'x-a,x-b',
    'max-age': '600',
    ...credentials,
  })
  expect(await preflight(place, EVIL)).not.toHaveProperty('allow-origin')
  const api = await stage.api.get('ExposedAPI', place.namespace, 'api')
  expect(api?.status.policies).toMatchObject([{ policy: 'cors', state: 'Enforced' }])
})

it('CORS: preflights switched off reach the Pod, other requests keep their headers', async () => {
  const place = await exposed({ allowOrigins: SHOP, handlePreflightRequests: { enabled: false } })
  expect(await preflight(place, SHOP)).toEqual({ by: 'api' })
  expect(await get(place, SHOP)).toEqual({ by: 'api', 'allow-origin': SHOP })
  expect(await get(place, EVIL)).toEqual({ by: 'api' })
})

it('CORS: refused, there are no headers at all', async () => {
  const place = await exposed({ allowOrigins: '*', allowCredentials: true })
  expect(await get(place, SHOP)).toEqual({ by: 'api' })
  expect(await preflight(place, SHOP)).toEqual({ by: 'api' })
})

it('a stream of an MCP API is open at once and goes on', async () => {
  const place = await stage.place()
  await place.expose('tools', '/mcp', { apiType: 'mcp' })
  const stream = await stage.mesh.open(place.at('/mcp/sse?every=20'))
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    if (text.includes('data: 3')) break
  }
  expect(text).toBe('data: open\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n')
})

it('a route of somebody else for our path: the older takes the requests, the younger loses them, and both are named', async () => {
  const place = await stage.place()
  const older = await stage.api.create(httpRoute(place.namespace, 'a-older', { value: place.at('/b') }))
  await place.expose('b', '/b')
  const exact = { type: 'Exact', value: place.at('/c/exact') }
  await place.expose('c', '/c')
  await stage.api.create(httpRoute(place.namespace, 'z-younger', { value: place.at('/c') }))
  await stage.api.create(httpRoute(place.namespace, 'z-exact', exact))
  const told = await stage.routed(place.namespace, 'b', says('RouteProgrammed', 'True', 'RouteConflict'))
  expect(condition(told, 'RouteProgrammed')?.message).toContain(`take requests: ${place.namespace}/a-older.`)
  const telling = await stage.routed(place.namespace, 'c', says('RouteProgrammed', 'True', 'RouteConflict'))
  expect(condition(telling, 'RouteProgrammed')?.message).toContain(`lose requests to it: ${place.namespace}/z-younger.`)
  expect(await place.answers('/b', '/b/x', '/c', '/c/exact', '/c/exact/x')).toEqual({
    '/b': 500,
    '/b/x': 500,
    '/c': 'c',
    '/c/exact': 500,
    '/c/exact/x': 'c',
  })
  expect((await stage.api.get('HTTPRoute', place.namespace, 'a-older'))?.spec).toEqual(older.spec)
  await stage.api.delete('HTTPRoute', place.namespace, 'a-older')
  await stage.routed(place.namespace, 'b', says('RouteProgrammed', 'True', 'Programmed'))
  expect(await place.answers('/b')).toEqual({ '/b': 'b' })
})

it('two restarts write no HTTPRoute and no status', async () => {
  const place = await stage.place('again')
  const environment = { COMPONENT_NAMESPACE: 'again-*' }
  const apis = { plain: {}, web: { CORS: { enabled: true } }, tools: { apiType: 'mcp' } }
  let operator = await gatewayApiOperator(stage, environment)
  for (const [name, spec] of Object.entries(apis)) await place.expose(name, `/${name}`, spec)
  for (const name of Object.keys(apis)) await stage.routed(place.namespace, name, isReady)
  await untilIdle(operator, Object.keys(apis).length)
  const before = await versions(place)
  for (let restart = 0; restart < 2; restart++) {
    expect(await operator.stop()).toBe(0)
    operator = await gatewayApiOperator(stage, environment)
    await untilIdle(operator, Object.keys(apis).length)
  }
  expect(Object.keys(before)).toHaveLength(6)
  expect(await versions(place)).toEqual(before)
})

it('every object that the adapter renders is accepted by the definition of HTTPRoute, which adds nothing to it', async () => {
  const { namespace } = await stage.place()
  const specs = await renderedSpecs()
  for (const [index, spec] of specs.entries()) {
    const name = `golden-${index}`
    const body = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { namespace, name }, spec }
    const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`
    const query = { dryRun: 'All' }
    expect((await stage.api.client.request<Manifest>({ method: 'POST', path, query, body })).spec).toEqual(spec)
  }
  expect(specs.length).toBeGreaterThan(60)
})

async function exposed(cors: object): Promise<Place> {
  const place = await stage.place()
  await place.expose('api', '/c', { CORS: { enabled: true, ...cors } })
  return place
}

/** A request of a page; `?cors` makes the Pod add its own open CORS headers. */
function get(place: Place, origin: string) {
  return seen(place, { headers: { origin } }, '/c?cors')
}

function preflight(place: Place, origin: string) {
  const headers = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' }
  return seen(place, { method: 'OPTIONS', headers }, '/c')
}

/** The CORS headers of an answer, and who gave it. */
async function seen(place: Place, options: object, path: string): Promise<Record<string, unknown>> {
  const answer = await stage.mesh.request(place.at(path), options)
  const prefix = 'access-control-'
  const own = Object.entries(answer.headers).filter(([name]) => name.startsWith(prefix))
  return {
    by: stage.who(answer),
    ...Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])),
  }
}

async function versions({ namespace }: Place): Promise<Record<string, string | undefined>> {
  const kinds = await Promise.all(['HTTPRoute', 'ExposedAPI'].map((kind) => stage.api.list(kind, namespace)))
  return Object.fromEntries(
    kinds.flat().map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]),
  )
}

async function renderedSpecs(): Promise<readonly unknown[]> {
  const files = (await readdir(GOLDEN)).filter((file) => file.endsWith('.out.yaml')).sort()
  const read = files.map(async (file) => parse(await readFile(new URL(file, GOLDEN), 'utf8')) ?? {})
  const apis = (await Promise.all(read)).flatMap((file) => Object.values<{ objects: { spec: unknown }[] }>(file))
  return apis.flatMap(({ objects }) => objects.map(({ spec }) => spec))
}
