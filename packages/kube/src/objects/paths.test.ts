import { describe, expect, it } from 'vitest'
import { collectionPath, objectPath } from './paths.ts'

describe('paths', () => {
  const things = { group: 'test.io', version: 'v1', plural: 'things' }
  it('are those of Kubernetes', () => {
    expect(collectionPath({ group: '', version: 'v1', plural: 'pods' })).toBe('/api/v1/pods')
    expect(objectPath(things, 'ns', 'a', 'status')).toBe('/apis/test.io/v1/namespaces/ns/things/a/status')
    expect(objectPath(things, '', 'a')).toBe('/apis/test.io/v1/things/a')
  })

  it('cannot be left by a hostile name', () => {
    expect(objectPath(things, 'ns', '../../../api/v1/secrets?x#y')).toBe(
      '/apis/test.io/v1/namespaces/ns/things/..%2F..%2F..%2Fapi%2Fv1%2Fsecrets%3Fx%23y',
    )
    for (const name of ['', '.', '..']) expect(() => objectPath(things, 'ns', name)).toThrow()
  })
})
