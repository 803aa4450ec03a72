import { expect, it } from 'vitest'
import { LabelSelector, selects } from './label-selector.ts'

const labels = { team: 'blue', stage: 'live' }

it.each([
  { selector: {}, want: true, because: 'empty, it selects everything' },
  { selector: { matchLabels: { team: 'blue' } }, want: true, because: 'the label is there' },
  { selector: { matchLabels: { team: 'red' } }, want: false, because: 'another value' },
  { selector: { matchLabels: { team: 'blue', zone: 'a' } }, want: false, because: 'all must be there' },
  { selector: one('team', 'In', 'red', 'blue'), want: true, because: 'one of the values' },
  { selector: one('zone', 'In', 'a'), want: false, because: 'no label, no value' },
  { selector: one('team', 'NotIn', 'blue'), want: false, because: 'one of the values' },
  { selector: one('zone', 'NotIn', 'a'), want: true, because: 'no label, no value' },
  { selector: one('team', 'Exists'), want: true, because: 'it is there' },
  { selector: one('zone', 'Exists'), want: false, because: 'it is not' },
  { selector: one('constructor', 'Exists'), want: false, because: 'what every object has is no label' },
  { selector: one('zone', 'DoesNotExist'), want: true, because: 'it is not there' },
  { selector: one('team', 'DoesNotExist'), want: false, because: 'it is there' },
  { selector: one('team', 'toString'), want: false, because: 'no such operator' },
])('$selector: $want, $because', ({ selector, want }) => {
  expect(selects(LabelSelector.parse(selector), labels)).toBe(want)
})

function one(key: string, operator: string, ...values: readonly string[]) {
  return { matchExpressions: [{ key, operator, values }] }
}
