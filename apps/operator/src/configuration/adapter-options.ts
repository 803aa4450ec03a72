/**
 * The options of one adapter: from the variables that its descriptor names, and from a JSON text.
 *
 * The descriptor's schema is the only place that knows an option. It may come from any validator, so its JSON Schema tells the
 * names and turns texts into values.
 */
import type { AdapterDescriptor, OptionSchema } from '@exposedapi/core'
import { ConfigurationError, quoted } from './error.ts'
import { didYouMean } from './nearest-name.ts'

/** A descriptor of whatever options: its own schema knows them. */
export type AnyDescriptor = AdapterDescriptor<
  // biome-ignore lint/suspicious/noExplicitAny: descriptors with different options have no common type argument.
  any
>

/** Values by variable; empty ones count as unset. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A JSON text with options, and the name of the variable that holds it. */
export interface JsonOptions {
  readonly variable: string
  readonly text: string | undefined
}

/** An option that somebody has set. */
interface Given {
  readonly value: unknown
  /** `VARIABLE="text"`, as messages name it. */
  readonly source: string
}

/** The parsed options of an adapter. Throws a ConfigurationError that names variable or option, value and cure. */
export async function adapterOptions<Options>(
  descriptor: AdapterDescriptor<Options>,
  variables: Variables,
  json: JsonOptions,
): Promise<Options> {
  const given = merged(descriptor, fromVariables(descriptor, variables), fromJson(descriptor, json))
  const values = Object.fromEntries([...given].map(([option, { value }]) => [option, value]))
  const result = await descriptor.options['~standard'].validate(values)
  if (!result.issues) return result.value
  const problems = result.issues.map(({ path = [], message }) => {
    const [option = ''] = path.map((step) => String(typeof step === 'object' ? step.key : step))
    const { source } = given.get(option) ?? { source: `option ${option} of ${descriptor.name}` }
    return `${source} is not allowed; ${cure(schemaOf(descriptor, option), given.get(option)?.value, message)}`
  })
  throw new ConfigurationError(problems.join('; '))
}

function schemaOf(descriptor: AnyDescriptor, option: string): OptionSchema {
  const { properties = {} } = descriptor.jsonSchema
  return (Object.hasOwn(properties, option) && properties[option]) || {}
}

function fromVariables(descriptor: AnyDescriptor, variables: Variables): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>()
  for (const [option, variable] of Object.entries<string | undefined>(descriptor.variables ?? {})) {
    const text = variable === undefined ? undefined : variables[variable]
    if (variable === undefined || text === undefined || text.trim() === '') continue
    const schema = schemaOf(descriptor, option)
    const source = `${variable}${schema.writeOnly ? '' : `=${quoted(text)}`}`
    given.set(option, { value: valueOfText(text.trim(), schema, source), source })
  }
  return given
}

/** The value that a text means, by the type of its option. */
function valueOfText(text: string, schema: OptionSchema, source: string): unknown {
  const read = READERS[schema.type ?? 'string']
  const value = read ? read(text) : text
  if (value !== undefined) return value
  throw new ConfigurationError(`${source} is not allowed; ${TYPE_WORDS[schema.type ?? ''] ?? 'write another value'}`)
}

const number = (text: string) => (/^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : undefined)

/** By JSON type; undefined where the text is none of that type. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  integer: (text) => (/^-?[0-9]+$/.test(text) ? Number(text) : undefined),
  number,
  array: (text) => text.split(',').map((item) => item.trim()),
  object: (text) => {
    const pairs = text.split(',').map((pair) => /^([^=]+)=(.*)$/.exec(pair.trim()))
    if (pairs.some((pair) => pair === null)) return undefined
    return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.trim() ?? '', pair?.[2]?.trim() ?? '']))
  },
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  boolean: 'write true or false',
  integer: 'write a whole number',
  number: 'write a number',
  string: 'write a string',
  object: 'write key=value pairs, separated by commas',
  array: 'write a list',
}

function fromJson(descriptor: AnyDescriptor, { variable, text }: JsonOptions): ReadonlyMap<string, Given> {
  if (text === undefined || text.trim() === '') return new Map()
  const known = Object.keys(descriptor.jsonSchema.properties ?? {})
  const given = new Map<string, Given>()
  for (const [option, value] of Object.entries(jsonObject(variable, text))) {
    if (!known.includes(option))
      throw new ConfigurationError(
        `${variable}: unknown option ${quoted(option)} of ${descriptor.name}; ${didYouMean(option, known)}`,
      )
    const shown = schemaOf(descriptor, option).writeOnly ? '' : ` = ${quoted(value)}`
    given.set(option, { value, source: `${variable}: ${option}${shown}` })
  }
  return given
}

/** The text itself is not shown: it may hold secrets. */
function jsonObject(variable: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new ConfigurationError(`${variable} is not a JSON object; write for example {"key": "value"}`)
}

/** Two words for one setting are an error unless they say the same. */
function merged(
  descriptor: AnyDescriptor,
  first: ReadonlyMap<string, Given>,
  second: ReadonlyMap<string, Given>,
): ReadonlyMap<string, Given> {
  for (const [option, { value, source }] of first) {
    const other = second.get(option)
    if (!other || JSON.stringify(other.value) === JSON.stringify(value)) continue
    throw new ConfigurationError(
      `option ${option} of ${descriptor.name} is set twice: ${source} and ${other.source}; remove one of them`,
    )
  }
  return new Map([...second, ...first])
}

/** What to write: from the schema where it tells, else in the validator's words. */
function cure(schema: OptionSchema, value: unknown, message: string): string {
  if (schema.enum) return `write one of ${schema.enum.join(', ')}`
  const isRightType = schema.type === undefined || jsonType(value, schema.type)
  return isRightType ? message : (TYPE_WORDS[schema.type ?? ''] ?? message)
}

function jsonType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  return typeof value === type && value !== null && !Array.isArray(value)
}
