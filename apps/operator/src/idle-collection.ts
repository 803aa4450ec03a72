/**
 * Collects garbage while nothing happens.
 *
 * V8 collects when somebody asks for memory. An operator asks for much of it at its start and for none afterwards, so what
 * the start has left behind would stay for ever: 60 MiB at 5,000 APIs.
 */
import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

const MIB = 2 ** 20
const LOOK_EVERY_MS = 1000
/** Share of the time in which the event loop works. An operator without work needs a thousandth. */
const IDLE = 0.05

/** What the collection stands on. */
export interface IdleCollectionOptions {
  /** Share of the time since the last call in which the event loop worked, 0 to 1. */
  readonly utilization: () => number
  /** Bytes in use. */
  readonly heapBytes: () => number
  /** Stops the world for some ten to a hundred ms. */
  readonly collect: () => void
}

/**
 * To be called each second. Collects when nothing was done since the last call, and enough garbage may have come since the
 * last collection: 16 MiB, or a quarter of what was in use then.
 */
export function idleCollection({ utilization, heapBytes, collect }: IdleCollectionOptions): () => void {
  let kept = 0
  return () => {
    if (utilization() > IDLE || heapBytes() - kept < Math.max(16 * MIB, kept / 4)) return
    collect()
    kept = heapBytes()
  }
}

/** Begins, if Node was started with `--expose-gc`; ends with the process. */
export function collectWhenIdle(): void {
  const { gc } = globalThis
  if (!gc) return
  const look = idleCollection({
    utilization: utilizationSinceLast(),
    heapBytes: () => getHeapStatistics().used_heap_size,
    collect: () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  })
  setInterval(look, LOOK_EVERY_MS).unref()
}

function utilizationSinceLast(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
