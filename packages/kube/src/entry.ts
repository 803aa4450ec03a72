/** What a store holds of one object. */
import { deepEqual } from './equal.ts'
import type { KubeObject } from './kind.ts'
import type { Ownership } from './ownership.ts'
import { isNewer } from './resource-version.ts'

/** An object with what was computed from it when it arrived. */
export interface Entry<T extends KubeObject> {
  readonly object: T
  readonly uid: string
  readonly version: string
  readonly ownership: Ownership
  /** Pairs of index and value under which the object is found. */
  readonly values: readonly (readonly [string, string])[]
  /** Came by an answer to us; the watch has not reached it yet. */
  readonly ahead: boolean
}

/** Whether nobody could tell the two versions of one object apart. */
export function looksAlike(a: Entry<KubeObject>, b: Entry<KubeObject>): boolean {
  const sameFields = [...b.ownership].every(([manager, fields]) => deepEqual(a.ownership.get(manager), fields))
  if (a.ownership.size !== b.ownership.size || !sameFields) return false
  const { resourceVersion: _a, ...metadataA } = a.object.metadata
  const { resourceVersion: _b, ...metadataB } = b.object.metadata
  return deepEqual({ ...a.object, metadata: metadataA }, { ...b.object, metadata: metadataB })
}

/** Whether a list of that version can not know the entry yet. */
export function runsAhead(entry: { ahead: boolean; version: string }, listVersion: string): boolean {
  return entry.ahead && isNewer(entry.version, listVersion)
}

/** Name of an object within its kind. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

/** Its identity. */
export function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? ''
}

/** Its resourceVersion. */
export function versionOf(object: KubeObject): string {
  return object.metadata.resourceVersion ?? ''
}
