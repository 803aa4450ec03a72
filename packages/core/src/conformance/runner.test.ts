/** The suite on several test runners: facts become tests, and what is skipped keeps its name and says why. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { THREE_FACTS } from '../../test/three-facts.ts'
import { register } from './runner.ts'

const GOOD = THREE_FACTS.map(({ title, facts }) => ({ title, facts: facts.slice(0, 2) }))

describe('on vitest', () => {
  register('with it.skip', GOOD, { describe, it })
  register('without', GOOD, { describe, it: (name, body) => it(name, body) })

  it('skips by name, and says why', ({ task }) => {
    const told = testsIn(task.file.tasks as readonly Told[]).filter(({ name }) => name.includes('is not asked'))
    expect(told).toEqual([
      { name: 'is not asked (skipped: nobody can answer)', mode: 'skip', note: undefined },
      { name: 'is not asked', mode: 'skip', note: 'nobody can answer' },
    ])
  })
})

interface Told {
  readonly name: string
  readonly mode: string
  readonly tasks?: readonly Told[]
  readonly result?: { readonly note?: string | undefined } | undefined
}

function testsIn(tasks: readonly Told[]): readonly { name: string; mode: string; note: string | undefined }[] {
  return tasks.flatMap(({ name, mode, tasks: inner, result }) =>
    inner ? testsIn(inner) : [{ name, mode, note: result?.note }],
  )
}

describe('on node:test', () => {
  const file = new URL('../../test/on-node-test.ts', import.meta.url).pathname
  const args = ['--conditions=@exposedapi/source', '--test-reporter=tap', file]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH } })
  const lines = stdout.split('\n').map((line) => line.trim())

  it('runs the whole suite', () => {
    expect(
      lines.filter((line) => /^ok \d+ - (routes|settles|never throws|spec\.port)/.test(line)).length,
    ).toBeGreaterThan(3)
    expect(stdout).not.toMatch(/not ok \d+ - gateway adapter null/)
  })

  it('skips by name, and says why', () => {
    const told = lines.filter((line) => line.includes('is not asked'))
    expect(told.map((line) => line.replace(/^ok \d+ - /, '')).filter((line) => line.includes('# SKIP'))).toEqual([
      'is not asked (skipped: nobody can answer) # SKIP',
      'is not asked # SKIP nobody can answer',
    ])
  })

  it('fails, and says what is wrong', () => {
    expect(status).toBe(1)
    expect(stdout).toContain('# fail 2')
    expect(stdout).toContain('what there is: a.0 is 1 instead of 2')
  })
})

it('does not take what a runner cannot skip for a fact that holds', () => {
  const run = (body: () => void) => body()
  const bare = { describe: (_: string, body: () => void) => body(), it: (_: string, body: () => void) => run(body) }
  expect(() => register('bare', GOOD, bare)).toThrow('this runner cannot skip "is not asked" (nobody can answer)')
})
