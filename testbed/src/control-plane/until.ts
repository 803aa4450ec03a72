import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks every 50 ms until the answer is not undefined or false, and returns it. Throws at the deadline, naming what it waited
 * for, such as `etcd to be ready`; the question's own errors pass.
 */
export async function until<T>(
  awaited: string,
  ask: () => Promise<T | false | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > end) throw new Error(`testbed: timed out after ${deadlineMs / 1000} s waiting for ${awaited}`)
    await sleep(50)
  }
}
