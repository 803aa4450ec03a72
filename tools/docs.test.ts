import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the tables of docs/ say what the code says', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@exposedapi/source', 'tools/docs.ts', '--check'],
    {
      cwd: new URL('..', import.meta.url).pathname,
      encoding: 'utf8',
    },
  )
  expect(stdout + stderr).toBe('')
  expect(status).toBe(0)
})
