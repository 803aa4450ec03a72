import { describe, expect, it } from 'vitest'
import { THING } from '../testing/things.ts'
import type { Served } from './discovery.ts'
import { ServedByCrds } from './served-by-crds.ts'

const served = (hasStatus: boolean): Served => ({
  version: 'v1',
  apiVersion: 'test.io/v1',
  hasStatus,
  namespaced: true,
})
const crd = (version: string, hasStatus = false, established = 'True') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.test.io' },
  spec: { versions: [{ name: version, served: true, subresources: hasStatus ? { status: {} } : {} }] },
  status: { conditions: [{ type: 'Established', status: established }] },
})

describe('a CRD makes discovery look again', () => {
  it.each([
    { because: 'it says what is served already', of: crd('v1'), known: served(false), confirms: true },
    { because: 'it has gained the status subresource', of: crd('v1', true), known: served(false), confirms: false },
    { because: 'it has lost the status subresource', of: crd('v1'), known: served(true), confirms: false },
    { because: 'its version is another one', of: crd('v1beta1'), known: served(false), confirms: false },
    { because: 'it is not served yet', of: crd('v1'), known: undefined, confirms: false },
    { because: 'it is no longer established', of: crd('v1', false, 'False'), known: served(false), confirms: false },
    { because: 'it serves no version that we read, and none is', of: crd('v9'), known: undefined, confirms: true },
  ])('unless it confirms what is known ($confirms): $because', ({ of, known, confirms }) => {
    const crds = new ServedByCrds([THING])
    expect(crds.note(of)).toBe(true)
    expect(crds.confirms(THING, known)).toBe(confirms)
  })
})
