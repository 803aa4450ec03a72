/**
 * Configuration from environment variables, compatible with the reference operator where it has one of the same meaning.
 *
 * A wrong value ends the start with one line that names the variable, the value and what is allowed: silence would turn a
 * typing error into a missing feature.
 */
import { POLICY_NAMES, type PolicyName } from '@exposedapi/core'
import { DEFAULT_SETTINGS, type Settings } from '@exposedapi/core/engine'
import * as z from 'zod'

/** Levels of Python's logging, which the reference uses, and those of pino. */
const LOG_LEVELS = { 10: 'debug', 20: 'info', 30: 'warn', 40: 'error', 50: 'fatal' } as const

/** Metrics modes by every spelling in circulation: the README of the reference misspells the third. */
const METRICS_MODES = {
  ServiceMonitor: 'ServiceMonitor',
  PrometheusAnnotation: 'PrometheusAnnotation',
  DataDogAnnotation: 'DataDogAnnotation',
  DataDogAnnotations: 'DataDogAnnotation',
} as const

const optional = (schema: z.ZodType<string>) => schema.optional()
const text = z.string().trim().min(1, 'a text that is not blank')
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
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .default(false)
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) => z.enum(values)

/** Every variable that the operator reads. An empty value counts as unset. */
export const ENVIRONMENT = {
  LOGGING: z
    .enum(Object.keys(LOG_LEVELS) as [keyof typeof LOG_LEVELS & string])
    .default('20' as never)
    .meta({ description: 'Log level: 10 debug, 20 info, 30 warnings, 40 errors, 50 fatal' }),
  COMPONENT_NAMESPACE: text.default('components').meta({
    description: 'Namespaces whose ExposedAPIs are served: comma-separated names and globs; `!glob` excludes',
  }),
  GATEWAY: text
    .default('istio')
    .meta({ description: '`istio`, or the name of an npm package that exports a gateway adapter' }),
  GATEWAY_OPTIONS: optional(text).meta({ description: 'Options of a gateway adapter from a package, as JSON' }),
  OPENMETRICS_IMPLEMENTATION: z
    .enum(Object.keys(METRICS_MODES) as [keyof typeof METRICS_MODES])
    .default('ServiceMonitor')
    .meta({
      description: 'How metrics APIs are made known to a monitoring system',
    }),
  APIOPERATORISTIO_COMPONENTGATEWAY: optional(text).meta({
    description:
      'Istio Gateway as `namespace/name`; a bare name means the namespace of the ExposedAPI (default: component-gateway)',
  }),
  APIOPERATORISTIO_PUBLICHOSTNAME: optional(text).meta({ description: 'Host of VirtualServices and published URLs' }),
  APIOPERATORISTIO_PUBLICSCHEME: optional(oneOf('http', 'https')).meta({
    description: 'Scheme of published URLs, where a load balancer in front of the mesh terminates TLS',
  }),
  APIOPERATORISTIO_PUBLICPORT: port.optional().meta({ description: 'Port of published URLs' }),
  APIOPERATORISTIO_GATEWAYSERVICE: optional(text).meta({
    description: 'Service that carries the public address, as `namespace/name`, where it cannot be found by selector',
  }),
  APIOPERATORISTIO_GATEWAYPODS: flag.meta({
    description:
      'Find the Service through the Pods that the Gateway selects, where no Service selects by all its labels: `true` watches all Pods',
  }),
  APIOPERATORISTIO_NODEPORTS: flag.meta({
    description:
      'Publish a NodePort Service, beside a configured host name or the address of a Node: `true` watches Nodes',
  }),
  APIOPERATORISTIO_PATHS: oneOf('strict', 'legacy').default('strict').meta({
    description: '`strict`: /a serves /a and /a/…; `legacy`: also /ab, as the reference does',
  }),
  SERVICEMONITOR_LABELS: optional(
    text.regex(/^[^=,]+=[^=,]*(,[^=,]+=[^=,]*)*$/, 'key=value pairs, comma-separated'),
  ).meta({
    description: 'Extra labels of ServiceMonitors as `key=value,…`, such as the `release` that a Prometheus selects',
  }),
  SERVICEMONITOR_INTERVAL: text
    .regex(/^([0-9]+(ms|s|m|h))+$/, 'a duration such as 15s')
    .default('15s')
    .meta({
      description: 'Scrape interval of ServiceMonitors',
    }),
  UNSUPPORTED_POLICY: oneOf('default', 'deny', 'warn', 'compat').default('default').meta({
    description:
      'Routes whose policies cannot be enforced. `default`: deny without API key verification, warn otherwise; `deny`: deny all; `warn` or `compat`: warn for all, as the reference',
  }),
  READINESS_DEBOUNCE_MS: milliseconds(DEFAULT_SETTINGS.readinessDebounceMs).meta({
    description: 'Time without a ready endpoint until readiness is withdrawn',
  }),
  ADDRESS_HOLD_MS: milliseconds(DEFAULT_SETTINGS.addressHoldMs).meta({
    description: 'Time for which a published address outlives its Gateway',
  }),
  LEASE_NAMESPACE: optional(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace')).meta({
    description: 'Namespace of the Lease by which replicas elect a leader (default: that of the Pod or the kubeconfig)',
  }),
  HTTP_PORT: port.default(8080).meta({ description: 'Port of /healthz, /readyz and /metrics' }),
} as const

