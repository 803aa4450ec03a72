import type { RenderedObject } from '@exposedapi/objects'
import { expect, it } from 'vitest'
import { containsBody } from './contains.ts'

const rendered = (spec: unknown): RenderedObject => ({ apiVersion: 'v1', kind: 'T', metadata: { name: 'a' }, spec })

const INHERITED = JSON.parse('{"constructor": {}}')

it.each([
  { because: 'equal', want: true, stored: { a: [{ b: 1 }] }, wanted: { a: [{ b: 1 }] } },
  { because: 'defaults of the server in a map', want: true, stored: { a: 1, d: 2 }, wanted: { a: 1 } },
  {
    because: 'defaults of the server in an item',
    want: true,
    stored: { a: [{ b: 1, d: 2 }] },
    wanted: { a: [{ b: 1 }] },
  },
  { because: 'undefined asks for nothing', want: true, stored: {}, wanted: { a: undefined } },
  { because: 'a field that the server pruned', want: false, stored: {}, wanted: { a: { b: 1 } } },
  { because: 'a field pruned in an item', want: false, stored: { a: [{}] }, wanted: { a: [{ b: 1 }] } },
  { because: 'another value', want: false, stored: { a: 2 }, wanted: { a: 1 } },
  { because: 'a name that all objects inherit', want: false, stored: {}, wanted: INHERITED },
  { because: 'an item more', want: false, stored: { a: [1, 2] }, wanted: { a: [1] } },
  { because: 'a map in the place of a list', want: false, stored: { a: { 0: 1 } }, wanted: { a: [1] } },
])('$because: $want', ({ stored, wanted, want }) => {
  expect(containsBody({ spec: stored }, rendered(wanted))).toBe(want)
})
