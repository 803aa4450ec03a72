import { describe, expect, it } from 'vitest'
import { ConfigurationError } from './configuration/error.ts'
import { alone, leaseNamespace } from './leadership.ts'

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
