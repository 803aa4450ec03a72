/** By what ExposedAPIs are decided under a configuration; the same in a cluster and offline. */
import type { AdapterDescriptor, AdapterTypes, MetricsAdapter } from '@exposedapi/core'
import { type GatewayEntry, type Rules, rulesOf } from '@exposedapi/core/engine'
import { type AnyDescriptor, adapterOptions, type Variables } from './adapter-options.ts'
import { BUILT_IN, descriptorOf } from './descriptors.ts'
import { type ConfiguredAdapter, checkRetired, gatewaySettings, metricsChoices } from './entries.ts'
import type { Configuration } from './environment.ts'
import { ConfigurationError } from './error.ts'
import { matcherOf } from './match.ts'
import { refuseUnknown } from './unknown-variables.ts'

/** Makes the adapters. Throws a ConfigurationError for one that cannot be had, and for options that cannot work. */
export async function rulesFor(configuration: Configuration): Promise<Rules> {
  const { variables, settings, retired } = configuration
  checkRetired(retired)
  const gateways = await Promise.all(
    gatewaySettings(configuration).map(async (setting) => ({ setting, descriptor: await found('gateway', setting) })),
  )
  const metrics = await Promise.all(
    metricsChoices(configuration).map(async (setting) => ({ setting, descriptor: await found('metrics', setting) })),
  )
  const chosen = [...gateways, ...metrics].map(({ descriptor }) => descriptor)
  refuseUnknown(variables, [...BUILT_IN, ...chosen])
  await checkIdle(variables, chosen)

  const entries = await Promise.all(
    gateways.map(async ({ setting, descriptor }): Promise<GatewayEntry> => {
      const adapter = await made(descriptor, setting, configuration)
      const { name = descriptor.name, match, retired } = setting
      const plainNames = plainNamed(descriptor, gateways) === setting
      return { name, adapter, retired, serves: matcherOf(match), plainNames }
    }),
  )
  const adapters = await Promise.all(
    metrics.map(async ({ setting, descriptor }) => ({
      retired: setting.retired,
      adapter: await made(descriptor, setting, configuration),
    })),
  )
  return rulesOf({ gateways: entries, ...partedMetrics(adapters), settings })
}

/** A wrong value is told even where nobody reads it now: it would be found at the worst time, when the adapter is changed. */
async function checkIdle(variables: Variables, chosen: readonly AnyDescriptor[]): Promise<void> {
  for (const idle of BUILT_IN.filter((descriptor) => !chosen.includes(descriptor))) {
    const names = Object.values<string | undefined>(idle.variables ?? {})
    if (names.some((name) => name !== undefined && variables[name])) {
      await adapterOptions(idle, variables, { variable: 'none', text: undefined })
    }
  }
}

function found<Type extends keyof AdapterTypes>(type: Type, { adapter, source }: ConfiguredAdapter) {
  return descriptorOf(type, adapter, source)
}

async function made<Type extends keyof AdapterTypes>(
  descriptor: AdapterDescriptor<unknown, Type>,
  { name = descriptor.name, options }: ConfiguredAdapter,
  { variables }: Configuration,
): Promise<AdapterTypes[Type]> {
  return descriptor.create(await adapterOptions(descriptor, variables, options), { name })
}

/** Of the entries of one adapter, the one whose objects bear the plain names: the last one without a rule, else the only one. */
function plainNamed(
  descriptor: AdapterDescriptor<unknown>,
  all: readonly { readonly setting: ConfiguredAdapter; readonly descriptor: AdapterDescriptor<unknown> }[],
): ConfiguredAdapter | undefined {
  const same = all.filter((one) => one.descriptor === descriptor).map(({ setting }) => setting)
  return same.findLast(({ match }) => match === undefined) ?? (same.length === 1 ? same[0] : undefined)
}

function partedMetrics(
  all: readonly { readonly retired: boolean; readonly adapter: MetricsAdapter }[],
): Pick<Rules, 'metrics' | 'retired'> {
  const current = all.find(({ retired }) => !retired)
  if (!current) throw new ConfigurationError('every metrics adapter is retired; leave one that is not')
  const retired = all.filter((one) => one !== current && one.adapter.name !== current.adapter.name)
  return { metrics: current.adapter, retired: retired.map(({ adapter }) => adapter) }
}
