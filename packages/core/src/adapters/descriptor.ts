/** How an adapter package presents itself. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { GatewayAdapter } from './gateway.ts'
import type { MetricsAdapter } from './metrics.ts'

/** Version of the adapter contract. A descriptor with another number is refused at the start. */
export const CONTRACT = 2

/** What adapters there are, by type. */
export interface AdapterTypes {
  readonly gateway: GatewayAdapter
  readonly metrics: MetricsAdapter
}

/** What an adapter is told of its place in the configuration. */
export interface AdapterEntry {
  /** The name under which the operator was told to use it; the adapter's own by default. */
  readonly name: string
}

/** JSON Schema of an options object, as far as the operator reads it. */
export interface OptionsSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>
}

/**
 * JSON Schema of one option. Its type turns the text of an environment variable into a value: `string` as it is, `boolean` from
 * true and false, `integer` and `number` from digits, `object` from `key=value,…`, `array` from a comma-separated list.
 */
export interface OptionSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  /** A secret: its value is never shown. */
  readonly writeOnly?: boolean
}

/** What the operator needs of an adapter package. A package may export several; type and name choose. */
export interface AdapterDescriptor<Options, Type extends keyof AdapterTypes = keyof AdapterTypes> {
  /** {@link CONTRACT} of the core that the adapter was written for. */
  readonly contract: typeof CONTRACT
  readonly type: Type
  /** The name in configuration, `acme`. */
  readonly name: string
  /** Reasons of its own ({@link ownReason}), each with its cure. */
  readonly reasons?: Readonly<Record<string, string>>
  /** Parses the options. Of any validator that speaks Standard Schema (standardschema.dev): zod, valibot, arktype, or a few lines. */
  readonly options: StandardSchemaV1<unknown, Options>
  /** Names, types, defaults and descriptions of the options: documentation, chart and the values of variables follow from it. */
  readonly jsonSchema: OptionsSchema
  /** The environment variable that sets an option. Prefix them with the adapter's name: `ACME_REGION`. */
  readonly variables?: Readonly<Partial<Record<keyof Options & string, string>>>
  /** Makes the adapter from parsed options. Throws on options that cannot work: that must stop the start. */
  create(options: Options, entry: AdapterEntry): AdapterTypes[Type]
}
