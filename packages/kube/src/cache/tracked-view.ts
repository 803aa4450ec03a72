/**
 * Who has read what.
 *
 * Each read of a view is remembered as a key under the name of its reader. A change touches keys, and so names exactly
 * the readers that must decide again; nobody writes watch mappings.
 */
import {
  existenceKey,
  type Index,
  indexKey,
  type Kind,
  type KubeObject,
  nameKey,
  readableKey,
  servesKey,
  type View,
} from '@exposedapi/objects'

/** Something that was read, and by whom: one reader by itself, several as a set. Most keys have one reader. */
interface ReadPoint {
  readonly key: string
  readers: Reads | Set<Reads>
}

/** What one reader has read. */
interface Reads {
  readonly reader: string
  /** Those of its present view, in the order of the first read, then those of the view before only. */
  readonly points: ReadPoint[]
  /** How many belong to the present view. */
  count: number
}

/**
 * Remembers reads in both directions.
 *
 * A reader mostly reads what it has read the last time, in the same order. So its earlier reads are not forgotten when its
 * next view begins, but confirmed one after the other; what is not confirmed does not count, and goes with the view after.
 */
export class ReadTracker {
  readonly #points = new Map<string, ReadPoint>()
  readonly #reads = new Map<string, Reads>()

  /** Begins the next view of a reader: what it has read before no longer counts. */
  begin(reader: string): (key: string) => void {
    let reads = this.#reads.get(reader)
    if (!reads) {
      reads = { reader, points: [], count: 0 }
      this.#reads.set(reader, reads)
    }
    this.#cut(reads, reads.count)
    reads.count = 0
    const present = reads
    return (key) => this.#record(present, key)
  }

  /** Forgets all reads of a reader. */
  forget(reader: string): void {
    const reads = this.#reads.get(reader)
    if (!reads) return
    this.#reads.delete(reader)
    this.#cut(reads, 0)
    reads.count = 0
  }

  /** The readers of any of these keys. A fresh set: the caller may change it. */
  dependents(keys: Iterable<string>): Set<string> {
    const found = new Set<string>()
    for (const key of keys) {
      const point = this.#points.get(key)
      if (!point) continue
      for (const reads of point.readers instanceof Set ? point.readers : [point.readers]) {
        if (reads.points.indexOf(point) < reads.count) found.add(reads.reader)
      }
    }
    return found
  }

  /** How many distinct keys are remembered; for tests of leaks. */
  get size(): number {
    return this.#points.size
  }

  #record(reads: Reads, key: string): void {
    const { points, count } = reads
    if (points[count]?.key === key) {
      reads.count++
      return
    }
    const known = this.#points.get(key)
    const at = known ? points.indexOf(known) : -1
    if (at >= 0 && at < count) return
    const point = known ?? { key, readers: reads }
    if (!known) this.#points.set(key, point)
    else if (at < 0) addReader(known, reads)
    const before = points[count]
    if (before) points[at < 0 ? points.length : at] = before
    points[count] = point
    reads.count++
  }

  /** Drops the reads from the `from`th on. */
  #cut(reads: Reads, from: number): void {
    if (from === reads.points.length) return
    for (const point of reads.points.splice(from)) {
      const others = point.readers instanceof Set && point.readers.delete(reads) ? point.readers.size : 0
      if (others === 0) this.#points.delete(point.key)
    }
  }
}

function addReader(point: ReadPoint, reads: Reads): void {
  if (point.readers instanceof Set) point.readers.add(reads)
  else point.readers = new Set([point.readers, reads])
}

/** A view that remembers every read under `reader`, whose earlier reads are forgotten. */
export function trackedView(base: View, tracker: ReadTracker, reader: string): View {
  const record = tracker.begin(reader)
  return {
    get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) {
      record(nameKey(kind, namespace, name))
      return base.get(kind, namespace, name)
    },
    exists(kind, namespace, name) {
      record(existenceKey(kind, namespace, name))
      return base.exists(kind, namespace, name)
    },
    by<T extends KubeObject>(index: Index<T>, value: string) {
      record(indexKey(index.name, value))
      return base.by(index, value)
    },
    serves(kind) {
      record(servesKey(kind))
      return base.serves(kind)
    },
    readable(kind, namespace) {
      record(readableKey(kind))
      return base.readable(kind, namespace)
    },
  }
}
