import { expect, it } from 'vitest'
import { deferred } from './deferred.ts'

it('waits until it is resolved', async () => {
  const { promise, resolve } = deferred()
  const state = () => Promise.race([promise.then(() => 'resolved'), Promise.resolve().then(() => 'waiting')])
  expect(await state()).toBe('waiting')
  resolve()
  expect(await state()).toBe('resolved')
})
