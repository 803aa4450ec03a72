import { describe, expect, it } from 'vitest'
import { Conditions, said, words } from './conditions.ts'

const of = (...all: readonly unknown[]) => Conditions.parse(all)
const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'ok' }

describe('what is said', () => {
  it.each([
    { conditions: of(), says: undefined, because: 'nobody has said anything' },
    { conditions: of({ ...accepted, observedGeneration: 1 }), says: undefined, because: 'of an older generation' },
    { conditions: of({ ...accepted, observedGeneration: 2 }), says: 'True', because: 'of this one' },
    { conditions: of({ ...accepted, observedGeneration: 3 }), says: 'True', because: 'the cache is behind' },
    { conditions: of(accepted), says: 'True', because: 'without a generation it cannot be told' },
    { conditions: of({ ...accepted, type: 'ResolvedRefs' }), says: undefined, because: 'of another type' },
    { conditions: of(7, null, accepted), says: 'True', because: 'what is no condition is left out' },
  ])('$conditions: $says, $because', ({ conditions, says }) => {
    expect(said(conditions, 'Accepted', 2)?.status).toBe(says)
  })
})

describe('words', () => {
  const worded = (reason: string, message: string) => words({ type: 'Accepted', status: 'False', reason, message })

  it.each([
    { reason: 'Invalid', message: 'bad', text: 'Invalid: bad.' },
    { reason: 'Invalid', message: ' bad! ', text: 'Invalid: bad!' },
    { reason: 'Invalid', message: '', text: 'Invalid.' },
    { reason: '', message: '', text: 'no reason is given.' },
  ])('$reason $message: "$text"', ({ reason, message, text }) => {
    expect(worded(reason, message)).toBe(text)
  })

  it('never fill a status', () => {
    expect(worded('Invalid', 'x'.repeat(30_000)).length).toBeLessThan(310)
  })
})
