/** The adapters that this operator brings, and the way to others. The only place that chooses. */
import { istio } from '@exposedapi/adapter-istio'
import { type AdapterDescriptor, CONTRACT, type GatewayAdapter, type MetricsAdapter } from '@exposedapi/core'
import { dataDogAnnotation, prometheusAnnotation } from '@exposedapi/metrics-annotations'
import { serviceMonitor } from '@exposedapi/metrics-servicemonitor'
import { type Configuration, ConfigurationError, ISTIO_VARIABLES } from './environment.ts'

/** Options of any descriptor: the descriptor's own schema decides. */
// biome-ignore lint/suspicious/noExplicitAny: a list of descriptors with different options has no common type argument.
type AnyDescriptor<Adapter extends GatewayAdapter | MetricsAdapter> = AdapterDescriptor<any, Adapter>

/** Gateways by name. */
const GATEWAYS: Readonly<Record<string, AnyDescriptor<GatewayAdapter>>> = { istio }

/** Makes the configured gateway adapter. Throws a ConfigurationError that says what is known and allowed. */
export async function gatewayAdapter(configuration: Configuration): Promise<GatewayAdapter> {
  const { name, options } = configuration.gateway
  const builtIn = GATEWAYS[name]
  if (!builtIn) return created(await descriptorOf(name), options)
  return created(builtIn, options, ISTIO_VARIABLES)
}

/** The configured metrics adapter, and those of the other modes, whose leftovers are removed. */
export function metricsAdapters({ metrics: { mode, serviceMonitor: options } }: Configuration) {
  const all = [
    created(serviceMonitor as AnyDescriptor<MetricsAdapter>, options),
    created(prometheusAnnotation as AnyDescriptor<MetricsAdapter>, {}),
    created(dataDogAnnotation as AnyDescriptor<MetricsAdapter>, {}),
  ]
  const metrics = all.find(({ name }) => name === mode)
  if (!metrics) throw new Error(`no metrics adapter is called ${mode}`)
  return { metrics, retired: all.filter((adapter) => adapter !== metrics) }
}

function created<Adapter extends GatewayAdapter | MetricsAdapter>(
  descriptor: AnyDescriptor<Adapter>,
  options: object,
  variables: Readonly<Record<string, string>> = {},
): Adapter {
  const parsed = descriptor.options.safeParse(options)
  if (parsed.success) return descriptor.create(parsed.data)
  const given = new Map<string, unknown>(Object.entries(options))
  const problems = parsed.error.issues.map(({ path, message }) => {
    const [option = ''] = path.map(String)
    const variable = variables[option]
    if (variable === undefined) return `options of ${descriptor.name}: ${path.join('.')}: ${message}`
    return `${variable}=${JSON.stringify(given.get(option))} is not allowed; ${message}`
  })
  throw new ConfigurationError(problems.join('; '))
}

/** Loads a package and finds its descriptor among the exports. */
async function descriptorOf(name: string): Promise<AnyDescriptor<GatewayAdapter>> {
  const known = `one of ${Object.keys(GATEWAYS).join(', ')}, or the name of an installed package`
  let exports: Record<string, unknown>
  try {
    exports = await import(name)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new ConfigurationError(`GATEWAY=${JSON.stringify(name)} cannot be loaded (${why}); write ${known}`, { cause })
  }
  const descriptor = Object.values(exports).find(isDescriptor)
  if (!descriptor)
    throw new ConfigurationError(`GATEWAY=${JSON.stringify(name)} exports no adapter descriptor; write ${known}`)
  if (descriptor.contract === CONTRACT) return descriptor
  throw new ConfigurationError(
    `GATEWAY=${JSON.stringify(name)} keeps contract ${descriptor.contract}, but this operator needs ${CONTRACT}`,
  )
}

function isDescriptor(value: unknown): value is AnyDescriptor<GatewayAdapter> {
  return typeof value === 'object' && value !== null && 'contract' in value && 'options' in value && 'create' in value
}
