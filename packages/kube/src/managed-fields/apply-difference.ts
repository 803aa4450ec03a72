/**
 * Whether a server-side apply would change anything.
 *
 * Applying without need is the classic leak of operators: every write wakes every watcher. So what we render is compared
 * with the cached object first, with the semantics of server-side apply: what we do not render is none of our business,
 * unless we have applied it before and want it gone.
 */
import {
  isRecord,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
  type RenderedObject,
  sameJson,
} from '@exposedapi/objects'
import { type FieldSet, missingField, ownedItem } from './field-ownership.ts'

/**
 * The path of the first difference (`spec.hosts`, for logs), or undefined when an apply would change nothing.
 *
 * @param owned what our field manager has applied to the cached object; without it the object was never applied by us
 *   and is adopted.
 */
export function difference(
  rendered: RenderedObject,
  cached: KubeObject | undefined,
  owned: FieldSet | undefined,
): string | undefined {
  if (!cached) return '(absent)'
  if (!owned) return '(not yet applied by us)'
  for (const [key, value] of Object.entries(rendered)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue
    const path = subsetDifference(value, (cached as unknown as Record<string, unknown>)[key], key, owned[`f:${key}`])
    if (path !== undefined) return path
  }
  const metadata = metadataDifference(rendered, cached, owned)
  if (metadata !== undefined) return metadata
  const missing = missingField(owned, rendered)
  return missing === undefined ? undefined : `${missing} (to be removed)`
}

/** Remembers what a server has pruned or defaulted: it differs for ever, and would be applied again and again. */
export class AppliedContents {
  readonly #byUid = new Map<string, { readonly content: string; readonly resourceVersion: string }>()

  /** Whether this very content was applied and the object has not changed since. */
  has(cached: KubeObject, rendered: RenderedObject): boolean {
    const known = cached.metadata.uid === undefined ? undefined : this.#byUid.get(cached.metadata.uid)
    return known?.resourceVersion === cached.metadata.resourceVersion && known?.content === JSON.stringify(rendered)
  }

  /** Remembers that this answer differs from what was applied. */
  add(answer: KubeObject, rendered: RenderedObject): void {
    const { uid, resourceVersion } = answer.metadata
    if (uid === undefined || resourceVersion === undefined) return
    this.#byUid.set(uid, { content: JSON.stringify(rendered), resourceVersion })
  }

  /** Forgets an object that is gone. */
  delete(uid: string | undefined): void {
    if (uid !== undefined) this.#byUid.delete(uid)
  }
}

/**
 * Whether an object changed anywhere but in the fields that we wrote. Its resourceVersion and generation do not count.
 *
 * @param written what we sent: its leaves and lists are ours.
 */
export function changedElsewhere(before: KubeObject, after: KubeObject, written: unknown): boolean {
  return differsElsewhere(withoutVersion(before), withoutVersion(after), written)
}

function differsElsewhere(before: unknown, after: unknown, written: unknown): boolean {
  if (!isRecord(written)) return written === undefined && !sameJson(before, after)
  const old = isRecord(before) ? before : {}
  const now = isRecord(after) ? after : {}
  for (const key in old) if (differsElsewhere(old[key], now[key], written[key])) return true
  for (const key in now) if (!(key in old) && differsElsewhere(undefined, now[key], written[key])) return true
  return false
}

/** What every write changes by itself. */
function withoutVersion(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, resourceVersion: undefined, generation: undefined } as unknown as ObjectMeta,
  }
}

/**
 * Like server-side apply: `null` and absent are the same, and what the field set has beneath a field shows how the server
 * merges it. Steps beneath it: key by key (item by item), so what others have added stays. None: it is atomic, ours as a
 * whole, and anything in it that we do not render is something that we once rendered, or a default of the server
 * ({@link AppliedContents} tells them apart). A field that we do not own, though it has our value, somebody else has taken:
 * it must become ours again, or it would stay once we no longer render it.
 */
function subsetDifference(
  wanted: unknown,
  actual: unknown,
  path: string,
  owned: FieldSet | undefined,
): string | undefined {
  if (wanted === undefined || wanted === null) return undefined
  if (!owned) return path
  if (isAtomic(owned)) return sameJson(wanted, actual) ? undefined : path
  if (Array.isArray(wanted)) return hasItems(wanted, actual, owned) ? undefined : path
  if (!isRecord(wanted) || !isRecord(actual)) return path
  for (const key in wanted) {
    const found = subsetDifference(wanted[key], actual[key], `${path}.${key}`, owned[`f:${key}`])
    if (found !== undefined) return found
  }
  return undefined
}

function isAtomic(owned: FieldSet): boolean {
  for (const _ in owned) return false
  return true
}

/** A list map or set may have items of others beside ours; {@link missingField} finds those of ours that are no longer wanted. */
function hasItems(wanted: readonly unknown[], actual: unknown, owned: FieldSet): boolean {
  if (!Array.isArray(actual)) return false
  const isSame = (item: unknown, other: unknown) =>
    subsetDifference(item, other, '', ownedItem(owned, other)) === undefined
  return wanted.every((item) => actual.some((other) => isSame(item, other)))
}

function metadataDifference(rendered: RenderedObject, cached: KubeObject, owned: FieldSet): string | undefined {
  // Name and namespace are the identity of the object: nobody owns them.
  const { name: _name, namespace: _namespace, resourceVersion: _, ownerReferences, ...rest } = rendered.metadata
  for (const [key, value] of Object.entries(rest)) {
    const actual = (cached.metadata as unknown as Record<string, unknown>)[key]
    const path = subsetDifference(value, actual, `metadata.${key}`, owned['f:metadata']?.[`f:${key}`])
    if (path !== undefined) return path
  }
  // A list map by uid: references of others beside ours are fine.
  const owners = cached.metadata.ownerReferences ?? []
  const has = (wanted: OwnerReference) =>
    owners.some((owner) => owner.uid === wanted.uid && sameJson({ ...owner, ...wanted }, owner))
  return (ownerReferences ?? []).every(has) ? undefined : 'metadata.ownerReferences'
}
