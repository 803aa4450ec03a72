import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { sleep } from './clock.ts'

describe('sleep', () => {
  it('ends with its signal and leaves no timer', async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const slept = sleep(clock, 1000, abort.signal)
    abort.abort()
    await slept
    await sleep(clock, 1000, abort.signal)
    expect(clock.pending()).toEqual([])
  })
})
