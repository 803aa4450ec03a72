/**
 * One Kind for each resource, although each adapter keeps of it what it reads itself.
 *
 * The engine keeps one cache for each resource. A gateway reads the labels of Pods, a metrics adapter their containers and
 * annotations, and neither knows of the other, which may come from a third party: so the cache holds what any of them keeps.
 */
import { groupBy, type Kind, type KindUse, type KubeObject } from '@exposedapi/core'

/** The same uses, with one Kind for all that describe one resource. Fields of one name must mean the same to all of them. */
export function withMergedKinds(uses: readonly KindUse[]): readonly KindUse[] {
  const parties = groupBy(uses, ({ kind }) => resourceOf(kind))
  const merged = new Map([...parties].map(([resource, some]) => [resource, mergedKind(some.map(({ kind }) => kind))]))
  return uses.map((use) => ({ ...use, kind: merged.get(resourceOf(use.kind)) ?? use.kind }))
}

/** Kinds that differ in more than what they keep stay apart, and the engine refuses them by name. */
function resourceOf({ group, plural, versions, namespaced = true }: Kind): string {
  return JSON.stringify([group, plural, versions, namespaced])
}

function mergedKind(kinds: readonly Kind[]): Kind | undefined {
  const [first, ...others] = new Set(kinds)
  if (!first || others.length === 0) return first
  const project = (object: KubeObject) =>
    others.reduce((kept, kind) => bothOf(kept, kind.project(object)), first.project(object))
  return { ...first, project }
}

function bothOf(one: KubeObject, other: KubeObject): KubeObject {
  return { ...one, ...other, metadata: { ...one.metadata, ...other.metadata } }
}
