/** The kinds that we create and delete: what of the declared ones is ours to own. */
import type { Kind, KindUse } from '@exposedapi/objects'
import type { Deciders } from './decision.ts'

/** The kinds that adapters create and delete, each once: two modes of one adapter may own the same. */
export function ownKinds(uses: readonly KindUse[]): readonly Kind[] {
  return [...new Set(uses.filter(({ use }) => use === 'own').map(({ kind }) => kind))]
}

/** The kinds that routes and metrics consist of. */
export interface OwnKinds {
  readonly route: readonly Kind[]
  /** Of the configured mode and of the others, whose leftovers are removed. */
  readonly metrics: readonly Kind[]
  readonly all: readonly Kind[]
}

const KINDS = new WeakMap<Deciders, OwnKinds>()

/** Computed once: they are the same in all decisions of an operator. */
export function ownKindsOf(deciders: Deciders): OwnKinds {
  const known = KINDS.get(deciders)
  if (known) return known
  const uses = [deciders.metrics, ...deciders.former].flatMap(({ kinds }) => kinds)
  const all = ownKinds([...deciders.gateway.kinds, ...uses])
  const kinds = { route: ownKinds(deciders.gateway.kinds), metrics: ownKinds(uses), all }
  KINDS.set(deciders, kinds)
  return kinds
}
