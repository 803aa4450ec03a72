/** The last line of `npm test` is as true as the report that it adds up. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Outcome, REPORT } from './vitest-report.ts'

const ROOT = join(import.meta.dirname, '..')
const REPORTS = join(import.meta.dirname, 'reports') // not in git

const FILES: Readonly<Record<string, string>> = {
  'each.test.ts': `
    it('passes', () => expect(1).toBe(1))
    it('fails', () => expect(1).toBe(2))
    it('is skipped for a reason', ({ skip }) => skip('no cluster'))
    it.skip('is skipped for none', () => undefined)`,
  'hook.test.ts': `
    describe('a suite', () => {
      beforeAll(() => { throw new Error('no set-up') })
      it('never runs', () => undefined)
    })`,
  'load.test.ts': `throw new Error('no import')`,
  'stray.test.ts': `it('leaves a rejection behind', () => { void Promise.reject(new Error('nobody waits')) })`,
}

let folder: string
let outcome: Outcome

beforeAll(() => {
  mkdirSync(REPORTS, { recursive: true })
  folder = mkdtempSync(join(REPORTS, 'outcome-'))
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, it } from 'vitest'\n${text}\n`)
  spawnSync('vitest', ['run', '--root', folder, `--reporter=${join(import.meta.dirname, 'vitest-report.ts')}`], {
    encoding: 'utf8',
  })
  outcome = JSON.parse(readFileSync(join(folder, REPORT), 'utf8'))
})

afterAll(() => rmSync(folder, { recursive: true }))

function here(name: string): string {
  return `${relative(ROOT, folder)}/${name}`
}

it('counts what has passed', () => {
  expect(outcome.passed).toBe(2)
})

it('names what has failed: tests, hooks, files that do not load, and errors outside of all tests', () => {
  expect(outcome.failed.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'an error outside of all tests', reason: 'nobody waits' },
    { name: here('each.test.ts > fails'), reason: expect.stringContaining('expected 1 to be 2') },
    { name: here('hook.test.ts'), reason: 'no set-up' },
    { name: here('load.test.ts'), reason: 'no import' },
  ])
})

it('names what was skipped, with the reason where there is one', () => {
  expect(outcome.skipped).toEqual([
    { name: here('each.test.ts > is skipped for a reason'), reason: 'no cluster' },
    { name: here('each.test.ts > is skipped for none') },
    { name: here('hook.test.ts > a suite > never runs') },
  ])
})
