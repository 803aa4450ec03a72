/**
 * Runs every test there is and ends with the plain line "N passed, N failed, N skipped".
 *
 *     npm test                       everything; nx keeps the results of projects that no change has touched
 *     npm test -- packages/core      what vitest finds under that path, without the mesh
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Outcome, REPORT, type Remark } from './vitest-report.ts'

/** A command, and the folders in which it leaves a report each. */
interface Run {
  readonly command: string
  readonly args: readonly string[]
  readonly folders: readonly string[]
}

const ROOT = join(import.meta.dirname, '..')
/** Two tasks at once at most: a project that starts control planes has the machine to itself. */
const NX = ['run-many', '--output-style=static', '--parallel=2', '--target']

const filters = process.argv.slice(2)
const outcomes: Outcome[] = []
for (const run of filters.length > 0 ? some(filters) : everything()) outcomes.push(...(await outcomesOf(run)))
const [failed, skipped] = [outcomes.flatMap((each) => each.failed), outcomes.flatMap((each) => each.skipped)]
for (const remark of skipped) console.log(`skipped: ${sentence(remark)}`)
for (const remark of failed) console.log(`failed: ${sentence(remark)}`)
const passed = outcomes.reduce((sum, each) => sum + each.passed, 0)
console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
process.exitCode = failed.length > 0 ? 1 : 0

function everything(): readonly Run[] {
  return [
    { command: 'nx', args: [...NX, 'test'], folders: foldersWithTests() },
    { command: 'nx', args: [...NX, 'mesh'], folders: ['tests/mesh'] },
  ]
}

/** Straight through vitest, so that its options and names of files work. */
function some(filters: readonly string[]): readonly Run[] {
  const args = ['run', ...filters, '--reporter=default', '--reporter=./tools/vitest-report.ts']
  const vitest = { command: 'vitest', args, folders: ['.'] }
  // The test bed is built here and not inside a test, where minutes without a word would look like a hang.
  const needsTestBed = !filters.every((filter) => /^(packages|apps|tools)\b/.test(filter))
  return needsTestBed ? [{ command: 'nx', args: [...NX, 'programs'], folders: [] }, vitest] : [vitest]
}

function foldersWithTests(): readonly string[] {
  const { workspaces } = manifest('.')
  const manifests = (workspaces ?? []).map((folder) => join(folder, 'package.json'))
  return globSync(manifests, { cwd: ROOT })
    .map(dirname)
    .filter((folder) => manifest(folder).scripts?.test !== undefined)
}

function manifest(folder: string): {
  readonly workspaces?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
} {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
}

async function outcomesOf({ command, args, folders }: Run): Promise<readonly Outcome[]> {
  // What an earlier run has left must not be counted; what nx has kept it puts back.
  for (const folder of folders) rmSync(join(ROOT, folder, REPORT), { force: true })
  const code = await exitCodeOf(command, args)
  const outcomes = folders.map(reported)
  const explained = code === 0 || outcomes.some((outcome) => outcome.failed.length > 0)
  return explained ? outcomes : [...outcomes, failure(`${command} ${args.join(' ')}`, `exit code ${code}`)]
}

function reported(folder: string): Outcome {
  const file = join(ROOT, folder, REPORT)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : failure(folder, 'its tests could not start')
}

function failure(name: string, reason: string): Outcome {
  return { passed: 0, failed: [{ name, reason }], skipped: [] }
}

function sentence({ name, reason }: Remark): string {
  return reason === undefined ? name : `${name}: ${reason.split('\n', 1)[0]}`
}

function exitCodeOf(command: string, args: readonly string[]): Promise<number> {
  // Without its daemon nx looks at the outputs themselves.
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' }
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (exitCode) => resolve(exitCode ?? 1))
  })
}
