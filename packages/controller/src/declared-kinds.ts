/** Which kinds the operator watches and which indexes it keeps: those of the decisions plus those of the adapters. */
import {
  API_BY_UID,
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  EXPOSED_API,
  type Index,
  type KindUse,
  SERVICE,
  SLICE_BY_SERVICE,
} from '@exposedapi/core'
import { API_BY_COMPONENT, byController, COMPONENT, ownedKinds, type Rules } from '@exposedapi/core/engine'
import { withMergedKinds } from './merged-kinds.ts'

const CORE_USES: readonly KindUse[] = [
  { kind: EXPOSED_API, use: 'annotate' },
  { kind: COMPONENT, use: 'annotate', optional: true },
  { kind: SERVICE, use: 'read' },
  { kind: ENDPOINT_SLICE, use: 'read' },
  { kind: CUSTOM_RESOURCE_DEFINITION, use: 'read', scope: 'cluster', optional: true },
] as readonly KindUse[]

/** All kinds and indexes. The engine merges what several parties want of one kind. */
export function declaredKinds(rules: Rules): { readonly uses: readonly KindUse[]; readonly indexes: readonly Index[] } {
  const { gateways, metrics, retired, paths } = rules
  const adapters = gateways.map(({ adapter }) => adapter)
  // What other modes left behind is a courtesy: an absent or forbidden kind must not keep the operator from starting.
  const leftovers = retired.flatMap(({ kinds }) => kinds).map((use): KindUse => ({ ...use, optional: true }))
  const all = [...CORE_USES, ...adapters.flatMap(({ kinds }) => kinds), ...metrics.kinds, ...leftovers]
  const indexes: readonly Index[] = [
    API_BY_UID,
    API_BY_COMPONENT,
    SLICE_BY_SERVICE,
    paths.exact,
    paths.below,
    ...ownedKinds(all).map(byController),
    ...adapters.flatMap((adapter) => adapter.indexes),
    ...[metrics, ...retired].flatMap((adapter) => adapter.indexes),
  ] as readonly Index[]
  return { uses: withMergedKinds(all), indexes: [...new Set(indexes)] }
}
