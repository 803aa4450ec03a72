/** The gateways of an operator, and which of them serves an API. */
import type { RenderedObject } from '@exposedapi/objects'
import type { GatewayAdapter } from '../../adapters/gateway.ts'
import { childMeta } from '../../model/child-meta.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'

/** The label that names the entry of an object, unless the entry keeps plain names. */
export const ENTRY_LABEL = 'oda.tmforum.org/gateway-entry'

/** One gateway of the configuration. */
export interface GatewayEntry {
  /** Unique within the operator. */
  readonly name: string
  readonly adapter: GatewayAdapter
  /** It claims nothing new, and keeps what it has until another entry serves it. */
  readonly retired: boolean
  /** Does the rule of the entry choose this API? The first entry that says yes, and is not retired, serves it. */
  readonly serves: (api: ExposedApi) => boolean
  /** Do its objects bear the plain name of the API? Others add the name of the entry, and a label. One entry at most. */
  readonly plainNames: boolean
}

/** The entry of an operator with one gateway. */
export function onlyGateway(adapter: GatewayAdapter): GatewayEntry {
  return { name: adapter.name, adapter, retired: false, serves: () => true, plainNames: true }
}

/** The entry that the rules choose for an API, if one does. */
export function chosenEntry(api: ExposedApi, entries: readonly GatewayEntry[]): GatewayEntry | undefined {
  return entries.find(({ retired, serves }) => !retired && serves(api))
}

/** The entry that serves the API by its status, as long as it is configured. */
export function servingEntry({ status }: ExposedApi, entries: readonly GatewayEntry[]): GatewayEntry | undefined {
  return entries.find(({ name }) => name === status.gateway?.name)
}

/** The metadata of the objects of an API on this entry. */
export function entryMeta(api: ExposedApi, { name, plainNames }: GatewayEntry): RenderedObject['metadata'] {
  if (plainNames) return childMeta(api)
  const meta = childMeta(api, `${api.metadata.name}-${name}`)
  return { ...meta, labels: { ...meta.labels, [ENTRY_LABEL]: name } }
}
