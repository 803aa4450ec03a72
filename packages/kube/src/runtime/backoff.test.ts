import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { Backoff, REFLECTOR_BACKOFF } from './backoff.ts'

describe('a back-off', () => {
  it('doubles from 800 ms to 30 s, up to twice that by jitter', () => {
    const clock = new FakeClock()
    const backoff = new Backoff(REFLECTOR_BACKOFF, clock)
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
      800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
    ])
    clock.chance = 0.999999
    expect(backoff.next()).toBeCloseTo(60_000, -1)
  })
})
