/** A promise that is resolved from outside: what `Promise.withResolvers` gives, which Node 20 lacks. */
export interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

/** A promise that waits for its `resolve`. */
export function deferred(): Deferred {
  let resolve!: () => void
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
