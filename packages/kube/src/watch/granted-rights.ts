/**
 * Tells those who lack a right that another one has been granted.
 *
 * Rights are granted in bundles: the first that turns out to be there proves that the others are worth a try, however long
 * they would still have waited.
 */

/** The rights of one operator on one API server. */
export class GrantedRights {
  readonly #lacking = new Set<() => void>()

  /** Something that was forbidden is allowed. */
  granted(): void {
    const lacking = [...this.#lacking]
    this.#lacking.clear()
    for (const wake of lacking) wake()
  }

  /** Calls once when a right has been granted. Returns how to withdraw. */
  onceGranted(wake: () => void): () => void {
    this.#lacking.add(wake)
    return () => this.#lacking.delete(wake)
  }
}
