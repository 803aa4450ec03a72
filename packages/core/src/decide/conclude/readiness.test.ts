import { describe, expect, it } from 'vitest'
import { MemoryView } from '../../cluster/memory-view.ts'
import { ENDPOINT_SLICE, SERVICE } from '../../model/kinds.ts'
import { anApi, aService, aSlice, type ServiceWords, type SliceWords } from '../../testing/builders.ts'
import { checkImplementation } from './readiness.ts'

function reasons(service: ServiceWords | undefined, slices: readonly SliceWords[], spec = {}) {
  const view = new MemoryView()
  if (service) view.add(SERVICE, aService(service))
  view.add(ENDPOINT_SLICE, ...slices.map((words, at) => aSlice({ name: `slice-${at}`, ...words })))
  return checkImplementation(anApi({ spec }), view).map(({ reason }) => reason)
}

describe('an implementation is ready', () => {
  it.each([
    { service: {}, slices: [{}], because: 'it has a ready endpoint' },
    { service: {}, slices: [{ ready: [false] }, { ready: [false, true] }], because: 'all its slices count together' },
    { service: {}, slices: [{ ready: [null] }], because: 'an absent condition means ready' },
    {
      service: { ports: [{ port: 8080 }] },
      slices: [{ ports: [{ port: 3000 }] }],
      because: 'an unnamed port is unnamed in both',
    },
    {
      service: { ports: [{ port: 8080 }] },
      slices: [{ ports: [{ name: '', port: 3000 }] }],
      because: 'an empty name is none',
    },
    {
      service: {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 8080 },
        ],
      },
      slices: [{ ports: [{ name: 'b' }] }],
      because: 'slices are matched by the name of the port',
    },
    {
      service: {
        ports: [
          { name: 'u', port: 8080, protocol: 'UDP' },
          { name: 'http', port: 8080, protocol: 'TCP' },
        ],
      },
      slices: [{}],
      because: 'a UDP port of that number is another port',
    },
    {
      service: { spec: { publishNotReadyAddresses: true } },
      slices: [{}],
      because: 'it serves and does not terminate',
    },
  ])('$because', ({ service, slices }) => {
    expect(reasons(service, slices)).toEqual([])
  })
})

describe('an implementation is not ready', () => {
  it.each([
    { service: undefined, slices: [{}], want: 'ServiceNotFound', because: 'slices of a deleted Service may linger' },
    { service: { name: 'other' }, slices: [{}], want: 'ServiceNotFound', because: 'another Service is another' },
    {
      service: { namespace: 'elsewhere' },
      slices: [{}],
      want: 'ServiceNotFound',
      because: 'the Service is in the namespace of the API',
    },
    { service: { ports: [{ port: 80 }] }, slices: [{}], want: 'PortNotFound', because: 'requests would get 503' },
    { service: {}, slices: [], want: 'NoReadyEndpoint', because: 'there is no slice' },
    { service: {}, slices: [{ ready: [false] }], want: 'NoReadyEndpoint', because: 'no endpoint is ready' },
    { service: {}, slices: [{ ready: [] }], want: 'NoReadyEndpoint', because: 'it is scaled to 0' },
    {
      service: {},
      slices: [{ service: 'other' }],
      want: 'NoReadyEndpoint',
      because: 'the slice is of another Service',
    },
    {
      service: {},
      slices: [{ ports: [{ name: 'metrics' }] }],
      want: 'NoReadyEndpoint',
      because: 'the slice does not serve the port',
    },
  ])('$want: $because', ({ service, slices, want }) => {
    expect(reasons(service, slices)).toEqual([want])
  })

  it('while it terminates, if it publishes not-ready addresses: those say ready always', () => {
    const slice = aSlice()
    const endpoints = [{ addresses: ['a'], conditions: { ready: true, serving: true, terminating: true } }]
    const view = new MemoryView()
      .add(SERVICE, aService({ spec: { publishNotReadyAddresses: true } }))
      .add(ENDPOINT_SLICE, { ...slice, ...{ endpoints } })
    expect(checkImplementation(anApi(), view).map(({ reason }) => reason)).toEqual(['NoReadyEndpoint'])
  })

  it.each([
    { ports: [{ port: 80 }, { port: 443 }], says: 'has no port 8080 (it has 80, 443).' },
    { ports: [], says: 'has no port 8080 (it has none).' },
    { ports: [{ port: 80, targetPort: 8080 }], says: '(it has 80): 8080 is the target port of 80, so write 80.' },
    { ports: [{ port: 80, targetPort: 'http' }], says: '(it has 80).' },
    { ports: [{ port: 80, nodePort: 8080 }], says: '(it has 80): 8080 is the node port of 80, so write 80.' },
    {
      ports: [{ port: 53, protocol: 'UDP', targetPort: 8080 }, { port: 80 }],
      says: 'has no port 8080 (it has 80).',
    },
  ])('and the message names the ports that there are: $says', ({ ports, says }) => {
    const view = new MemoryView().add(SERVICE, aService({ ports }))
    expect(checkImplementation(anApi(), view)[0]?.message).toContain(says)
  })

  it('ever, behind a Service of type ExternalName: it has no endpoints, and the message says what to do', () => {
    const view = new MemoryView()
      .add(SERVICE, aService({ spec: { type: 'ExternalName' } }))
      .add(ENDPOINT_SLICE, aSlice())
    const [finding] = checkImplementation(anApi(), view)
    expect(finding?.reason).toBe('ExternalNameService')
    expect(finding?.message).toContain('set spec.implementation to "<external>"')
  })
})

it('reads the Service and its slices, nothing else', () => {
  const view = new MemoryView().add(SERVICE, aService()).add(ENDPOINT_SLICE, aSlice())
  checkImplementation(anApi(), view)
  expect([...view.reads]).toEqual([
    'get services components/catalog-svc',
    'by endpointslices.service components/catalog-svc',
  ])
})
