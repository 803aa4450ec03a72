import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { toJSONSchema } from 'zod'
import { serviceMonitor } from './index.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ') // the formatter aligns tables

it('the README tells the options as they are', () => {
  const { properties = {} } = toJSONSchema(serviceMonitor.options, { io: 'input' })
  for (const [name, schema] of Object.entries(properties)) {
    const { default: value, description } = schema as { default?: unknown; description?: string }
    expect(README).toContain(`| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} |`)
  }
})

it('and no others', () => {
  const told = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(told).toEqual(Object.keys(toJSONSchema(serviceMonitor.options, { io: 'input' }).properties ?? {}))
})
