/**
 * What the answer of an adapter rests on.
 *
 * Bad news needs evidence, and what may not be read gives none. An adapter that asks `readable` of a kind answers for it by
 * itself. For every other kind that it reads, core asks: so no adapter can forget to.
 */
import type { Kind, KindUse, View } from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import { type Unseen, uncertain } from '../../findings/not-readable.ts'

/** A view for one answer. */
export interface Witness {
  readonly view: View
  /** Something that was read and may not be read, if there is any that the adapter has not asked about. */
  unseen(): Unseen | undefined
}

/**
 * A read of an index is one of the namespace of the API, unless the adapter looks at the kind in the whole cluster. What it owns of a
 * kind is in that namespace too: what is elsewhere belongs to others, and is no bad news when it is missing.
 */
export function witnessed(view: View, uses: readonly KindUse[], namespace: string): Witness {
  const reads = new Map<Kind, Set<string>>()
  const asked = new Set<Kind>()
  const note = (kind: Kind, where: string) => {
    const known = reads.get(kind)
    if (known) known.add(where)
    else reads.set(kind, new Set([where]))
  }
  const isEverywhere = (kind: Kind) =>
    uses.some((one) => one.kind === kind && one.scope === 'cluster' && one.use !== 'own')
  return {
    view: {
      get: (kind, where, name) => {
        note(kind, where)
        return view.get(kind, where, name)
      },
      exists: (kind, where, name) => {
        note(kind, where)
        return view.exists(kind, where, name)
      },
      by: (index, value) => {
        note(index.kind, isEverywhere(index.kind) ? '' : namespace)
        return view.by(index, value)
      },
      serves: (kind) => view.serves(kind),
      readable: (kind, where) => {
        asked.add(kind)
        return view.readable(kind, where)
      },
    },
    unseen: () => {
      for (const [kind, places] of reads) {
        if (asked.has(kind)) continue
        for (const place of places) {
          const where = place === '' ? undefined : place
          if (!view.readable(kind, where)) return { kind, namespace: where }
        }
      }
      return undefined
    },
  }
}

/** The findings, but instead of bad news that may rest on what cannot be seen, that it cannot be seen. */
export function evidenced(findings: readonly Finding[], witness: Witness): readonly Finding[] {
  if (findings.every(({ status }) => status === 'True')) return findings
  const unseen = witness.unseen()
  if (!unseen) return findings
  return findings.map((finding) => uncertain(finding, unseen))
}
