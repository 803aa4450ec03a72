import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { serviceMonitor } from './index.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ') // the formatter aligns tables

const { properties = {} } = serviceMonitor.jsonSchema

it('the README tells the options as they are', () => {
  for (const [name, { default: value, description }] of Object.entries(properties)) {
    expect(README).toContain(`| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} |`)
  }
})

it('and no others', () => {
  const told = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(told).toEqual(Object.keys(properties))
})
