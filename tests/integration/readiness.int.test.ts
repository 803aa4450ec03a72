/** `ready` says what is true now, and never before the url. */
import { backend } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { api, component, isNotReady, isReady, says, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'

const set = stage()

it('ready follows the endpoint: true, false, true', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'lamp'))
  await set.api.until('ExposedAPI', namespace, 'lamp', isReady)

  await set.api.apply(...backend(namespace, 'lamp-svc', 8080, false))
  const off = await set.api.until('ExposedAPI', namespace, 'lamp', isNotReady)
  expect(says('ImplementationReady', 'False', 'NoReadyEndpoint')(off)).toBe(true)
  expect(off?.status.apiStatus.url, 'the url stays: the route does').toBeDefined()

  await set.api.apply(...backend(namespace, 'lamp-svc', 8080, true))
  await set.api.until('ExposedAPI', namespace, 'lamp', isReady)
})

it('a deleted EndpointSlice makes the API not ready', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'cut'))
  await set.api.until('ExposedAPI', namespace, 'cut', isReady)
  await set.api.delete('EndpointSlice', namespace, 'cut-svc-1')
  await set.api.until('ExposedAPI', namespace, 'cut', says('ImplementationReady', 'False', 'NoReadyEndpoint'))
  await set.api.until('ExposedAPI', namespace, 'cut', isNotReady)
})

it('one ready endpoint in any of two slices is enough', async () => {
  const namespace = await set.namespace()
  const [service, slice] = backend(namespace, 'twin-svc', 8080, false)
  if (!service || !slice) throw new Error('a backend is a Service and a slice')
  const [, second] = backend(namespace, 'twin-svc', 8080, true)
  const other = { ...slice, ...second, metadata: { ...slice.metadata, name: 'twin-svc-2' } }
  await set.api.apply(service, slice, other, api(namespace, 'twin'))
  await set.api.until('ExposedAPI', namespace, 'twin', isReady)

  await set.api.delete('EndpointSlice', namespace, 'twin-svc-2')
  await set.api.until('ExposedAPI', namespace, 'twin', isNotReady)
})

it('an endpoint without a ready condition is ready', async () => {
  const namespace = await set.namespace()
  const [service, slice] = backend(namespace, 'quiet-svc', 8080)
  if (!service || !slice) throw new Error('a backend is a Service and a slice')
  await set.api.apply(service, { ...slice, endpoints: [{ addresses: ['10.244.0.1'] }] }, api(namespace, 'quiet'))
  await set.api.until('ExposedAPI', namespace, 'quiet', isReady)
})

it('a deleted Service makes the API not ready and is named', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'gone'))
  await set.api.until('ExposedAPI', namespace, 'gone', isReady)
  await set.api.delete('Service', namespace, 'gone-svc')
  const seen = await set.api.until('ExposedAPI', namespace, 'gone', says('Ready', 'False', 'ServiceNotFound'))
  expect(isNotReady(seen)).toBe(true)
  expect(JSON.stringify(seen?.status.conditions)).toContain(`Service ${namespace}/gone-svc does not exist.`)
})

it('a port that the Service does not have is not ready, whatever its endpoints say', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...backend(namespace, 'closed-svc', 8080), api(namespace, 'closed', { port: 9090 }))
  const seen = await set.api.until(
    'ExposedAPI',
    namespace,
    'closed',
    says('ImplementationReady', 'False', 'PortNotFound'),
  )
  expect(isNotReady(seen)).toBe(true)
})

it('another implementation counts from the moment it is named', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'moved'))
  await set.api.until('ExposedAPI', namespace, 'moved', isReady)
  await set.api.patch('ExposedAPI', namespace, 'moved', { spec: { implementation: 'nowhere' } })
  await set.api.until('ExposedAPI', namespace, 'moved', says('Ready', 'False', 'ServiceNotFound'))
})

it('a short gap between endpoints is never seen', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'blink'), ...served(namespace, 'after'))
  await set.api.until('ExposedAPI', namespace, 'blink', isReady)
  await using world = await Watched.start(set.api, 'ExposedAPI')

  await set.api.apply(...backend(namespace, 'blink-svc', 8080, false))
  await set.api.apply(...backend(namespace, 'blink-svc', 8080, true))
  // Withdrawn after the gap of the other began, hence later than the first would have been.
  await set.api.apply(...backend(namespace, 'after-svc', 8080, false))
  await world.until(() => isNotReady(world.get('ExposedAPI', namespace, 'after')))
  expect(world.history.filter(({ object }) => object.metadata.name === 'blink' && isNotReady(object))).toEqual([])
})

it('no state of an API or of a Component entry is ever ready without a url', async () => {
  const namespace = await set.namespace()
  await using world = await Watched.start(set.api, 'ExposedAPI', 'Component')
  const owner = await component(set.api, namespace)
  const names = ['one', 'two', 'three']
  const made = await Promise.all(names.map((name) => set.api.apply(...served(namespace, name, {}, owner))))
  const uids = made.map((objects) => objects.at(-1)?.metadata.uid)
  await set.api.patch('Component', namespace, 'shop', {
    status: { coreAPIs: uids.map((uid) => ({ uid, ready: false })) },
  })
  await world.until(() => names.every((name) => isReady(world.get('ExposedAPI', namespace, name))))

  await set.api.patch('ExposedAPI', namespace, 'one', { spec: { path: 'refused' } })
  await set.api.patch('ExposedAPI', namespace, 'two', { spec: { path: `/${namespace}/elsewhere` } })
  await set.api.apply(...backend(namespace, 'three-svc', 8080, false))
  await world.until(
    () =>
      isNotReady(world.get('ExposedAPI', namespace, 'one')) && isNotReady(world.get('ExposedAPI', namespace, 'three')),
  )
  await world.until(() => entries().filter(({ ready }) => ready).length === 1)

  function entries(): { ready: boolean; url?: string }[] {
    return world.get('Component', namespace, 'shop')?.status?.coreAPIs ?? []
  }
  const states = world.history.flatMap(({ kind, object: { status } }): { ready?: boolean; url?: string }[] =>
    kind === 'Component'
      ? (status?.coreAPIs ?? [])
      : [{ ready: status?.implementation?.ready, url: status?.apiStatus?.url }],
  )
  expect(states.length).toBeGreaterThan(10)
  expect(states.filter(({ ready, url }) => ready && url === undefined)).toEqual([])
})
