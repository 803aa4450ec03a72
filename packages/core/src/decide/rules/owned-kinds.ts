/** The kinds that we create and delete: what of the declared ones is ours to own. */
import type { Kind, KindUse } from '@exposedapi/objects'
import type { Rules } from './rules.ts'

/** The kinds that adapters create and delete, each once: two modes of one adapter may own the same. */
export function ownedKinds(uses: readonly KindUse[]): readonly Kind[] {
  return [...new Set(uses.filter(({ use }) => use === 'own').map(({ kind }) => kind))]
}

/** The kinds that routes and metrics consist of. */
export interface OwnedKinds {
  readonly route: readonly Kind[]
  /** Of the configured mode and of the others, whose leftovers are removed. */
  readonly metrics: readonly Kind[]
  readonly all: readonly Kind[]
}

const KINDS = new WeakMap<Rules, OwnedKinds>()

/** Computed once: they are the same in all decisions of an operator. */
export function ownedKindsOf(rules: Rules): OwnedKinds {
  const known = KINDS.get(rules)
  if (known) return known
  const uses = [rules.metrics, ...rules.retired].flatMap(({ kinds }) => kinds)
  const ofGateways = rules.gateways.flatMap(({ adapter }) => adapter.kinds)
  const kinds = { route: ownedKinds(ofGateways), metrics: ownedKinds(uses), all: ownedKinds([...ofGateways, ...uses]) }
  KINDS.set(rules, kinds)
  return kinds
}
