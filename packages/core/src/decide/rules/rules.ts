/** By what ExposedAPIs are decided. */
import type { GatewayAdapter } from '../../adapters/gateway.ts'
import type { MetricsAdapter } from '../../adapters/metrics.ts'
import type { PathIndexes } from './placement.ts'
import type { Settings } from './settings.ts'

/** What decides beside the API itself; the same for all APIs of one operator. */
export interface Rules {
  readonly gateway: GatewayAdapter
  readonly metrics: MetricsAdapter
  /** Metrics adapters of other modes: what they left behind is removed. */
  readonly retired: readonly MetricsAdapter[]
  /** {@link PathIndexes} of `gateway`. */
  readonly paths: PathIndexes
  readonly settings: Settings
}
