/**
 * Whether a server-side apply would change anything.
 *
 * Applying without need is the classic leak of operators: every write wakes every watcher. So what we render is compared
 * with the cached object first, with the semantics of server-side apply: what we do not render is none of our business,
 * unless we have applied it before and want it gone.
 */
import { isRecord } from './api-error.ts'
import { deepEqual } from './equal.ts'
import type { KubeObject, ObjectMeta, OwnerReference, RenderedObject } from './kind.ts'
import { type FieldSet, missingField } from './ownership.ts'

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

/** Remembers what was applied in vain, by servers that prune or default what we send: the comparison would never end. */
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
  if (!isRecord(written)) return written === undefined && !deepEqual(before, after)
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
 * Like server-side apply, `null` and absent are the same, maps are merged and lists are replaced. While a list is ours,
 * what the server has added to its items are defaults: somebody else's change would have taken the list from us.
 */
function subsetDifference(
  wanted: unknown,
  actual: unknown,
  path: string,
  owned: FieldSet | undefined,
): string | undefined {
  if (wanted === undefined || wanted === null) return undefined
  if (Array.isArray(wanted)) return isSameList(wanted, actual, owned) ? undefined : path
  if (!isRecord(wanted)) return wanted === actual ? undefined : path
  if (!isRecord(actual)) return path
  for (const key in wanted) {
    const found = subsetDifference(wanted[key], actual[key], `${path}.${key}`, owned?.[`f:${key}`])
    if (found !== undefined) return found
  }
  return undefined
}

function isSameList(wanted: readonly unknown[], actual: unknown, owned: FieldSet | undefined): boolean {
  if (deepEqual(wanted, actual)) return true
  if (!owned || !Array.isArray(actual)) return false
  // A list map or set: ours are among the items; which of them are no longer wanted, the field set tells.
  if (Object.keys(owned).length > 0) return wanted.every((item) => actual.some((other) => isSubset(item, other)))
  return wanted.length === actual.length && wanted.every((item, i) => isSubset(item, actual[i]))
}

function isSubset(wanted: unknown, actual: unknown): boolean {
  if (wanted === undefined || wanted === null) return true
  if (Array.isArray(wanted)) return isSameList(wanted, actual, {})
  if (!isRecord(wanted)) return wanted === actual
  return isRecord(actual) && Object.keys(wanted).every((key) => isSubset(wanted[key], actual[key]))
}

function metadataDifference(rendered: RenderedObject, cached: KubeObject, owned: FieldSet): string | undefined {
  const { ownerReferences, resourceVersion: _, ...rest } = rendered.metadata
  const path = subsetDifference(rest, cached.metadata, 'metadata', owned['f:metadata'])
  if (path !== undefined) return path
  // A list map by uid: references of others beside ours are fine.
  const owners = cached.metadata.ownerReferences ?? []
  const has = (wanted: OwnerReference) => owners.some((owner) => owner.uid === wanted.uid && isSubset(wanted, owner))
  return (ownerReferences ?? []).every(has) ? undefined : 'metadata.ownerReferences'
}