/** The parsed configuration. */
export interface Configuration {
  readonly logLevel: (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS]
  /** Names and globs, `!` excludes. */
  readonly namespaces: readonly string[]
  readonly gateway: { readonly name: string; readonly options: Readonly<Record<string, unknown>> }
  readonly metrics: {
    readonly mode: (typeof METRICS_MODES)[keyof typeof METRICS_MODES]
    readonly serviceMonitor: object
  }
  readonly settings: Settings
  /** Of the Lease. Default: that of the connection. */
  readonly leaseNamespace: string | undefined
  readonly httpPort: number
}

/** Thrown for a configuration that must stop the start. Its message is one line for the user. */
export class ConfigurationError extends Error {}

/** Reads the environment. Throws a ConfigurationError that names variable, value and cure. */
export function configuration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const set = Object.fromEntries(
    Object.keys(ENVIRONMENT).map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  )
  const result = z.object(ENVIRONMENT).safeParse(set)
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => problem(issue, set)).join('; '))
  const env = result.data
  return {
    logLevel: LOG_LEVELS[env.LOGGING as unknown as keyof typeof LOG_LEVELS],
    namespaces: env.COMPONENT_NAMESPACE.split(',')
      .map((pattern) => pattern.trim())
      .filter((pattern) => pattern !== ''),
    gateway: { name: env.GATEWAY, options: gatewayOptions(env) },
    metrics: {
      mode: METRICS_MODES[env.OPENMETRICS_IMPLEMENTATION],
      serviceMonitor: {
        interval: env.SERVICEMONITOR_INTERVAL,
        ...(env.SERVICEMONITOR_LABELS && {
          labels: Object.fromEntries(env.SERVICEMONITOR_LABELS.split(',').map(pair)),
        }),
      },
    },
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

/** Which variable sets which option of the Istio adapter. */
export const ISTIO_VARIABLES = {
  gateway: 'APIOPERATORISTIO_COMPONENTGATEWAY',
  publicHostname: 'APIOPERATORISTIO_PUBLICHOSTNAME',
  publicScheme: 'APIOPERATORISTIO_PUBLICSCHEME',
  publicPort: 'APIOPERATORISTIO_PUBLICPORT',
  gatewayService: 'APIOPERATORISTIO_GATEWAYSERVICE',
  gatewayPods: 'APIOPERATORISTIO_GATEWAYPODS',
  nodePorts: 'APIOPERATORISTIO_NODEPORTS',
  paths: 'APIOPERATORISTIO_PATHS',
} as const satisfies Record<string, keyof Environment>

function gatewayOptions(env: Environment): Configuration['gateway']['options'] {
  if (env.GATEWAY !== 'istio') return jsonObject('GATEWAY_OPTIONS', env.GATEWAY_OPTIONS)
  if (env.GATEWAY_OPTIONS !== undefined) {
    const value = shown(env.GATEWAY_OPTIONS)
    throw new ConfigurationError(
      `GATEWAY_OPTIONS=${value} is not allowed with GATEWAY="istio"; write ${Object.values(ISTIO_VARIABLES).join(', ')}`,
    )
  }
  const options = Object.entries(ISTIO_VARIABLES).map(([option, variable]) => [option, env[variable]] as const)
  return Object.fromEntries(options.filter(([, value]) => value !== undefined))
}

function unsupportedPolicy(preset: Environment['UNSUPPORTED_POLICY']): Settings['unsupportedPolicy'] {
  if (preset === 'default') return DEFAULT_SETTINGS.unsupportedPolicy
  const answer = preset === 'deny' ? 'Deny' : 'Warn'
  return Object.fromEntries(POLICY_NAMES.map((policy) => [policy, answer])) as Record<PolicyName, 'Deny' | 'Warn'>
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function jsonObject(name: string, value: string | undefined): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(value))
  } catch {
    throw new ConfigurationError(`${name}=${shown(value)} is no JSON object; write for example {"key": "value"}`)
  }
}

function problem(issue: z.core.$ZodIssue, set: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  const allowed = 'values' in issue ? `one of ${issue.values.join(', ')}` : issue.message
  return `${name}=${shown(set[name] ?? '')} is not allowed; write ${allowed}`
}

function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}
