/** How an adapter package presents itself. */
import type * as z from 'zod'
import type { GatewayAdapter } from './gateway.ts'
import type { MetricsAdapter } from './metrics.ts'

/** Version of the adapter contract. A descriptor with another number is refused at start. */
export const CONTRACT = 1

/** The one export that the operator needs of an adapter package. */
export interface AdapterDescriptor<Options, Adapter extends GatewayAdapter | MetricsAdapter = GatewayAdapter> {
  /** {@link CONTRACT} of the core that the adapter was written for. */
  readonly contract: typeof CONTRACT
  /** The name in configuration, `istio`. */
  readonly name: string
  /** Parses the options; environment, Helm values and the table in the docs come from this schema. */
  readonly options: z.ZodType<Options>
  /** Makes the adapter from parsed options. Throws on options that cannot work: that must stop the start. */
  create(options: Options): Adapter
}
