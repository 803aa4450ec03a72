/**
 * Writes the outcome of a run to `reports/test.json` in vitest's root. It is the output of the nx target `test`, so a result
 * that nx has kept counts like a fresh one; vitest's own JSON report does not say why a test was skipped.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** Where an outcome is, below the folder of its tests. */
export const REPORT = 'reports/test.json'

/** A test or a file, and why it did not pass, where that is known. */
export interface Remark {
  readonly name: string
  readonly reason?: string | undefined
}

/** What came of a run. */
export interface Outcome {
  readonly passed: number
  readonly failed: readonly Remark[]
  readonly skipped: readonly Remark[]
}

/** The reporter, for `vitest --reporter=`. */
export default class OutcomeReporter implements Reporter {
  #root = ''

  onInit({ config }: Vitest): void {
    this.#root = config.root
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message?: string }[]): void {
    const outcomes = modules.map(outcomeOf)
    writeOutcome(this.#root, {
      passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
      failed: [
        ...outcomes.flatMap(({ failed }) => failed),
        // An error outside of all tests, such as an unhandled rejection, fails the run without failing a test.
        ...errors.map(({ message }) => ({ name: 'an error outside of all tests', reason: message })),
      ],
      skipped: outcomes.flatMap(({ skipped }) => skipped),
    })
  }
}

/** Leaves an outcome in a folder. */
export function writeOutcome(folder: string, outcome: Outcome): void {
  const file = join(folder, REPORT)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(outcome, undefined, 2))
}

function outcomeOf(module: TestModule): Outcome {
  const tests = [...module.children.allTests()]
  const of = (...states: readonly string[]) => tests.filter((test) => states.includes(test.result().state))
  // A test that never came to its end, because its process died, has not passed either.
  const failed = of('failed', 'pending').map(remark)
  // A file that could not be loaded, or a hook of it that failed, has no test to blame.
  const broken = module.ok() || failed.length > 0 ? [] : [{ name: fileOf(module), reason: errorOf(module) }]
  return { passed: of('passed').length, failed: [...failed, ...broken], skipped: of('skipped').map(remark) }
}

function remark(test: TestCase): Remark {
  const result = test.result()
  const reason = result.state === 'skipped' ? result.note : result.errors?.[0]?.message
  return { name: `${fileOf(test.module)} > ${test.fullName}`, reason }
}

function fileOf({ moduleId }: TestModule): string {
  return relative(join(import.meta.dirname, '..'), moduleId)
}

function errorOf(module: TestModule): string | undefined {
  const errors = [...module.children.allSuites()].flatMap((suite) => suite.errors())
  return [...module.errors(), ...errors][0]?.message
}
