/** Annotations on objects of others: what is applied and should not be, and what should be and is not. */
import { sameJson, type View } from '@exposedapi/objects'
import type { AppliedAnnotations } from '../../adapters/metrics.ts'
import type { Rules } from '../rules/rules.ts'

/** What must be given back of an API that is gone. */
export function release(uid: string, view: View, rules: Rules): readonly AppliedAnnotations[] {
  return annotationsToChange(uid, [], view, rules)
}

/** What differs from what is wanted; an empty set of annotations removes those that are applied. */
export function annotationsToChange(
  uid: string,
  wanted: readonly AppliedAnnotations[],
  view: View,
  { metrics, retired }: Rules,
): readonly AppliedAnnotations[] {
  const applied = [metrics, ...retired].flatMap((adapter) => adapter.applied?.(uid, view) ?? [])
  const find = (list: readonly AppliedAnnotations[], { object }: AppliedAnnotations) =>
    list.find((entry) => entry.object.metadata.uid === object.metadata.uid)
  const gone = applied.filter((entry) => !find(wanted, entry)).map((entry) => ({ ...entry, annotations: {} }))
  return [...gone, ...wanted.filter((entry) => !sameJson(find(applied, entry)?.annotations, entry.annotations))]
}
