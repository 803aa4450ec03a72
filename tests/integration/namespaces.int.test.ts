/** Which ExposedAPIs are served: those of the configured namespaces, and none that are external. */
import { namespace as namespaceNamed } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { api, isReady, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { operatorWrites } from '../support/writes.ts'

const set = stage({ audit: true, environment: { COMPONENT_NAMESPACE: 'components,t-*,odacompns-?,!t-hidden*' } })

/** Whatever the operator meant to do about earlier objects, it has done when it has served a later one. */
async function witness(): Promise<void> {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'witness'))
  await set.api.until('ExposedAPI', namespace, 'witness', isReady)
}

it.each([
  { namespace: 'components', because: 'it is named' },
  { namespace: 't-late', because: 'it matches t-*, and did not exist when the operator started' },
  { namespace: 'odacompns-1', because: 'it matches odacompns-?' },
])('an API in $namespace is served: $because', async ({ namespace }) => {
  await set.api.apply(namespaceNamed(namespace))
  await set.api.apply(...served(namespace, 'here'))
  await set.api.until('ExposedAPI', namespace, 'here', isReady)
})

it.each([
  { namespace: 'other', because: 'no pattern matches it' },
  { namespace: 'odacompns-10', because: '? is one character' },
  { namespace: 't-hidden-1', because: 'it is excluded' },
])('an API in $namespace is untouched: $because', async ({ namespace }) => {
  await set.api.apply(namespaceNamed(namespace))
  await set.api.apply(...served(namespace, 'elsewhere'))
  const before = await set.api.get('ExposedAPI', namespace, 'elsewhere')
  await witness()
  expect(await set.api.get('ExposedAPI', namespace, 'elsewhere')).toEqual(before)
  expect(await set.api.get('VirtualService', namespace, 'elsewhere')).toBeUndefined()
  expect((await operatorWrites(set.canvas)).filter((event) => event.namespace === namespace)).toEqual([])
})

it('an API elsewhere contests no path: nobody serves it', async () => {
  await set.api.apply(namespaceNamed('unserved'))
  await set.api.apply(...served('unserved', 'claim', { path: '/claimed' }))
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'claim', { path: '/claimed' }))
  await set.api.until('ExposedAPI', namespace, 'claim', isReady)
})

it('a deleted namespace is not held up', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'doomed', { apiType: 'prometheus' }))
  await set.api.until('ExposedAPI', namespace, 'doomed', isReady)
  await set.api.delete('Namespace', '', namespace)
  await set.api.until('Namespace', '', namespace, (found) => found === undefined, 30_000)
  await witness()
})

it('an external API gets no route, and the status that somebody wrote by hand stays as it is', async () => {
  const namespace = await set.namespace()
  await set.api.apply(api(namespace, 'abroad', { implementation: '<external>' }))
  const status = { apiStatus: { name: 'abroad', url: 'https://abroad.example.com/x' }, implementation: { ready: true } }
  const written = await set.api.patch('ExposedAPI', namespace, 'abroad', { status })
  await witness()
  expect(await set.api.get('ExposedAPI', namespace, 'abroad')).toEqual(written)
  expect(await set.api.get('VirtualService', namespace, 'abroad')).toBeUndefined()
})

it('an API that becomes external loses its route and keeps its status, and the way back works', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'emigrant'))
  await set.api.until('ExposedAPI', namespace, 'emigrant', isReady)
  const moved = await set.api.patch('ExposedAPI', namespace, 'emigrant', { spec: { implementation: '<external>' } })
  await set.api.until('VirtualService', namespace, 'emigrant', (route) => route === undefined)
  expect((await set.api.get('ExposedAPI', namespace, 'emigrant'))?.status).toEqual(moved.status)
  await set.api.patch('ExposedAPI', namespace, 'emigrant', { spec: { implementation: 'emigrant-svc' } })
  await set.api.until('VirtualService', namespace, 'emigrant', (route) => route !== undefined)
  await set.api.until('ExposedAPI', namespace, 'emigrant', isReady)
})
