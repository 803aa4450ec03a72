/** Who uses a kind, and how: the uses of everybody, merged into one for each kind. */

import { type Kind, type KindUse, resourceName } from '@exposedapi/objects'
import { CRD_KIND } from './crd-kind.ts'

/** The uses of one kind by everybody, merged. */
export interface MergedUse {
  readonly kind: Kind
  readonly owns: boolean
  readonly annotates: boolean
  /** Somebody wants it in all namespaces. */
  readonly everywhere: boolean
  /** Somebody wants it in the namespaces that are served. */
  readonly apis: boolean
  readonly optional: boolean
}

/** Merges uses by kind. Throws when two Kind objects describe the same resource differently. */
export function mergeUses(uses: readonly KindUse[]): MergedUse[] {
  const merged = new Map<string, MergedUse>()
  for (const { kind, use, scope = 'apis', optional = false } of uses) {
    const name = resourceName(kind)
    const known = merged.get(name)
    if (known && known.kind !== kind && known.kind.project !== kind.project) {
      throw new Error(
        `two different Kind objects describe ${name}: each resource has one cache, so use one Kind object for it everywhere`,
      )
    }
    merged.set(name, {
      kind: known?.kind ?? kind,
      owns: (known?.owns ?? false) || use === 'own',
      annotates: (known?.annotates ?? false) || use === 'annotate',
      everywhere: (known?.everywhere ?? false) || scope === 'cluster',
      apis: (known?.apis ?? false) || scope === 'apis',
      optional: (known?.optional ?? true) && optional,
    })
  }
  return [...merged.values()]
}

/** CRDs are always watched, since they show when a kind comes and goes. */
export function withCrds(uses: MergedUse[]): MergedUse[] {
  return uses.some((use) => resourceName(use.kind) === resourceName(CRD_KIND)) ? uses : [...uses, WATCHED_CRDS]
}

/** The engine's own use of CRDs: nobody else is called for their changes. */
export const WATCHED_CRDS: MergedUse = {
  kind: CRD_KIND,
  owns: false,
  annotates: false,
  everywhere: true,
  apis: false,
  optional: true,
}
