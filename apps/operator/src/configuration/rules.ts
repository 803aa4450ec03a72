/** By what ExposedAPIs are decided under a configuration; the same in a cluster and offline. */
import type { AdapterDescriptor, AdapterTypes } from '@exposedapi/core'
import { onlyGateway, type Rules, rulesOf } from '@exposedapi/core/engine'
import { adapterOptions } from './adapter-options.ts'
import { BUILT_IN, builtIn, descriptorOf } from './descriptors.ts'
import type { Configuration } from './environment.ts'
import { refuseUnknown } from './unknown-variables.ts'

/** Makes the adapters. Throws a ConfigurationError for one that cannot be had, and for options that cannot work. */
export async function rulesFor(configuration: Configuration): Promise<Rules> {
  const { gateway: wanted, metrics: mode, variables, settings } = configuration
  const gatewayDescriptor = await descriptorOf('gateway', wanted.name, 'GATEWAY')
  const metricsDescriptor = await descriptorOf('metrics', mode.name, 'OPENMETRICS_IMPLEMENTATION')
  refuseUnknown(variables, [...BUILT_IN, gatewayDescriptor, metricsDescriptor])
  const make = async <Type extends keyof AdapterTypes>(
    descriptor: AdapterDescriptor<unknown, Type>,
    json: { readonly variable: string; readonly text: string | undefined },
  ) => descriptor.create(await adapterOptions(descriptor, variables, json), { name: descriptor.name })

  const gateway = await make(gatewayDescriptor, { variable: 'GATEWAY_OPTIONS', text: wanted.options })
  const metrics = await make(metricsDescriptor, { variable: 'METRICS_OPTIONS', text: mode.options })
  const others = builtIn('metrics').filter((descriptor) => descriptor !== metricsDescriptor)
  const retired = await Promise.all(others.map((descriptor) => make(descriptor, { variable: '', text: undefined })))
  return rulesOf({ gateways: [onlyGateway(gateway)], metrics, retired, settings })
}
