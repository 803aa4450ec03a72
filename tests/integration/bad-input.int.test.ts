/** Bad input costs its author a condition that names the field, and nobody else anything. */

import { ApiError } from '@exposedapi/kube'
import { backend, type Manifest } from '@exposedapi/testbed/canvas'
import { afterEach, expect, it } from 'vitest'
import { api, condition, isNotReady, isReady, says, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'

const set = stage()
let pid: number | undefined
let healthy = 0

/** After each piece of bad input the same process serves the next API, and has met no error of its own making. */
afterEach(async () => {
  const namespace = await set.namespace()
  const name = `healthy-${healthy++}`
  await set.api.apply(...served(namespace, name))
  await set.api.until('ExposedAPI', namespace, name, isReady)
  pid ??= set.operator.pid
  expect(set.operator.pid).toBe(pid)
  expect(set.operator.running).toBe(true)
  expect(set.operator.log.filter(({ level }) => level >= 50)).toEqual([])
  expect(set.operator.errors).toBe('')
})

it.each([
  { spec: { path: 'no-slash' }, field: 'spec.path', reason: 'InvalidPath' },
  { spec: { path: '/a/../b' }, field: 'spec.path', reason: 'InvalidPath' },
  { spec: { path: `/${'long'.repeat(300)}` }, field: 'spec.path', reason: 'InvalidPath' },
  { spec: { port: 0 }, field: 'spec.port', reason: 'InvalidPort' },
  { spec: { port: -1 }, field: 'spec.port', reason: 'InvalidPort' },
  { spec: { port: 70_000 }, field: 'spec.port', reason: 'InvalidPort' },
  { spec: { implementation: 'Not_A_Service' }, field: 'spec.implementation', reason: 'InvalidImplementation' },
  { spec: { implementation: '' }, field: 'spec.implementation', reason: 'InvalidImplementation' },
  { spec: { hostname: 'https://x' }, field: 'spec.hostname', reason: 'InvalidHostname' },
  { spec: { hostname: 42 }, field: 'spec.hostname', reason: 'InvalidHostname' },
])('$spec is refused, and the condition names $field', async ({ spec, field, reason }) => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'bad', spec))
  const refused = await set.api.until('ExposedAPI', namespace, 'bad', says('Accepted', 'False', reason))
  expect(condition(refused, 'Accepted')?.message).toContain(field)
  expect(condition(refused, 'Ready')).toMatchObject({ status: 'False', reason })
  expect(isNotReady(refused)).toBe(true)
  expect(await set.api.get('VirtualService', namespace, 'bad')).toBeUndefined()
})

it('a refused change leaves the last good route, and the next good spec is served', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'slip'))
  await set.api.until('ExposedAPI', namespace, 'slip', isReady)
  const before = await set.api.get('VirtualService', namespace, 'slip')
  await set.api.patch('ExposedAPI', namespace, 'slip', { spec: { port: 70_000 } })
  await set.api.until('ExposedAPI', namespace, 'slip', says('Accepted', 'False', 'InvalidPort'))
  expect((await set.api.get('VirtualService', namespace, 'slip'))?.spec).toEqual(before?.spec)
  await set.api.patch('ExposedAPI', namespace, 'slip', { spec: { port: 8080 } })
  await set.api.until('ExposedAPI', namespace, 'slip', isReady)
})

it('an object of 1 MB, in fields that nobody reads, is served like any other', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'huge', { ballast: 'x'.repeat(1_000_000) }))
  const seen = await set.api.until('ExposedAPI', namespace, 'huge', isReady, 20_000)
  expect(condition(seen, 'Accepted')).toMatchObject({ status: 'True', reason: 'UnknownFields' })
  expect(condition(seen, 'Accepted')?.message).toContain('spec.ballast')
})

it('an unknown field is named, and the API is served', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'typo', { pathh: '/a' }))
  const seen = await set.api.until('ExposedAPI', namespace, 'typo', isReady)
  expect(condition(seen, 'Accepted')).toMatchObject({ status: 'True', reason: 'UnknownFields' })
  expect(condition(seen, 'Accepted')?.message).toContain('spec.pathh')
})

it('a policy in the wrong place is named with the right one, and the API is served', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'elsewhere', { ratelimit: { enabled: true, limit: '6' } }))
  const seen = await set.api.until('ExposedAPI', namespace, 'elsewhere', isReady)
  expect(condition(seen, 'Accepted')).toMatchObject({ status: 'True', reason: 'MisplacedPolicy' })
  expect(condition(seen, 'Accepted')?.message).toContain('spec.rateLimit')
})

it('a protection that is nested as in a Component closes the route', async () => {
  const namespace = await set.namespace()
  const gatewayConfiguration = { apiKeyVerification: { enabled: true } }
  await set.api.apply(...served(namespace, 'nested', { gatewayConfiguration }))
  const seen = await set.api.until('ExposedAPI', namespace, 'nested', says('RouteProgrammed', 'False', 'Denied'))
  expect(condition(seen, 'Accepted')?.message).toContain('spec.gatewayConfiguration.apiKeyVerification')
  expect(isNotReady(seen)).toBe(true)
})

