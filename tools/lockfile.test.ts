import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('package-lock.json names every optional package of other platforms, or npm ci would fail there', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/complete-lockfile.ts', '--check'], {
    cwd: new URL('..', import.meta.url).pathname,
    encoding: 'utf8',
  })
  expect(stdout + stderr).toContain('complete for all platforms')
  expect(status).toBe(0)
})
