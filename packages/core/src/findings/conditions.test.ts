import { describe, expect, it } from 'vitest'
import type { Condition } from './condition.ts'
import { conditions } from './conditions.ts'
import type { ConditionType, Finding } from './finding.ts'

const TYPES: readonly ConditionType[] = [
  'Accepted',
  'RouteProgrammed',
  'AddressAssigned',
  'ImplementationReady',
  'PoliciesEnforced',
]
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const finding = (condition: ConditionType, status: Finding['status'], message = 'm'): Finding => {
  return { condition, status, reason: 'RoutePending', message }
}
const ready = (...findings: readonly Finding[]) => conditions(TYPES, findings, [], NOW)[0]

describe('Ready', () => {
  it('comes first and is True without findings', () => {
    expect(conditions(TYPES, [], [], NOW).map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Ready True',
      ...TYPES.map((type) => `${type} True`),
    ])
  })

  it.each([
    { findings: [finding('RouteProgrammed', 'Unknown')], want: 'Unknown', because: 'we wait' },
    {
      findings: [finding('AddressAssigned', 'Unknown'), finding('ImplementationReady', 'False')],
      want: 'False',
      because: 'somebody must act',
    },
    { findings: [finding('Accepted', 'True')], want: 'True', because: 'advice is good news' },
    {
      findings: [finding('PoliciesEnforced', 'False')],
      want: 'True',
      because: 'an open route works without its policy',
    },
    { findings: [finding('MetricsConfigured', 'False')], want: 'True', because: 'metrics never block a route' },
  ])('is $want: $because', ({ findings, want }) => {
    expect(ready(...findings)?.status).toBe(want)
  })

  it('is explained by the most fundamental bad condition', () => {
    const found = ready(finding('ImplementationReady', 'False', 'late'), finding('Accepted', 'False', 'first'))
    expect(found).toMatchObject({ reason: 'RoutePending', message: 'first' })
  })
})

describe('the cause comes first', () => {
  const found = (text: string): Finding => {
    const [condition, status, reason] = text.split(' ') as [ConditionType, Finding['status'], Finding['reason']]
    return { condition, status, reason, message: `${reason} speaks.` }
  }

  it.each([
    {
      findings: ['RouteProgrammed True NotAllowedByGateway', 'AddressAssigned False HostnameRequired'],
      want: 'False NotAllowedByGateway',
      because: 'a host name is configured, and the Gateway does not admit it',
    },
    {
      findings: ['RouteProgrammed True NotAllowedByGateway', 'AddressAssigned Unknown AddressPending'],
      want: 'Unknown NotAllowedByGateway',
      because: 'with that host name nobody would wait for a load balancer',
    },
    {
      findings: ['RouteProgrammed True RouteConflict', 'AddressAssigned False HostnameRequired'],
      want: 'False HostnameRequired',
      because: 'other advice explains nothing',
    },
    {
      findings: ['RouteProgrammed False NoAnswer', 'AddressAssigned False GatewayNotFound'],
      want: 'False GatewayNotFound',
      because: 'nobody is there to answer',
    },
    {
      findings: ['RouteProgrammed Unknown RoutePending', 'AddressAssigned False GatewayNotFound'],
      want: 'False GatewayNotFound',
      because: 'somebody must act, and then the wait ends',
    },
    {
      findings: ['RouteProgrammed False NoAnswer', 'RouteProgrammed False HiddenFromGateway'],
      want: 'False HiddenFromGateway',
      because: 'the gateway cannot see what it shall answer to',
    },
    {
      findings: [
        'Accepted Unknown LeftoverOfEarlierApi',
        'RouteProgrammed Unknown NotRouted',
        'AddressAssigned False NotRouted',
      ],
      want: 'Unknown LeftoverOfEarlierApi',
      because: 'that there is no route only follows',
    },
    {
      findings: ['RouteProgrammed Unknown RoutePending', 'AddressAssigned False NotRouted'],
      want: 'Unknown RoutePending',
      because: 'the address waits for the route',
    },
    {
      findings: ['RouteProgrammed False NotRouted', 'AddressAssigned False NotRouted'],
      want: 'False NotRouted',
      because: 'there is nothing else to tell',
    },
    {
      findings: ['RouteProgrammed False Denied', 'ImplementationReady False NoReadyEndpoint'],
      want: 'False Denied',
      because: 'neither explains the other, and the route is more fundamental',
    },
    {
      findings: [
        'Accepted False PathConflict',
        'RouteProgrammed False NotRouted',
        'ImplementationReady False PortNotFound',
      ],
      want: 'False PathConflict',
      because: 'the spec comes before everything',
    },
    {
      findings: ['RouteProgrammed Unknown RoutePending', 'ImplementationReady False ServiceNotFound'],
      want: 'False ServiceNotFound',
      because: 'what somebody must do comes before what passes by itself',
    },
  ])('$findings: $want, $because', ({ findings, want }) => {
    const [status, reason] = want.split(' ')
    for (const order of [findings, findings.toReversed()]) {
      expect(ready(...order.map(found))).toMatchObject({
        status,
        reason,
        message: expect.stringMatching(`^${reason} speaks`),
      })
    }
  })
})

describe('a condition with several findings', () => {
  it('has the worst status, the first reason of it, and each of its messages once', () => {
    const findings = [
      finding('Accepted', 'Unknown', 'waiting.'),
      { ...finding('Accepted', 'False', 'one.'), reason: 'InvalidPath' as const },
      { ...finding('Accepted', 'False', 'two.'), reason: 'InvalidPort' as const },
      finding('Accepted', 'False', 'one.'),
    ]
    expect(conditions(['Accepted'], findings, [], NOW)[1]).toMatchObject({
      status: 'False',
      reason: 'InvalidPath',
      message: 'one. two.',
    })
  })
})

describe('lastTransitionTime', () => {
  const before: Condition = {
    type: 'Accepted',
    status: 'True',
    reason: 'x',
    message: 'x',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  }
  const accepted = (previous: readonly unknown[], ...findings: readonly Finding[]) =>
    conditions(['Accepted'], findings, previous as Condition[], NOW).find(({ type }) => type === 'Accepted')

  it('is now, to the second, when the condition is new or flips', () => {
    expect(accepted([])?.lastTransitionTime).toBe('2026-01-02T03:04:05Z')
    expect(accepted([before], finding('Accepted', 'False'))?.lastTransitionTime).toBe('2026-01-02T03:04:05Z')
  })

  it('is kept while the status stays, even if reason and message change', () => {
    expect(accepted([before])).toMatchObject({ reason: 'Accepted', lastTransitionTime: '2020-01-01T00:00:00Z' })
  })

  it('is now if the earlier condition had none', () => {
    expect(accepted([{ type: 'Accepted', status: 'True' }])?.lastTransitionTime).toBe('2026-01-02T03:04:05Z')
  })
})

it('conditions of others are kept behind ours; ours that no longer apply go', () => {
  const foreign: Condition = {
    type: 'acme.example/Audited',
    status: 'True',
    reason: 'r',
    message: 'm',
    lastTransitionTime: 't',
  }
  const old = { ...foreign, type: 'MetricsConfigured' }
  const names = conditions(['Accepted'], [], [foreign, old, { ...foreign, type: 'Ready' }], NOW).map(({ type }) => type)
  expect(names).toEqual(['Ready', 'Accepted', 'acme.example/Audited'])
})
