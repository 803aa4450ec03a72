import { EXPOSED_API, type ExposedApi } from '@exposedapi/core'
import type { Condition } from '@exposedapi/core/engine'
import { rawApi } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { eventsOf } from './events.ts'

const API = EXPOSED_API.project(rawApi()) as ExposedApi
const BIRTH = '2026-01-01T00:00:00Z'
const LATER = '2026-01-01T01:00:00Z'

function condition(type: string, status: string, reason: string, lastTransitionTime = BIRTH): Condition {
  return { type, status, reason, message: `${reason}.`, lastTransitionTime } as Condition
}

const GOOD = [
  condition('Ready', 'True', 'Ready'),
  condition('Accepted', 'True', 'Accepted'),
  condition('RouteProgrammed', 'True', 'Programmed'),
  condition('AddressAssigned', 'True', 'Assigned'),
  condition('ImplementationReady', 'True', 'EndpointsReady'),
]

/** GOOD with other conditions in place of those of the same type. */
function but(...changes: readonly Condition[]): readonly Condition[] {
  return [...GOOD.filter(({ type }) => !changes.some((change) => change.type === type)), ...changes]
}

function told(before: readonly Condition[], after: readonly Condition[]): string[] {
  return eventsOf(API, before, after).map(({ type, reason, note }) => `${type} ${reason} (${note})`)
}

const NO_ENDPOINT = condition('ImplementationReady', 'False', 'NoReadyEndpoint')
const NOT_READY = condition('Ready', 'False', 'NoReadyEndpoint')

describe('no Event is worth', () => {
  it.each<{ because: string; before: readonly Condition[]; after: readonly Condition[] }>([
    { because: 'an API that is good from the start', before: [], after: GOOD },
    { because: 'nothing that changes', before: GOOD, after: GOOD },
    { because: 'endpoints that are to come at its birth', before: [], after: but(NO_ENDPOINT, NOT_READY) },
    { because: 'endpoints that come after its birth', before: but(NO_ENDPOINT, NOT_READY), after: GOOD },
    {
      because: 'waiting that begins',
      before: GOOD,
      after: but(condition('RouteProgrammed', 'Unknown', 'RoutePending')),
    },
    {
      because: 'waiting that ends well',
      before: but(condition('RouteProgrammed', 'Unknown', 'RoutePending')),
      after: GOOD,
    },
    {
      because: 'advice that stays',
      before: but(condition('Accepted', 'True', 'UnknownFields')),
      after: but(condition('Accepted', 'True', 'UnknownFields')),
    },
    { because: 'advice that was taken', before: but(condition('Accepted', 'True', 'UnknownFields')), after: GOOD },
    { because: 'conditions of others', before: [], after: [...GOOD, condition('Tested', 'False', 'Theirs')] },
  ])('$because', ({ before, after }) => {
    expect(told(before, after)).toEqual([])
  })
})

describe('one Event is worth', () => {
  it.each<{ because: string; before: readonly Condition[]; after: readonly Condition[]; event: string }>([
    {
      because: 'an endpoint that goes; Ready only repeats it',
      before: GOOD,
      after: but({ ...NO_ENDPOINT, lastTransitionTime: LATER }, { ...NOT_READY, lastTransitionTime: LATER }),
      event: 'Warning NoReadyEndpoint (ImplementationReady: NoReadyEndpoint.)',
    },
    {
      because: 'an endpoint that is back',
      before: but({ ...NO_ENDPOINT, lastTransitionTime: LATER }, { ...NOT_READY, lastTransitionTime: LATER }),
      after: GOOD,
      event: 'Normal EndpointsReady (ImplementationReady: EndpointsReady.)',
    },
    {
      because: 'a refused spec, not what follows from it',
      before: [],
      after: [
        condition('Ready', 'False', 'InvalidPath'),
        condition('Accepted', 'False', 'InvalidPath'),
        condition('RouteProgrammed', 'False', 'NotRouted'),
        condition('AddressAssigned', 'False', 'NotRouted'),
      ],
      event: 'Warning InvalidPath (Accepted: InvalidPath.)',
    },
    {
      because: 'a spec that is corrected, though it was wrong from the start',
      before: but(condition('Accepted', 'False', 'InvalidPath'), condition('AddressAssigned', 'False', 'NotRouted')),
      after: GOOD,
      event: 'Normal Accepted (Accepted: Accepted.)',
    },
    {
      because: 'a write that is refused after waiting',
      before: but(condition('RouteProgrammed', 'Unknown', 'RoutePending')),
      after: but(condition('RouteProgrammed', 'False', 'WriteRejected')),
      event: 'Warning WriteRejected (RouteProgrammed: WriteRejected.)',
    },
    {
      because: 'policies that are not enforced',
      before: [],
      after: [...GOOD, condition('PoliciesEnforced', 'False', 'Unsupported')],
      event: 'Warning Unsupported (PoliciesEnforced: Unsupported.)',
    },
    {
      because: 'policies that are enforced approximately',
      before: [],
      after: [...GOOD, condition('PoliciesEnforced', 'True', 'Approximate')],
      event: 'Warning Approximate (PoliciesEnforced: Approximate.)',
    },
    {
      because: 'an address that is held back',
      before: GOOD,
      after: but(condition('AddressAssigned', 'True', 'AddressHeld')),
      event: 'Warning AddressHeld (AddressAssigned: AddressHeld.)',
    },
  ])('$because', ({ before, after, event }) => {
    expect(told(before, after)).toEqual([event])
  })
})
