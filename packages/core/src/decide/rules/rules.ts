/** By what ExposedAPIs are decided. */
import type { MetricsAdapter } from '../../adapters/metrics.ts'
import type { GatewayEntry } from './gateway-entry.ts'
import { type PathIndexes, pathIndexes } from './placement.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'

/** What decides beside the API itself; the same for all APIs of one operator. */
export interface Rules {
  /** In the order in which they are asked whether they serve an API. */
  readonly gateways: readonly GatewayEntry[]
  readonly metrics: MetricsAdapter
  /** Metrics adapters that are retired: what they have made is removed. */
  readonly retired: readonly MetricsAdapter[]
  /** {@link PathIndexes} of `gateways`. */
  readonly paths: PathIndexes
  readonly settings: Settings
}

/** Rules from their parts. */
export function rulesOf({
  gateways,
  metrics,
  retired = [],
  settings = DEFAULT_SETTINGS,
}: Pick<Rules, 'gateways' | 'metrics'> & Partial<Rules>): Rules {
  return { gateways, metrics, retired, paths: pathIndexes(gateways), settings }
}
