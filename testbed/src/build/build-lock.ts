import { mkdir, rm, stat, utimes } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A lock whose holder showed no sign of life for this long is taken over. */
const STALE_MS = 30_000
const HEARTBEAT_MS = 2_000
const POLL_MS = 500

/**
 * Runs `work` while holding a lock that other processes respect. The lock is a directory: making one is atomic.
 *
 * It saves time, it does not guard data: after a take-over two holders are possible, so `work` must be safe to run twice at once.
 * `waiting` is called where the lock is taken, to wait and perhaps to tell of it.
 */
export async function withLock<T>(
  lock: string,
  work: () => Promise<T>,
  waiting: (wait: () => Promise<void>) => Promise<void> = (wait) => wait(),
): Promise<T> {
  if (!(await taken(lock))) await waiting(() => untilTaken(lock))
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(lock, now, now).catch(() => undefined) // taken over, see above
  }, HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await rm(lock, { recursive: true, force: true })
  }
}

async function untilTaken(lock: string): Promise<void> {
  while (!(await taken(lock))) {
    if (await isStale(lock)) await rm(lock, { recursive: true, force: true })
    else await sleep(POLL_MS)
  }
}

/** Tries to take it; false: somebody holds it. */
async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isStale(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS
}
