/**
 * Configuration from environment variables, compatible with the reference operator where it has one of the same meaning.
 *
 * A wrong value ends the start with one line that names the variable, the value and what is allowed: silence would turn a
 * typing error into a missing feature.
 */
import { POLICY_NAMES, type PolicyName } from '@exposedapi/core'
import { DEFAULT_SETTINGS, type Settings } from '@exposedapi/core/engine'
import * as z from 'zod'
import type { Variables } from './adapter-options.ts'
import { ConfigurationError, quoted } from './error.ts'
import { type ConfigurationFile, configurationFile } from './file.ts'

/** Levels of Python's logging, which the reference uses, and those of pino. */
const LOG_LEVELS = { 10: 'debug', 20: 'info', 30: 'warn', 40: 'error', 50: 'fatal' } as const

/** Metrics modes in a spelling that is in circulation: the README of the reference misspells this one. */
const MISSPELT_MODES: ReadonlyMap<string, string> = new Map([['DataDogAnnotations', 'DataDogAnnotation']])

const optional = (schema: z.ZodType<string>) => schema.optional()
const text = z.string().trim().min(1, 'a value that is not blank')
const milliseconds = (fallback: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'a whole number of milliseconds')
    .transform(Number)
    .default(fallback)
const port = z
  .string()
  .regex(/^[0-9]{1,5}$/, 'a port, 1 to 65535')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65535, 'a port, 1 to 65535')
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) => z.enum(values)

/** Every variable that the operator reads. An empty value counts as unset. */
export const ENVIRONMENT = {
  LOGGING: z
    .enum(Object.keys(LOG_LEVELS) as [keyof typeof LOG_LEVELS & string])
    .default('20' as never)
    .meta({ description: 'Log level: 10 debug, 20 info, 30 warning, 40 error, 50 fatal' }),
  COMPONENT_NAMESPACE: text.default('components').meta({
    description: 'Namespaces whose ExposedAPIs are served: comma-separated names and globs; `!glob` excludes',
  }),
  GATEWAY: text.default('istio').meta({
    description:
      '`istio`, `gateway-api` (Kubernetes Gateway API), or the name of an npm package that exports a gateway adapter (`package#name` if it exports several)',
  }),
  GATEWAY_OPTIONS: optional(text).meta({ description: 'Options of the gateway adapter as a JSON object' }),
  OPENMETRICS_IMPLEMENTATION: text.default('ServiceMonitor').meta({
    description:
      'How a monitoring system learns of metrics APIs: `ServiceMonitor`, `PrometheusAnnotation`, `DataDogAnnotation`, or the name of an npm package that exports a metrics adapter',
  }),
  METRICS_OPTIONS: optional(text).meta({ description: 'Options of the metrics adapter as a JSON object' }),
  RETIRED: optional(text).meta({
    description:
      'Built-in adapters whose objects and annotations are to be removed once others have taken over, comma-separated: what a change of GATEWAY or OPENMETRICS_IMPLEMENTATION leaves behind',
  }),
  UNSUPPORTED_POLICY: oneOf('default', 'deny', 'warn', 'compat').default('default').meta({
    description:
      'What to do with a route whose policy cannot be enforced. `default`: close it if it asks for API key verification, else warn; `deny`: always close it; `warn` or `compat`: always warn, as the reference operator does',
  }),
  READINESS_DEBOUNCE_MS: milliseconds(DEFAULT_SETTINGS.readinessDebounceMs).meta({
    description: 'Milliseconds without a ready endpoint after which readiness is withdrawn',
  }),
  ADDRESS_HOLD_MS: milliseconds(DEFAULT_SETTINGS.addressHoldMs).meta({
    description: 'Milliseconds for which a published address outlives its Gateway',
  }),
  LEASE_NAMESPACE: optional(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace')).meta({
    description:
      'Namespace of the Lease through which replicas elect a leader (default: that of the Pod or the kubeconfig)',
  }),
  HTTP_PORT: port.default(8080).meta({ description: 'Port of /healthz, /readyz and /metrics' }),
} as const

/** An adapter by name, and its options as a JSON text. */
export interface AdapterChoice {
  readonly name: string
  readonly options: string | undefined
}

/** The parsed configuration. */
export interface Configuration {
  readonly logLevel: (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS]
  /** Names and globs, `!` excludes. */
  readonly namespaces: readonly string[]
  readonly gateway: AdapterChoice
  readonly metrics: AdapterChoice
  /** The file, if one is given: gateways and metrics then stand there alone. */
  readonly file: { readonly path: string; readonly content: ConfigurationFile } | undefined
  /** Built-in adapters that are retired. */
  readonly retired: readonly string[]
  /** The whole environment: the options of an adapter are in variables that only its descriptor names. */
  readonly variables: Variables
  readonly settings: Settings
  /** Of the Lease. Default: that of the connection. */
  readonly leaseNamespace: string | undefined
  readonly httpPort: number
}

/** What the file says, which the environment therefore must not. */
const OF_THE_FILE = ['GATEWAY', 'GATEWAY_OPTIONS', 'OPENMETRICS_IMPLEMENTATION', 'METRICS_OPTIONS', 'RETIRED']

/**
 * Reads the environment, and the configuration file if there is one. Throws a ConfigurationError that names variable, value and
 * cure.
 */
export function configuration(environment: Variables, file?: string): Configuration {
  const set = Object.fromEntries(
    Object.keys(ENVIRONMENT).map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  )
  const result = z.object(ENVIRONMENT).safeParse(set)
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => problem(issue, set)).join('; '))
  const env = result.data
  const doubled = file === undefined ? undefined : OF_THE_FILE.find((name) => set[name] !== undefined)
  if (doubled !== undefined)
    throw new ConfigurationError(`${doubled} is set although ${file} says the same in other words; remove the variable`)
  return {
    logLevel: LOG_LEVELS[env.LOGGING as unknown as keyof typeof LOG_LEVELS],
    namespaces: listed(env.COMPONENT_NAMESPACE),
    gateway: { name: env.GATEWAY, options: env.GATEWAY_OPTIONS },
    metrics: {
      name: MISSPELT_MODES.get(env.OPENMETRICS_IMPLEMENTATION) ?? env.OPENMETRICS_IMPLEMENTATION,
      options: env.METRICS_OPTIONS,
    },
    file: file === undefined ? undefined : { path: file, content: configurationFile(file) },
    retired: listed(env.RETIRED ?? ''),
    variables: environment,
    settings: {
      ...DEFAULT_SETTINGS,
      unsupportedPolicy: unsupportedPolicy(env.UNSUPPORTED_POLICY),
      readinessDebounceMs: env.READINESS_DEBOUNCE_MS,
      addressHoldMs: env.ADDRESS_HOLD_MS,
    },
    leaseNamespace: env.LEASE_NAMESPACE,
    httpPort: env.HTTP_PORT,
  }
}

type Environment = z.infer<z.ZodObject<typeof ENVIRONMENT>>

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function unsupportedPolicy(preset: Environment['UNSUPPORTED_POLICY']): Settings['unsupportedPolicy'] {
  if (preset === 'default') return DEFAULT_SETTINGS.unsupportedPolicy
  const answer = preset === 'deny' ? 'Deny' : 'Warn'
  return Object.fromEntries(POLICY_NAMES.map((policy) => [policy, answer])) as Record<PolicyName, 'Deny' | 'Warn'>
}

function problem(issue: z.core.$ZodIssue, set: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  const allowed = 'values' in issue ? `one of ${issue.values.join(', ')}` : issue.message
  return `${name}=${quoted(set[name] ?? '')} is not allowed; write ${allowed}`
}
