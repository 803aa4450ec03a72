/** Objects that are deleted before the watch has shown it: what the watch still says about them comes too late. */
import { isNewer } from '../objects/resource-version.ts'

interface Tombstone {
  readonly version: string
  readonly part: string
}

/** By uid: the last known version and the place of a deleted object, until the watch has passed its deletion. */
export class DeletedObjects {
  readonly #tombstones = new Map<string, Tombstone>()

  get size(): number {
    return this.#tombstones.size
  }

  has(uid: string): boolean {
    return this.#tombstones.has(uid)
  }

  add(uid: string, version: string, part: string): void {
    this.#tombstones.set(uid, { version, part })
  }

  forget(uid: string): void {
    this.#tombstones.delete(uid)
  }

  /** Nothing more will be heard of this place. */
  forgetPart(part: string): void {
    for (const [uid, tombstone] of this.#tombstones) if (tombstone.part === part) this.forget(uid)
  }

  /** A list of a place that does not show them, and is no older than they are, has passed their deletion. */
  passedBy(listed: ReadonlySet<string>, listVersion: string, part: string): void {
    for (const [uid, tombstone] of this.#tombstones) {
      if (tombstone.part === part && !listed.has(uid) && !isNewer(tombstone.version, listVersion)) this.forget(uid)
    }
  }

  clear(): void {
    this.#tombstones.clear()
  }
}
