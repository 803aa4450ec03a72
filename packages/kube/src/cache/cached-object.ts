/** What a store keeps of one object. */

import { type Index, type Kind, type KubeObject, sameJson } from '@exposedapi/objects'
import { NO_OWNERSHIP, type Operation, type Ownership, ownershipOf } from '../managed-fields/field-ownership.ts'
import { type UpdateEntry, updateEntry } from '../managed-fields/take-over.ts'
import { isNewer } from '../objects/resource-version.ts'
import { shareStrings } from './shared-strings.ts'

/** A value under which an index finds the object. */
export interface IndexValue {
  /** Name of the index. */
  readonly index: string
  readonly value: string
}

/** An object with what was computed from it when it arrived. */
export interface CachedObject<T extends KubeObject> {
  readonly object: T
  readonly uid: string
  readonly version: string
  readonly ownership: Ownership
  /** The entry of managedFields that is not yet one of our applies. */
  readonly updateEntry: UpdateEntry | undefined
  /** Under which the object is found. */
  readonly values: readonly IndexValue[]
  /** It came as an answer to us; the watch has not reached it yet. */
  readonly ahead: boolean
}

/** What it takes to read an object. */
export interface CachedObjectOptions<T extends KubeObject> {
  readonly kind: Kind<T>
  readonly indexes: readonly Index<T>[]
  /** Field managers whose fields are kept beside the object. Default none. */
  readonly managers?: ((manager: string, operation: Operation) => boolean) | undefined
  /** The field managers whose updates are to become our applies: we, and programs before us. Default nobody's. */
  readonly updateEntryOf?: { readonly us: string; readonly formerManagers: readonly string[] } | undefined
  /** Sees every version of an object before its projection. Must not throw. */
  readonly inspect?: ((raw: KubeObject) => unknown) | undefined
  /** Called when a projection or an index throws. */
  readonly report: (what: 'projection' | 'index', error: unknown) => void
}

/** Reads an object as it arrives. Undefined when its projection threw and there is no older version to fall back on. */
export function readObject<T extends KubeObject>(
  raw: KubeObject,
  ahead: boolean,
  before: CachedObject<T> | undefined,
  options: CachedObjectOptions<T>,
): CachedObject<T> | undefined {
  const { kind, managers, updateEntryOf: of, report, inspect } = options
  inspect?.(raw)
  const uid = uidOf(raw)
  const version = versionOf(raw)
  const ownership = managers ? ownershipOf(raw, managers) : NO_OWNERSHIP
  try {
    const object = kind.project(raw)
    shareStrings(object)
    const values = indexValues(object, options)
    const entry = of && updateEntry(raw, of.us, of.formerManagers)
    return { object, uid, version, ownership, updateEntry: entry, values, ahead }
  } catch (error) {
    report('projection', error)
    return before?.uid === uid ? { ...before, version, ahead } : undefined
  }
}

function indexValues<T extends KubeObject>(object: T, { indexes, report }: CachedObjectOptions<T>): IndexValue[] {
  const pairs: IndexValue[] = []
  for (const index of indexes) {
    try {
      for (const value of index.values(object)) {
        const pair = { index: index.name, value }
        if (!isAmong(pairs, pair)) pairs.push(pair)
      }
    } catch (error) {
      report('index', error)
    }
  }
  return pairs
}

/** Whether a pair is in a list; the lists are short. */
export function isAmong(values: readonly IndexValue[], wanted: IndexValue): boolean {
  return values.some(({ index, value }) => value === wanted.value && index === wanted.index)
}

/** Whether two versions of one object look the same to every reader. */
export function looksAlike(a: CachedObject<KubeObject>, b: CachedObject<KubeObject>): boolean {
  if (a.ownership.size !== b.ownership.size) return false
  for (const [manager, fields] of b.ownership) if (!sameJson(a.ownership.get(manager), fields)) return false
  return sameBut(a.object, b.object, 'metadata') && sameBut(a.object.metadata, b.object.metadata, 'resourceVersion')
}

/** Whether two maps are equal but for one key. */
function sameBut<M extends object>(a: M, b: M, skipped: keyof M): boolean {
  for (const key in a) if (key !== skipped && !sameJson(a[key], b[key])) return false
  for (const key in b) if (key !== skipped && b[key] !== undefined && a[key] === undefined) return false
  return true
}

/** Whether a list of that version cannot know this version of the object yet. */
export function runsAhead({ ahead, version }: CachedObject<KubeObject>, listVersion: string): boolean {
  return ahead && isNewer(version, listVersion)
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
