/** The Gateway as the Canvas chart makes it: HTTPS with a certificate, and a redirect from port 80. */
import { COMPONENT_GATEWAY, type Manifest } from '@exposedapi/testbed/canvas'
import { type Certificate, GATEWAY_ADDRESS, issueCertificate, PLAIN_GATEWAY } from '@exposedapi/testbed/mesh'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { urlOf } from '../support/exposed-api.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('https')
const HOST = 'shop.example'
let issued: Certificate

/** The Secret that the Gateway names, beside the gateway's own Pods. */
function secret({ certificate, key }: Certificate): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'istio-ingress-cert', namespace: 'istio-ingress' },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  }
}

beforeAll(async () => {
  issued = await issueCertificate([GATEWAY_ADDRESS, HOST])
  await stage.api.apply(secret(issued))
})

beforeEach(() => stage.api.apply(COMPONENT_GATEWAY))

afterAll(() => stage.api.apply(PLAIN_GATEWAY))

it('the published URL is https and answers with the right certificate', async () => {
  const place = await stage.place()
  await place.expose('secure', '/s')
  const api = await stage.routed(place.namespace, 'secure', (seen) => urlOf(seen)?.startsWith('https:') ?? false)
  expect(urlOf(api)).toBe(`https://${GATEWAY_ADDRESS}${place.at('/s')}`)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api), issued.certificate))).toBe('secure')
  const { certificate } = await issueCertificate([GATEWAY_ADDRESS])
  await expect(stage.visit(urlOf(api), certificate)).rejects.toThrow(/certificate/)
})

it('an API with a host name is published by it, and served under it by TLS', async () => {
  const place = await stage.place()
  await place.expose('named', '/n', { hostname: HOST })
  const api = await stage.routed(place.namespace, 'named', (seen) => urlOf(seen) !== undefined)
  expect(urlOf(api)).toBe(`https://${HOST}${place.at('/n')}`)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api), issued.certificate))).toBe('named')
})

it('port 80 redirects to the published URL, the query included, and preflights too', async () => {
  const place = await stage.place()
  await place.expose('moved', '/m', { CORS: { enabled: true, allowOrigins: 'https://shop.example' } })
  const path = place.at('/m/x?y=1')
  await expect.poll(async () => (await stage.mesh.request(path)).status).toBe(301)
  const { headers, pod } = await stage.mesh.request(path)
  expect([headers.location, pod]).toEqual([`https://${GATEWAY_ADDRESS}${path}`, undefined])
  const asking = { origin: 'https://shop.example', 'access-control-request-method': 'GET' }
  const preflight = await stage.mesh.request(path, { method: 'OPTIONS', headers: asking })
  expect(preflight.status).toBe(301)
})

it('without the redirect https stays the published scheme, and port 80 answers as well', async () => {
  const place = await stage.place()
  const [plain, secure] = COMPONENT_GATEWAY.spec.servers
  await stage.api.apply({
    ...COMPONENT_GATEWAY,
    spec: { ...COMPONENT_GATEWAY.spec, servers: [{ ...plain, tls: undefined }, secure] },
  })
  await place.expose('both', '/b')
  const api = await stage.routed(place.namespace, 'both', (seen) => urlOf(seen) !== undefined)
  expect(urlOf(api)).toBe(`https://${GATEWAY_ADDRESS}${place.at('/b')}`)
  await expect.poll(() => place.answers('/b')).toEqual({ '/b': 'both' })
  expect(stage.who(await stage.visit(urlOf(api), issued.certificate))).toBe('both')
})

it('when the Gateway loses its HTTPS server, the URL becomes http and answers, and the route is not written again', async () => {
  const place = await stage.place()
  await place.expose('plain', '/p')
  await stage.routed(place.namespace, 'plain', (seen) => urlOf(seen)?.startsWith('https:') ?? false)
  const before = await stage.api.get('VirtualService', place.namespace, 'plain')
  await stage.api.apply(PLAIN_GATEWAY)
  const api = await stage.routed(place.namespace, 'plain', (seen) => urlOf(seen)?.startsWith('http:') ?? false)
  await expect.poll(async () => stage.who(await stage.visit(urlOf(api)))).toBe('plain')
  expect(await stage.api.get('VirtualService', place.namespace, 'plain')).toEqual(before)
})
