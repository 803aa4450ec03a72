/** A fact of each kind. */
import { ensureSame } from '../src/conformance/assert.ts'
import { fact, factIf, type Subject } from '../src/conformance/facts.ts'

/** One that holds, one that is not asked, and one that does not hold. */
export const THREE_FACTS: readonly Subject[] = [
  {
    title: 'a subject',
    facts: [
      fact('holds', () => {}),
      factIf(false, 'is not asked', 'nobody can answer', () => {
        throw new Error('asked all the same')
      }),
      fact('does not hold', () => ensureSame({ a: [1] }, { a: [2] }, 'what there is')),
    ],
  },
]
