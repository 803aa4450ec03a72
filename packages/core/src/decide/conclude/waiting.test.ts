import { describe, expect, it } from 'vitest'
import type { Finding } from '../../findings/finding.ts'
import { anApi } from '../../testing/builders.ts'
import { waitFor } from './waiting.ts'

describe('in the first moment', () => {
  const wait = (findings: readonly Finding[]) => waitFor({ findings, awaiting: true }, anApi(), {}, 0, 60_000)

  it('nothing is said where something has been, and that it waits where nothing has', () => {
    expect(wait([])).toMatchObject({ silent: true, findings: [{ status: 'Unknown', reason: 'RoutePending' }] })
  })

  it('the adapter may have better words', () => {
    const told: Finding = { condition: 'RouteProgrammed', status: 'Unknown', reason: 'RoutePending', message: 'x' }
    expect(wait([told]).findings).toEqual([])
    expect(wait([{ ...told, status: 'True' }]).findings).toHaveLength(1)
    expect(wait([{ ...told, condition: 'AddressAssigned' }]).findings).toHaveLength(1)
  })
})
