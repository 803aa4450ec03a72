/** What decides about ExposedAPIs under a configuration; the same in a cluster and offline. */
import { pathIndexes, type Rules } from '@exposedapi/core/engine'
import { gatewayAdapter, metricsAdapters } from './adapters.ts'
import type { Configuration } from './environment.ts'

/** Makes the adapters. Throws a ConfigurationError for a gateway that cannot be had. */
export async function rulesFor(configuration: Configuration): Promise<Rules> {
  const gateway = await gatewayAdapter(configuration)
  const paths = pathIndexes(gateway)
  return { gateway, ...metricsAdapters(configuration), paths, settings: configuration.settings }
}
