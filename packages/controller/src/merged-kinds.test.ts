import type { Kind, KubeObject } from '@exposedapi/core'
import { expect, it } from 'vitest'
import { withMergedKinds } from './merged-kinds.ts'

const raw = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', labels: { app: 'shop' }, annotations: { note: 'x' } },
  status: { phase: 'Running' },
  spec: { nodeName: 'n' },
}
const head = { apiVersion: 'v1', kind: 'Pod' }
const LABELS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  project: ({ metadata: { name, labels } }) => ({ ...head, metadata: { name, ...(labels && { labels }) } }),
}
const PHASE: Kind = {
  ...LABELS,
  project: (object) => {
    const { name, annotations } = object.metadata
    const phase = (object as typeof raw).status.phase
    return { ...head, metadata: { name, ...(annotations && { annotations }) }, phase } as KubeObject
  },
}
const read = (kind: Kind) => ({ kind, use: 'read' }) as const

it('two Kinds of one resource become one, which keeps what either keeps and nothing else', () => {
  const [labels, phase] = withMergedKinds([read(LABELS), { ...read(PHASE), optional: true }])
  expect(labels?.kind).toBe(phase?.kind)
  expect(labels?.kind.project(raw)).toEqual({ ...head, metadata: raw.metadata, phase: 'Running' })
  expect([labels?.optional, phase?.optional]).toEqual([undefined, true])
})

it.each([
  { because: 'another resource', kinds: [LABELS, { ...PHASE, plural: 'services' }] },
  { because: 'the same plural in another group', kinds: [LABELS, { ...PHASE, group: 'metrics.k8s.io' }] },
  { because: 'other versions: no cache can hold both', kinds: [LABELS, { ...PHASE, versions: ['v2'] }] },
  { because: 'one Kind, used twice', kinds: [LABELS, LABELS] },
])('leaves Kinds as they are: $because', ({ kinds }) => {
  for (const [at, { kind }] of withMergedKinds(kinds.map(read)).entries()) expect(kind).toBe(kinds[at])
})
