import { expect, it } from 'vitest'
import { allReasons, examples, goldenMessages, messagesIn } from './messages.ts'

it('finds messages in each shape that golden files have', () => {
  const finding = { condition: 'Accepted', status: 'False', reason: 'InvalidPath', message: 'a' }
  const verdict = { policy: 'cors', state: 'Enforced', reason: 'Enforced', message: 'b' }
  const conditions = { RouteProgrammed: 'False Denied: c: d', Accepted: 'True Accepted' }
  const said = messagesIn([{ 'components/shop': { conditions, policies: [verdict] } }, { findings: [finding] }])
  expect(said.map(({ about, status, reason, text }) => `${about} ${status} ${reason} ${text}`)).toEqual([
    'RouteProgrammed False Denied c: d',
    'Accepted True Accepted ',
    'policy Enforced Enforced b',
    'Accepted False InvalidPath a',
  ])
})

it('every reason has an example', () => {
  expect(new Set(examples().map(({ reason }) => reason))).toEqual(new Set(Object.keys(allReasons())))
  const others = goldenMessages().filter(({ reason }) => reason !== 'PathConflict')
  expect(() => examples(others)).toThrow('PathConflict')
})

it('no message has words of the validator', () => {
  const words = goldenMessages().map(({ text }) => text)
  expect(words.filter((text) => /invalid (input|option)|expected|received|undefined/i.test(text))).toEqual([])
})
