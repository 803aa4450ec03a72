/**
 * Knows when the API server answers again.
 *
 * After a minute's outage each watch waits for half a minute or more. The first request that succeeds proves that all of
 * them may try again.
 */

/** One API server, reachable or not. */
export class Reachability {
  readonly #waiting = new Set<() => void>()
  #isLost = false

  /** A request got no answer. */
  failed(): void {
    this.#isLost = true
  }

  /** A request succeeded. */
  succeeded(): void {
    if (!this.#isLost) return
    this.#isLost = false
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** Calls once when the API server is back. Returns how to withdraw. */
  onceBack(wake: () => void): () => void {
    this.#waiting.add(wake)
    return () => this.#waiting.delete(wake)
  }
}