it('a key that all objects inherit costs nothing: it is removed, and then there is nothing to write', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'heir'))
  const ready = await set.api.until('ExposedAPI', namespace, 'heir', isReady)
  const apiStatus = { ...ready?.status.apiStatus, constructor: 'x', toString: 'y' }
  await set.api.patch('ExposedAPI', namespace, 'heir', { status: { apiStatus } })
  await set.api.until('ExposedAPI', namespace, 'heir', (seen) => {
    const keys = Object.keys(seen?.status.apiStatus ?? {})
    return !keys.includes('constructor') && !keys.includes('toString')
  })
  const touched = await set.api.patch('ExposedAPI', namespace, 'heir', { metadata: { labels: { touched: 'yes' } } })
  await set.api.apply(...served(namespace, 'next'))
  await set.api.until('ExposedAPI', namespace, 'next', isReady)
  const later = await set.api.get('ExposedAPI', namespace, 'heir')
  expect(later?.metadata.resourceVersion).toBe(touched.metadata.resourceVersion)
})

it('a list of specifications, created through v1beta4, is served, and the spec is not written', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...backend(namespace, 'listed-svc', 8080))
  const specification = [{ url: 'https://example.org/a.json' }, { url: 'https://example.org/b.json', version: 'v5' }]
  const object = { ...api(namespace, 'listed', { specification }), apiVersion: 'oda.tmforum.org/v1beta4' }
  const created = await set.api.create(object)
  // The API server empties the entries when it stores them: under v1, which it stores, they are no fields of an object.
  expect(created.spec.specification).toHaveLength(2)
  const seen = await set.api.until('ExposedAPI', namespace, 'listed', isReady)
  expect(seen?.spec).toEqual(created.spec)
})

it('an API without any label, whose Component does not exist, and one whose label names none are served', async () => {
  const namespace = await set.namespace()
  const labels = { 'oda.tmforum.org/componentName': 'nowhere' }
  await set.api.apply(...served(namespace, 'bare'), ...served(namespace, 'lonely', {}, { labels }))
  const bare = await set.api.until('ExposedAPI', namespace, 'bare', isReady)
  expect(condition(bare, 'Accepted')).toMatchObject({ status: 'True', reason: 'Accepted' })
  const lonely = await set.api.until('ExposedAPI', namespace, 'lonely', isReady)
  expect(condition(lonely, 'Accepted')).toMatchObject({ status: 'True', reason: 'ComponentNotFound' })
  expect(condition(lonely, 'Accepted')?.message).toContain(`Component ${namespace}/nowhere`)
})

it('a status of an unexpected shape is put right', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'odd'))
  await set.api.until('ExposedAPI', namespace, 'odd', isReady)
  const status = { apiStatus: 'nonsense', implementation: [1], conditions: { not: 'a list' } }
  await set.api.patch('ExposedAPI', namespace, 'odd', { status })
  await set.api.until('ExposedAPI', namespace, 'odd', isReady)
})

it('a policy that makes no sense is a verdict, and the route stays', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'policy', { rateLimit: { enabled: true, limit: 'many' } }))
  const seen = await set.api.until('ExposedAPI', namespace, 'policy', isReady)
  expect(seen?.status.policies).toMatchObject([{ policy: 'rateLimit', state: 'Invalid' }])
})

it('an unknown apiType is refused by the API server, which names the field', async () => {
  const namespace = await set.namespace()
  const refusal = await set.api.create(api(namespace, 'soap', { apiType: 'soap' })).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(ApiError)
  expect((refusal as ApiError).message).toContain('spec.apiType')
})

it.each([
  { spec: { apiType: 'soap' }, field: 'spec.apiType' },
  { spec: { segment: 'sideFunction' }, field: 'spec.segment' },
  { spec: { path: 42 }, field: 'spec.path' },
  { spec: { port: '8080' }, field: 'spec.port' },
  { spec: { implementation: ['a', 'b'] }, field: 'spec.implementation' },
])('under a CRD that lets it pass, $spec is refused by the operator, which names $field', async ({ spec, field }) => {
  await loosenCrd()
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'loose', spec))
  const refused = await set.api.until('ExposedAPI', namespace, 'loose', says('Accepted', 'False', 'InvalidSpec'))
  expect(condition(refused, 'Accepted')?.message).toContain(field)
})

it('an object without a spec is refused by the operator under such a CRD', async () => {
  await loosenCrd()
  const namespace = await set.namespace()
  await set.api.create({ apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', metadata: { name: 'void', namespace } })
  const refused = await set.api.until('ExposedAPI', namespace, 'void', says('Accepted', 'False', 'InvalidSpec'))
  expect(condition(refused, 'Accepted')?.message).toContain('spec.path is required')
})

const CRD = 'exposedapis.oda.tmforum.org'
let isLoose = false

/** As a cluster with somebody else's CRD: any spec passes. */
async function loosenCrd(): Promise<void> {
  if (isLoose) return
  const crd = await set.api.get('CustomResourceDefinition', '', CRD)
  const any = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: any, status: any } } }
  const versions = crd?.spec.versions.map((version: object) => ({ ...version, schema }))
  await set.api.patch('CustomResourceDefinition', '', CRD, { spec: { versions } })
  // The new schema counts from an unannounced moment: an API server tells nobody when it has taken it over. Nobody serves
  // the namespace of the probe.
  for (;;) {
    const probe: Manifest | undefined = await set.api
      .create(api('canvas', 'probe', { apiType: 'soap' }))
      .catch(() => undefined)
    if (probe) break
  }
  isLoose = true
}
