/** What decides about ExposedAPIs under a configuration; the same in a cluster and offline. */
import { type Deciders, pathIndexes } from '@exposedapi/core'
import { gatewayAdapter, metricsAdapters } from './adapters.ts'
import type { Configuration } from './environment.ts'

/** Makes the adapters. Throws a ConfigurationError for a gateway that cannot be had. */
export async function decidersFor(configuration: Configuration): Promise<Deciders> {
  const gateway = await gatewayAdapter(configuration)
  const paths = pathIndexes(gateway)
  return { gateway, ...metricsAdapters(configuration), paths, settings: configuration.settings }
}
