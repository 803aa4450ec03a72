/** What we have applied to objects of others, as the cache knows it. */

import type { KubeObject } from '@exposedapi/objects'
import type { KindCache } from '../kinds/kind-cache.ts'
import type { FieldSet } from '../managed-fields/field-ownership.ts'

/** Whether a field manager has applied exactly these annotations to this very object. */
export function hasApplied(
  cache: KindCache,
  object: KubeObject,
  annotations: Readonly<Record<string, string>>,
  manager: string,
): boolean {
  // Ownership is kept only for kinds that are declared to be annotated.
  if (!cache.use.annotates) return false
  const { namespace = '', name, uid } = object.metadata
  const cached = cache.store.get(namespace, name)
  if (cached?.metadata.uid !== uid) return false
  const fields = cache.store.ownership(namespace, name).get(manager)
  const applied = fields?.['f:metadata']?.['f:annotations'] ?? ({} as FieldSet)
  const names = Object.keys(applied)
    .filter((step) => step !== '.')
    .map((step) => step.slice(2))
  if (names.length !== Object.keys(annotations).length) return false
  return names.every(
    (key) => annotations[key] !== undefined && cached?.metadata.annotations?.[key] === annotations[key],
  )
}
