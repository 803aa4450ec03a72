/**
 * Runs every test there is and ends with the plain line "N passed, N failed, N skipped".
 *
 *     npm test                       everything: on the test bed, then through a real mesh
 *     npm test -- packages/core      what vitest finds under that path, without the mesh
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '@exposedapi/operator/bundle'
import { binaries, progressTo } from '@exposedapi/testbed'

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** The outcome of one run of vitest. */
interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const MESH = ['--conditions=@exposedapi/source', new URL('../tests/mesh/run.ts', import.meta.url).pathname]

const filters = process.argv.slice(2)
// Built here and not inside a test, where minutes without a word would look like a hang.
await binaries(progressTo(process.stdout))
console.log(`operator bundled: ${await bundle()}`)

const outcomes = [await outcomeOf('vitest', ['run', ...filters])]
if (filters.length === 0) outcomes.push(await outcomeOf(process.execPath, MESH))
const total = (what: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[what], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') > 0 ? 1 : 0

/** Runs a command that passes its arguments on to vitest, and counts. */
async function outcomeOf(command: string, args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'exposedapi-test-'))
  const file = join(folder, 'report.json')
  const code = await run(command, [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
  rmSync(folder, { recursive: true })
  // No report: it could not start, or it has said why it may not run here.
  return report ? counted(report, code) : { passed: 0, failed: code === 0 ? 0 : 1, skipped: code === 0 ? 1 : 0 }
}

function counted(report: Report, code: number): Outcome {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const skipped = tests.filter(({ status }) => status === 'pending' || status === 'skipped')
  for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
  // A file that could not be loaded has no tests to count, yet nothing of it has passed.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  for (const { name, message } of broken) console.log(`failed to run: ${name}: ${message}`)
  const failed = report.numFailedTests + broken.length
  // An error outside of all tests, such as an unhandled rejection, fails the run without failing a test.
  const unexplained = code !== 0 && failed === 0 ? 1 : 0
  return {
    passed: report.numPassedTests,
    failed: failed + unexplained,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (exitCode) => resolve(exitCode ?? 1))
  })
}
