/**
 * The configuration file (`--config FILE`): several gateways at once, and adapters that are retired.
 *
 * Environment variables stay the short form for one gateway. Whatever both say must be the same.
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'
import { ConfigurationError, quoted } from './error.ts'
import { didYouMean } from './nearest-name.ts'

const NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/
const list = (description: string) => z.array(z.string().min(1)).min(1).optional().meta({ description })
const adapter = z
  .string()
  .min(1)
  .meta({ description: 'Name of a built-in adapter, or of an npm package (`package#name` if it exports several)' })
const options = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({ description: 'Options of the adapter, by the names in its table' })
const retired = z.boolean().optional().meta({
  description: '(default: false) Claim nothing new, and remove what it has made once another entry has taken over',
})

const Match = z
  .strictObject({
    namespaces: list('Namespaces, as names and globs; `!glob` excludes'),
    labels: z.record(z.string(), z.string()).optional().meta({ description: 'Labels that the ExposedAPI must have' }),
    segments: list('Segments: coreFunction, managementFunction, securityFunction'),
    apiTypes: list('Types of API: openapi, prometheus, openmetrics, mcp'),
  })
  .meta({ description: 'Which ExposedAPIs the gateway serves: those to which everything that is said here applies' })

const Gateway = z.strictObject({
  name: z
    .string()
    .regex(NAME, 'write at most 32 lower-case letters, digits and "-"')
    .meta({ description: 'Name of the entry; it stands in `status.gateway` of the ExposedAPIs that it serves' }),
  adapter,
  options,
  match: Match.optional(),
  retired,
})

const Metrics = z.strictObject({ adapter, options, retired })

/** The schema of the file. */
export const ConfigurationFile = z.strictObject({
  gateways: z
    .array(Gateway)
    .min(1, 'write at least one gateway')
    .meta({ description: 'Gateways; the first that is not retired and matches an ExposedAPI serves it' }),
  metrics: z
    .union([Metrics, z.array(Metrics).min(1, 'write at least one metrics adapter')])
    .optional()
    .meta({
      description: '(default: ServiceMonitor) How metrics APIs are made known; beside one adapter only retired ones',
    }),
})

/** The parsed file. */
export type ConfigurationFile = z.infer<typeof ConfigurationFile>
/** One gateway of the file. */
export type GatewaySetting = ConfigurationFile['gateways'][number]
/** One metrics adapter of the file. */
export type MetricsSetting = z.infer<typeof Metrics>

/** Reads the file. Throws a ConfigurationError that names file, place, value and cure. */
export function configurationFile(path: string): ConfigurationFile {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new ConfigurationError(`${path} cannot be read: ${why}`, { cause })
  }
  const result = ConfigurationFile.safeParse(content)
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, content))
    throw new ConfigurationError(`${path}: ${[...new Set(problems)].join('; ')}`)
  }
  return checked(result.data, path)
}

/** What the schema cannot say. */
function checked(file: ConfigurationFile, path: string): ConfigurationFile {
  const names = file.gateways.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) {
    throw new ConfigurationError(`${path}: two gateways are called ${twice}; give each a name of its own`)
  }
  if (metricsSettings(file).filter((setting) => !setting.retired).length > 1) {
    throw new ConfigurationError(`${path}: more than one metrics adapter; mark all but one as retired`)
  }
  return file
}

/** The metrics adapters of the file, as a list. */
export function metricsSettings({ metrics }: ConfigurationFile): readonly MetricsSetting[] {
  if (metrics === undefined) return [{ adapter: 'ServiceMonitor' }]
  return Array.isArray(metrics) ? metrics : [metrics]
}

function problemsOf(issue: z.core.$ZodIssue, content: unknown): readonly string[] {
  // A union tells what each of its members finds wrong; the one that comes nearest says what the user meant.
  if (issue.code === 'invalid_union') {
    const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length)
    return (nearest ?? []).flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, content))
  }
  const where = placeOf(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path)
    return issue.keys.map((key) => `unknown field ${where === '' ? '' : `${where}.`}${key}; ${didYouMean(key, known)}`)
  }
  const value = issue.path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown>)?.[step], content)
  if (value === undefined) return [`${where} is missing`]
  if (where === '') return [`it holds ${quoted(value)}; write a map with "gateways"`]
  return [`${where} = ${quoted(value)} is not allowed; ${wordsOf(issue)}`]
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message
  const article = /^[aeiou]/.test(issue.expected) ? 'an' : 'a'
  return `write ${article} ${issue.expected === 'record' ? 'map' : issue.expected}`
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`))
    .join('')
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(ConfigurationFile.shape)
  if (path.includes('match')) return Object.keys(Match.shape)
  return Object.keys(path[0] === 'gateways' ? Gateway.shape : Metrics.shape)
}
