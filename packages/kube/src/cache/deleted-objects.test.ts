import { expect, it } from 'vitest'
import { DeletedObjects } from './deleted-objects.ts'

const twoPlaces = () => {
  const deleted = new DeletedObjects()
  deleted.add('here', '7', 'a')
  deleted.add('there', '7', 'b')
  return deleted
}

it('a list of one namespace says nothing of the deletions in another', () => {
  const deleted = twoPlaces()
  deleted.passedBy(new Set(), '9', 'a')
  expect([deleted.has('here'), deleted.has('there')]).toEqual([false, true])
})

it('a namespace that is no longer watched takes its deletions with it and no others', () => {
  const deleted = twoPlaces()
  deleted.forgetPart('b')
  expect([deleted.has('here'), deleted.has('there')]).toEqual([true, false])
})
