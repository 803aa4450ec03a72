/** Waits for a condition that the event loop will bring about, looking once a turn. Fails after 5 s. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const end = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not come true within 5 s`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Lets everything that is already under way on local sockets happen: for proofs that nothing more comes. */
export function turns(count = 50): Promise<void> {
  return new Promise((resolve) => {
    const next = (left: number) => (left === 0 ? resolve() : setImmediate(next, left - 1))
    next(count)
  })
}
