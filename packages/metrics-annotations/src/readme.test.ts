import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ') // the formatter aligns tables

it.each([prometheusAnnotation, dataDogAnnotation])(
  'the README tells the options of $name as they are',
  ({ jsonSchema: { properties = {} } }) => {
    for (const [name, { default: value, description }] of Object.entries(properties)) {
      expect(README).toContain(`| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} |`)
    }
  },
)

it('and no others', () => {
  const told = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const schemas = [prometheusAnnotation, dataDogAnnotation].map(({ jsonSchema }) => jsonSchema)
  expect(told).toEqual(schemas.flatMap(({ properties = {} }) => Object.keys(properties)))
})
