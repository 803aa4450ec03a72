import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { toJSONSchema } from 'zod'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ') // the formatter aligns tables

it.each([prometheusAnnotation, dataDogAnnotation])(
  'the README tells the options of $name as they are',
  ({ options }) => {
    const { properties = {} } = toJSONSchema(options, { io: 'input' })
    for (const [name, schema] of Object.entries(properties)) {
      const { default: value, description } = schema as { default?: unknown; description?: string }
      expect(README).toContain(`| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} |`)
    }
  },
)

it('and no others', () => {
  const told = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const options = [prometheusAnnotation, dataDogAnnotation].map((descriptor) => descriptor.options)
  expect(told).toEqual(options.flatMap((schema) => Object.keys(toJSONSchema(schema, { io: 'input' }).properties ?? {})))
})
