/** The golden pairs show every rule, and every pair is there for a rule. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROWS } from '../test/rows.ts'

const DIR = new URL('../testdata/', import.meta.url)
const cases = readdirSync(DIR)
  .filter((file) => file.endsWith('.out.yaml'))
  .map((file) => file.replace('.out.yaml', ''))

/** The part of a case's output that is about one API. */
function outputOf(golden: string, api: string): string {
  const blocks = readFileSync(new URL(`${golden}.out.yaml`, DIR), 'utf8').split(/^(?=\S)/m)
  const block = blocks.find((text) => text.startsWith(`${api}:\n`))
  return block ?? `no ${api} in ${golden}`
}

describe('rules', () => {
  it.each(ROWS)('%s: %s %s', (_, golden, api, shows) => {
    expect(cases).toContain(golden)
    expect(outputOf(golden, api)).toContain(shows)
  })

  it('have names of their own', () => {
    const names = ROWS.map(([rule]) => rule)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})

it.each(cases)('case %s shows a rule', (name) => {
  expect(ROWS.map(([, golden]) => golden)).toContain(name)
})
