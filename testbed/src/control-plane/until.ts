import { setTimeout as sleep } from 'node:timers/promises'

/** Asks every 50 ms until the answer is not undefined or false, and returns it. Throws at the deadline; the question's own errors pass. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > end) throw new Error(`testbed: ${what}: not within ${deadlineMs / 1000} s`)
    await sleep(50)
  }
}
