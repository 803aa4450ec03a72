/** What happens when an adapter throws: it costs the API that was asked about its news, and no other API anything. */

/** An adapter threw, though no state of a cluster may make it. */
export class AdapterFault extends Error {
  override readonly name = 'AdapterFault'
  /** Name of the adapter. */
  readonly adapter: string

  constructor(adapter: string, cause: unknown) {
    super(`adapter ${adapter} threw: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.adapter = adapter
  }
}

/** Asks an adapter. Throws an AdapterFault if it throws. */
export function asked<T>(adapter: string, question: () => T): T {
  try {
    return question()
  } catch (cause) {
    throw cause instanceof AdapterFault ? cause : new AdapterFault(adapter, cause)
  }
}

/** The answer, or the fault. Faults of our own are thrown as ever. */
export function answerOf<T>(question: () => T): T | AdapterFault {
  try {
    return question()
  } catch (error) {
    if (error instanceof AdapterFault) return error
    throw error
  }
}
