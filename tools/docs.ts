/**
 * Writes the tables of the documentation that follow from the code: environment variables, fields, reasons, messages.
 *
 *     npm run docs             writes them
 *     npm run docs -- --check  fails if one is out of date
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExposedApiSpec } from '@exposedapi/core/engine'
import { ConfigurationFile, documentedVariables } from '@exposedapi/operator'
import * as z from 'zod'
import { allReasons, examples } from './messages.ts'

const DOCS = new URL('../docs/', import.meta.url)

/** Tables by document and by the name of the marker that encloses them. */
const TABLES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'configuration.md': { environment },
  'exposedapi.md': { fields, reasons },
  'messages.md': { messages },
}

/** Documents whose tables are not what the code says; writes them unless `check`. */
export function updateDocs(check: boolean): readonly string[] {
  return [...updateTables(check), ...updateSchema(check)]
}

/** The JSON Schema of the configuration file, for editors. */
function updateSchema(check: boolean): readonly string[] {
  const name = 'configuration.schema.json'
  const file = new URL(name, DOCS)
  const after = `${JSON.stringify(z.toJSONSchema(ConfigurationFile, { io: 'input' }), null, 2)}\n`
  if (existsSync(file) && readFileSync(file, 'utf8') === after) return []
  if (!check) writeFileSync(file, after)
  return [`docs/${name}`]
}

function updateTables(check: boolean): readonly string[] {
  return Object.entries(TABLES).flatMap(([name, tables]) => {
    const file = new URL(name, DOCS)
    const before = readFileSync(file, 'utf8')
    const after = Object.entries(tables).reduce((text, [marker, table]) => filled(text, marker, table()), before)
    if (after === before) return []
    if (!check) writeFileSync(file, after)
    return [`docs/${name}`]
  })
}

function filled(text: string, marker: string, table: string): string {
  const [open, close] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`]
  const [start, end] = [text.indexOf(open), text.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`the marker ${open} … ${close} is missing`)
  return `${text.slice(0, start + open.length)}\n${table}\n${text.slice(end)}`
}

function environment(): string {
  const rows = documentedVariables().map(({ name, adapter, fallback, meaning }) => {
    return [`\`${name}\``, adapter ?? '', fallback === undefined ? '' : `\`${fallback}\``, meaning]
  })
  return markdown(['variable', 'read by', 'default', 'meaning'], rows)
}

interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
}

function fields(): string {
  const schema = z.toJSONSchema(ExposedApiSpec, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return markdown(['field of `spec`', 'type', 'meaning'], rowsOf(schema, ''))
}

function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const type = field.enum ? field.enum.map((value) => `\`${value}\``).join(', ') : (field.type ?? 'any')
    return [[`\`${prefix}${name}\``, type, field.description ?? ''], ...rowsOf(field, `${prefix}${name}.`)]
  })
}

function reasons(): string {
  return markdown(
    ['reason', 'what to do'],
    Object.entries(allReasons()).map(([reason, cure]) => [`\`${reason}\``, cure]),
  )
}

function messages(): string {
  return markdown(
    ['condition', 'status', 'reason', 'for example'],
    examples().map(({ about, status, reason, text }) => [
      about === 'policy' ? 'one policy' : `\`${about}\``,
      status,
      `\`${reason}\``,
      text,
    ]),
  )
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check')
  const changed = updateDocs(check)
  if (changed.length > 0) console.log(`${check ? 'out of date, run npm run docs' : 'written'}: ${changed.join(', ')}`)
  process.exitCode = check && changed.length > 0 ? 1 : 0
}
