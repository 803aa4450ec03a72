/** Objects found under the values of one index, each value's objects in order of namespace and name. */
import type { KubeObject } from '@exposedapi/objects'

/** Order of lists from the API server: namespace first, then name. */
export function compareNames(a: KubeObject, b: KubeObject): number {
  return compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name)
}

/** One empty list for all, so that what is remembered by the list is found again. */
const NONE: readonly never[] = Object.freeze([])

/** Several objects in order, or one that nobody has asked for yet: most values have one object and no reader. */
class Bucket<T> {
  objects: T[]
  lent = false

  constructor(object: T) {
    this.objects = [object]
  }
}

/** A multimap with sorted values. */
export class ValueIndex<T extends KubeObject> {
  readonly #buckets = new Map<string, Bucket<T> | T>()

  /** The array stays as it is: a later change works on a copy. */
  by(value: string): readonly T[] {
    const bucket = this.#bucket(value)
    if (!bucket) return NONE
    bucket.lent = true
    return bucket.objects
  }

  /** Adds an object, or replaces the one of its name. */
  add(value: string, object: T): void {
    const present = this.#buckets.get(value)
    if (!present || (!(present instanceof Bucket) && compareNames(present, object) === 0)) {
      this.#buckets.set(value, object)
      return
    }
    const { objects } = own(this.#bucket(value) as Bucket<T>)
    const at = position(objects, object)
    const same = objects[at]
    objects.splice(at, same && compareNames(same, object) === 0 ? 1 : 0, object)
  }

  /** Removes the object of that name. */
  delete(value: string, object: T): void {
    const bucket = this.#bucket(value)
    if (!bucket) return
    const at = position(bucket.objects, object)
    const same = bucket.objects[at]
    if (!same || compareNames(same, object) !== 0) return
    own(bucket).objects.splice(at, 1)
    if (bucket.objects.length === 0) this.#buckets.delete(value)
  }

  /** A single object becomes a bucket when it is looked at. */
  #bucket(value: string): Bucket<T> | undefined {
    const present = this.#buckets.get(value)
    if (!present || present instanceof Bucket) return present
    const bucket = new Bucket(present)
    this.#buckets.set(value, bucket)
    return bucket
  }
}

function own<T>(bucket: Bucket<T>): Bucket<T> {
  if (bucket.lent) bucket.objects = [...bucket.objects]
  bucket.lent = false
  return bucket
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
