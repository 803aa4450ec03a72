/** What a store says about a change, and whom it concerns. */

import { type Change, existenceKey, indexKey, type Kind, type KubeObject, nameKey } from '@exposedapi/objects'
import { type CachedObject, isAmong } from './cached-object.ts'

/** A change with the keys of the reads that it touches. */
export interface StoreChange extends Change {
  readonly keys: readonly string[]
}

/** The change from what was cached of an object to what is cached now. Undefined when there is neither. */
export function storeChange<T extends KubeObject>(
  kind: Kind<T>,
  old: CachedObject<T> | undefined,
  now: CachedObject<T> | undefined,
): StoreChange | undefined {
  const subject = (now ?? old)?.object.metadata
  if (!subject) return undefined
  const { namespace = '', name } = subject
  const keys = [nameKey(kind, namespace, name)]
  if (!old || !now) keys.push(existenceKey(kind, namespace, name))
  for (const { index, value } of now?.values ?? []) keys.push(indexKey(index, value))
  for (const pair of old?.values ?? [])
    if (!now || !isAmong(now.values, pair)) keys.push(indexKey(pair.index, pair.value))
  return { kind, ...(old && { old: old.object }), ...(now && { new: now.object }), keys }
}
