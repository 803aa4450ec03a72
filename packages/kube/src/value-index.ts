/** Objects found under the values of one index, each value's objects in order of namespace and name. */
import type { KubeObject } from './kind.ts'

/** Order of lists from the API server: namespace first, then name. */
export function compareNames(a: KubeObject, b: KubeObject): number {
  return compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name)
}

/** One for all, so that whoever remembers something by the list finds it again. */
const NONE: readonly never[] = Object.freeze([])

/** A multimap with sorted values. */
export class ValueIndex<T extends KubeObject> {
  readonly #buckets = new Map<string, { objects: T[]; lent: boolean }>()

  /** The array stays as it is: a later change works on a copy. */
  by(value: string): readonly T[] {
    const bucket = this.#buckets.get(value)
    if (!bucket) return NONE
    bucket.lent = true
    return bucket.objects
  }

  /** Adds an object, or replaces the one of its name. */
  add(value: string, object: T): void {
    const bucket = this.#buckets.get(value)
    if (!bucket) {
      this.#buckets.set(value, { objects: [object], lent: false })
      return
    }
    own(bucket)
    const at = position(bucket.objects, object)
    const same = bucket.objects[at]
    bucket.objects.splice(at, same && compareNames(same, object) === 0 ? 1 : 0, object)
  }

  /** Removes the object of that name. */
  delete(value: string, object: T): void {
    const bucket = this.#buckets.get(value)
    if (!bucket) return
    const at = position(bucket.objects, object)
    const same = bucket.objects[at]
    if (!same || compareNames(same, object) !== 0) return
    own(bucket)
    bucket.objects.splice(at, 1)
    if (bucket.objects.length === 0) this.#buckets.delete(value)
  }
}

function own<T>(bucket: { objects: T[]; lent: boolean }): void {
  if (!bucket.lent) return
  bucket.objects = [...bucket.objects]
  bucket.lent = false
}

/** Where the object is or belongs. Lists arrive in order, so the end is tried first. */
function position<T extends KubeObject>(objects: readonly T[], object: T): number {
  let low = 0
  let high = objects.length
  const last = objects[high - 1]
  if (last && compareNames(last, object) < 0) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareNames(objects[middle] as T, object) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
