/** The adapters that a configuration names, from the file or from the environment. */
import type { JsonOptions } from './adapter-options.ts'
import { builtIn } from './descriptors.ts'
import type { Configuration } from './environment.ts'
import { ConfigurationError, quoted } from './error.ts'
import { type GatewaySetting, metricsSettings } from './file.ts'
import { didYouMean } from './nearest-name.ts'

/** One adapter that is to be made. */
export interface ConfiguredAdapter {
  /** Of the entry; default: the adapter's own. */
  readonly name?: string
  /** Its name in the configuration. */
  readonly adapter: string
  /** Where it stands, for errors: a variable, or a place in the file. */
  readonly source: string
  readonly options: JsonOptions
  readonly match?: GatewaySetting['match']
  readonly retired: boolean
}

/** The gateways, in the order in which they are asked whether they serve an API. */
export function gatewaySettings({ file, gateway, retired }: Configuration): readonly ConfiguredAdapter[] {
  if (file) {
    return file.content.gateways.map((setting, at) => {
      const source = `${file.path}: gateways[${at}].adapter`
      return { ...fromFile(setting, source, `${file.path}: gateways[${at}].options`), match: setting.match }
    })
  }
  const options = { variable: 'GATEWAY_OPTIONS', text: gateway.options }
  const current = { adapter: gateway.name, source: 'GATEWAY', options, retired: false }
  return [current, ...retiredOf('gateway', retired, gateway.name)]
}

/** The metrics adapters; all but one are retired. */
export function metricsChoices({ file, metrics, retired }: Configuration): readonly ConfiguredAdapter[] {
  if (file) {
    return metricsSettings(file.content).map((setting) =>
      fromFile(setting, `${file.path}: metrics.adapter`, `${file.path}: metrics.options`),
    )
  }
  const options = { variable: 'METRICS_OPTIONS', text: metrics.options }
  const source = 'OPENMETRICS_IMPLEMENTATION'
  const current = { adapter: metrics.name, source, options, retired: false }
  return [current, ...retiredOf('metrics', retired, metrics.name)]
}

function fromFile(
  setting: {
    readonly name?: string
    readonly adapter: string
    readonly options?: unknown
    readonly retired?: boolean | undefined
  },
  source: string,
  place: string,
): ConfiguredAdapter {
  const { name, adapter, options = {}, retired = false } = setting
  const text = JSON.stringify(options)
  return {
    ...(name !== undefined && { name }),
    adapter,
    source,
    options: { variable: place, text },
    retired,
  }
}

/** The short form: names of built-in adapters, whose options are in their variables. */
function retiredOf(
  type: 'gateway' | 'metrics',
  names: readonly string[],
  current: string,
): readonly ConfiguredAdapter[] {
  const known = builtIn(type).map(({ name }) => name)
  return names
    .filter((name) => known.includes(name) && name !== current)
    .map((adapter) => {
      return {
        adapter,
        source: 'RETIRED',
        options: { variable: 'RETIRED', text: undefined },
        retired: true,
      }
    })
}

/** Throws a ConfigurationError for a name in RETIRED that is no built-in adapter. */
export function checkRetired(names: readonly string[]): void {
  const known = [...builtIn('gateway'), ...builtIn('metrics')].map(({ name }) => name)
  for (const name of names) {
    if (!known.includes(name))
      throw new ConfigurationError(`RETIRED=${quoted(name)} is not a built-in adapter; ${didYouMean(name, known)}`)
  }
}
