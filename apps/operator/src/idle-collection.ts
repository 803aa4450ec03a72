/**
 * Collects garbage while nothing happens.
 *
 * V8 collects when somebody asks for memory. An operator asks for much of it at its start and for none afterwards, so what
 * the start has left behind would stay for ever: 60 MiB at 5,000 APIs.
 */
import { getHeapStatistics } from 'node:v8'

const MIB = 2 ** 20
const LOOK_EVERY_MS = 1000

/** What the collection stands on. */
export interface IdleCollectionOptions {
  /** Bytes in use. */
  readonly heapBytes: () => number
  /** Stops the world for some ten to a hundred ms. */
  readonly collect: () => void
}

/**
 * To be called each second. Collects when nothing was allocated since the last call, and enough garbage may have come since
 * the last collection: 16 MiB, or a quarter of what was in use then.
 */
export function idleCollection({ heapBytes, collect }: IdleCollectionOptions): () => void {
  let kept = 0
  let last = 0
  return () => {
    const used = heapBytes()
    const isIdle = Math.abs(used - last) < MIB / 2
    last = used
    if (!isIdle || used - kept < Math.max(16 * MIB, kept / 4)) return
    collect()
    last = kept = heapBytes()
  }
}

/** Begins, if Node was started with `--expose-gc`; ends with the process. */
export function collectWhenIdle(): void {
  const { gc } = globalThis
  if (!gc) return
  const collect = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  setInterval(idleCollection({ heapBytes: () => getHeapStatistics().used_heap_size, collect }), LOOK_EVERY_MS).unref()
}
