import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './build-lock.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'testbed-lock-'))
})
afterEach(async () => rm(folder, { recursive: true }))

test('one works while the other waits', async () => {
  const lock = join(folder, 'lock')
  const log: string[] = []
  const first = Promise.withResolvers<void>()
  const holding = withLock(lock, () => first.promise.then(() => log.push('first')))
  const waiting = withLock(
    lock,
    async () => log.push('second'),
    (wait) => {
      first.resolve()
      return wait()
    },
  )
  await Promise.all([holding, waiting])
  expect(log).toEqual(['first', 'second'])
})

test('failed work frees the lock', async () => {
  const lock = join(folder, 'lock')
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const neverWait = () => Promise.reject(new Error('the lock is taken'))
  expect(await withLock(lock, async () => 'free', neverWait)).toBe('free')
})

test('a lock whose holder died is taken over', async () => {
  const lock = join(folder, 'lock')
  await mkdir(lock)
  const aMinuteAgo = new Date(Date.now() - 60_000)
  await utimes(lock, aMinuteAgo, aMinuteAgo)
  expect(await withLock(lock, async () => 'taken')).toBe('taken')
})
