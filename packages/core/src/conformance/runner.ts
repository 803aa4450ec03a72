/** How facts become tests of whatever test runner there is. */
import type { Fact, Subject } from './facts.ts'

/** What is used of a runner: the `describe` and `it` of vitest, node:test, mocha, jest and their like. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: It
}

/** Registers a test. */
export interface It {
  // biome-ignore lint/suspicious/noExplicitAny: each runner has a context of its own, of which at most `skip` is used.
  (name: string, body: (context?: any) => void, timeoutMs?: number): unknown
  /** Registers a test that is not run. Without it the test's own context must know how to skip. */
  readonly skip?: (name: string, body: () => void) => unknown
}

/** A fact takes a second at most; on a machine that is busy with others, some runners would stop it after a few. */
const TIMEOUT_MS = 60_000

/** Registers all facts under one title. What is skipped keeps its name, and the reason stands behind it. */
export function register(title: string, subjects: readonly Subject[], { describe, it }: Runner): void {
  describe(title, () => {
    for (const { title: about, facts } of subjects) {
      describe(about, () => {
        for (const one of facts) registerFact(one, it)
      })
    }
  })
}

function registerFact({ name, holds, skipped }: Fact, it: It): void {
  if (skipped === undefined) {
    // Without parameters: some runners take a parameter to mean a test that tells when it is done.
    it(name, () => holds(), TIMEOUT_MS)
  } else if (it.skip) {
    it.skip(`${name} (skipped: ${skipped})`, () => {})
  } else {
    it(name, (context?: { readonly skip?: (reason: string) => unknown }) => {
      if (!context?.skip) throw new Error(`this runner cannot skip "${name}" (${skipped}): give it an it.skip`)
      context.skip(skipped)
    })
  }
}
