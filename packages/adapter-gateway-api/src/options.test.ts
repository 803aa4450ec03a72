import { readFileSync, writeFileSync } from 'node:fs'
import { adapterOf } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { GatewayApiOptions, gatewayApi } from './index.ts'

const README = new URL('../README.md', import.meta.url)

/** The options as a Markdown table, from the schema alone. */
export function optionsTable(): string {
  const { properties = {} } = GatewayApiOptions.toJSONSchema({ io: 'input' })
  const rows = Object.entries(properties).map(([name, schema]) => {
    if (typeof schema === 'boolean') return []
    const values = schema.enum?.map((value) => `\`${value}\``).join(' or ') ?? String(schema.type)
    const fallback = schema.default === undefined ? '–' : `\`${schema.default}\``
    return [`\`${name}\``, values, fallback, schema.description ?? '']
  })
  const head = ['option', 'type', 'default', 'meaning']
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}

it('the table in the README is current', () => {
  const begin = '<!-- options: generated from src/options.ts, UPDATE_GOLDEN=1 writes it -->\n\n'
  const end = '\n\n<!-- end of options -->'
  const text = readFileSync(README, 'utf8')
  const [before = '', rest = ''] = text.split(begin)
  const after = rest.slice(rest.indexOf(end))
  const current = `${before}${begin}${optionsTable()}${after}`
  if (process.env.UPDATE_GOLDEN) writeFileSync(README, current)
  expect(readFileSync(README, 'utf8')).toBe(current)
})

it('nothing need be configured', () => {
  expect(GatewayApiOptions.parse({})).toEqual({ gateway: 'component-gateway' })
})

it.each([
  { options: { gateWay: 'canvas/x' }, because: 'a misspelt option would silently do nothing' },
  { options: { gateway: 'a/b/c' }, because: 'no object has such a name' },
  { options: { gateway: '' }, because: 'there is no gateway without a name' },
  { options: { sectionName: 'a/b' }, because: 'a listener has a name of its own' },
  { options: { publicHostname: 'https://api.example.com' }, because: 'the scheme has its own option' },
  { options: { publicHostname: '*.example.com' }, because: 'no URL can name it' },
  { options: { publicPort: 70000 }, because: 'no port' },
])('$options stops the start: $because', ({ options }) => {
  expect(() => adapterOf(gatewayApi, options)).toThrow()
})
