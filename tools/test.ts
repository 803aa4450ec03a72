/**
 * Runs every test there is and ends with the plain line "N passed, N failed, N skipped".
 *
 *     npm test                       everything
 *     npm test -- packages/core      what vitest finds under that path
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../apps/operator/bundle.ts'
import { binaries } from '../testbed/src/index.ts'

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

const filters = process.argv.slice(2)
// Built here and not inside a test, where minutes without a word would look like a hang.
await binaries((line) => console.log(line))
console.log(`operator bundled: ${await bundle()}`)

const folder = mkdtempSync(join(tmpdir(), 'exposedapi-test-'))
const file = join(folder, 'report.json')
const code = await vitest(['run', ...filters, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
const report = read(file)
rmSync(folder, { recursive: true })

const skipped = report.testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped'),
)
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
// A file that could not be loaded has no tests to count, yet nothing of it has passed.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
)
for (const { name, message } of broken) console.log(`failed to run: ${name}: ${message}`)
const failed = report.numFailedTests + broken.length
console.log(
  `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`,
)
process.exitCode = code !== 0 || failed > 0 ? 1 : 0

function vitest(args: readonly string[]): Promise<number> {
  const child = spawn('vitest', args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (exitCode) => resolve(exitCode ?? 1))
  })
}

function read(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch {
    // vitest wrote no report: it could not even start.
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  }
}
