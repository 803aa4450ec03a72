import { ApiError, noLog, noTelemetry, type RestClient } from '@exposedapi/kube'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from './configuration/error.ts'
import { alone, byLease, leaseNamespace } from './leadership.ts'

describe('the namespace of the Lease', () => {
  it.each([
    { set: 'elsewhere', connection: 'canvas', want: 'elsewhere', because: 'the variable wins' },
    { set: undefined, connection: 'canvas', want: 'canvas', because: 'it is that of the Pod' },
    {
      set: undefined,
      connection: 'canvas\n',
      want: 'canvas',
      because: 'the file of the Pod may end with a line break',
    },
  ])('is $want: $because', ({ set, connection, want }) => {
    expect(leaseNamespace({ leaseNamespace: set }, { namespace: connection })).toBe(want)
  })

  it('must come from somewhere: two replicas that guess differently would both lead', () => {
    expect(() => leaseNamespace({ leaseNamespace: undefined }, { namespace: undefined })).toThrow(ConfigurationError)
  })
})

it('who runs alone writes from the start, and no more once it has resigned', async () => {
  const leadership = alone()
  await leadership.campaign(() => {})
  expect(leadership.mayWrite()).toBe(true)
  await leadership.resign()
  expect(leadership.mayWrite()).toBe(false)
})

it('who may not use Leases leads all the same, and says that nobody is elected', async () => {
  const refused = async () => {
    throw new ApiError({ code: 403, reason: 'Forbidden', message: 'forbidden' })
  }
  const client = { request: refused, stream: refused } as unknown as RestClient
  const leadership = byLease({ client, namespace: 'canvas', log: noLog, telemetry: noTelemetry })
  expect(leadership.notes()).toEqual([])
  await leadership.campaign(() => {})
  expect(leadership.mayWrite()).toBe(true)
  expect(leadership.notes()).toEqual([
    'no permission to use Leases (exposedapi-operator): no leader is elected, so run a single replica',
  ])
  await leadership.resign()
  expect(leadership.mayWrite()).toBe(false)
})
