/**
 * Keeps a writer from being woken by its own write.
 *
 * The watch often echoes a write before its answer arrives. While a write is in flight, its writer is not woken by
 * changes of that object; once the answer is there, it is woken only if they contain more than it wrote.
 */
import type { KubeObject } from '@exposedapi/objects'

/** One write under way. */
export interface WriteInFlight {
  readonly writer: string
  /** The object when the write began. */
  readonly before: KubeObject | undefined
  /** The writer was kept from being woken by a change. */
  muted: boolean
}

/** Writes under way, by object. */
export class OwnEchoes {
  readonly #writes = new Map<string, Set<WriteInFlight>>()

  begin(object: string, writer: string, before: KubeObject | undefined): WriteInFlight {
    const write = { writer, before, muted: false }
    const writes = this.#writes.get(object)
    if (writes) writes.add(write)
    else this.#writes.set(object, new Set([write]))
    return write
  }

  end(object: string, write: WriteInFlight): void {
    const writes = this.#writes.get(object)
    writes?.delete(write)
    if (writes?.size === 0) this.#writes.delete(object)
  }

  /** Takes the writers of this object out of the readers to be woken. */
  mute(object: string, readers: Set<string>): void {
    for (const write of this.#writes.get(object) ?? []) {
      if (readers.delete(write.writer)) write.muted = true
    }
  }
}
