import type { Index, Kind, KindUse } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { MemoryView } from '../../cluster/memory-view.ts'
import type { Finding } from '../../findings/finding.ts'
import { evidenced, type Witness, witnessed } from './witness.ts'

const EDGE: Kind = {
  group: 'acme.example',
  versions: ['v1'],
  kind: 'Edge',
  plural: 'edges',
  project: (object) => object,
}
const BY_COLOR: Index = { name: 'edges.color', kind: EDGE, values: () => [] }
const bad: Finding = { condition: 'AddressAssigned', status: 'False', reason: 'GatewayNotFound', message: 'No edge.' }
const advice: Finding = { ...bad, status: 'True', reason: 'Assigned' }

function witness(forbidden: readonly string[], use: Partial<KindUse> = {}): Witness {
  const view = new MemoryView()
  if (forbidden.length > 0) view.forbid(EDGE, ...forbidden)
  return witnessed(view, [{ kind: EDGE, use: 'read', ...use }], 'ours')
}

describe('what was read and may not be read', () => {
  it.each<{ because: string; seen: Witness; read: (seen: Witness) => unknown; unseen: string | undefined }>([
    { because: 'nothing was read', seen: witness(['']), read: () => {}, unseen: 'nothing' },
    {
      because: 'it may be read',
      seen: witness(['theirs']),
      read: ({ view }) => view.get(EDGE, 'ours', 'a'),
      unseen: 'nothing',
    },
    { because: 'a name', seen: witness(['ours']), read: ({ view }) => view.get(EDGE, 'ours', 'a'), unseen: 'ours' },
    {
      because: 'existence',
      seen: witness(['ours']),
      read: ({ view }) => view.exists(EDGE, 'ours', 'a'),
      unseen: 'ours',
    },
    { because: 'an index', seen: witness(['ours']), read: ({ view }) => view.by(BY_COLOR, 'red'), unseen: 'ours' },
    {
      because: 'an index is asked about the namespace of the API',
      seen: witness(['theirs']),
      read: ({ view }) => view.by(BY_COLOR, 'red'),
      unseen: 'nothing',
    },
    {
      because: 'unless the adapter looks everywhere',
      seen: witness(['theirs'], { scope: 'cluster' }),
      read: ({ view }) => view.by(BY_COLOR, 'red'),
      unseen: 'everywhere',
    },
    {
      because: 'what it owns is in the namespace of the API',
      seen: witness(['theirs'], { scope: 'cluster', use: 'own' }),
      read: ({ view }) => view.by(BY_COLOR, 'red'),
      unseen: 'nothing',
    },
    {
      because: 'it has asked',
      seen: witness(['ours']),
      read: ({ view }) => [view.get(EDGE, 'ours', 'a'), view.readable(EDGE, 'ours')],
      unseen: 'nothing',
    },
  ])('$unseen: $because', ({ seen, read, unseen }) => {
    read(seen)
    const found = seen.unseen()
    expect(found ? (found.namespace ?? 'everywhere') : 'nothing').toBe(unseen)
  })
})

describe('findings', () => {
  const blind = witness(['ours'])
  blind.view.get(EDGE, 'ours', 'a')

  it('that are good, or advice, need nothing', () => {
    expect(evidenced([advice], blind)).toEqual([advice])
  })

  it('that are bad are not certain where something may not be read', () => {
    const [first, doubt] = evidenced([advice, bad], blind)
    expect(first).toBe(advice)
    expect(doubt).toMatchObject({ condition: 'AddressAssigned', status: 'Unknown', reason: 'NotReadable' })
    expect(doubt?.message).toBe(
      'edges.acme.example in namespace ours cannot be read (yet): the operator needs the right to list and watch them. Therefore this is uncertain: No edge.',
    )
  })

  it('that are bad stay where all may be read', () => {
    const seeing = witness([])
    seeing.view.get(EDGE, 'ours', 'a')
    expect(evidenced([bad], seeing)).toEqual([bad])
  })
})
