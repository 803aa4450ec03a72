/** The entries of a Component, which the Component operator makes and counts, and which we keep true. */
import { backend, type Manifest } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { component, isNotReady, isReady, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'
import { operatorWrites } from '../support/writes.ts'

const set = stage({ audit: true })

interface Entry {
  readonly uid?: string
  readonly name?: string
  readonly url?: string
  readonly ready?: boolean
  readonly [key: string]: unknown
}

/** A Component with ready APIs of these names and no status; resolves with the namespace and the uids. */
async function shop(...names: readonly string[]): Promise<{ namespace: string; uids: readonly string[] }> {
  const namespace = await set.namespace()
  const metadata = await component(set.api, namespace)
  const uids: string[] = []
  for (const name of names) {
    await set.api.apply(...served(namespace, name, {}, metadata))
    const api = await set.api.until('ExposedAPI', namespace, name, isReady)
    uids.push(api?.metadata.uid ?? '')
  }
  return { namespace, uids }
}

function write(namespace: string, status: object): Promise<Manifest> {
  return set.api.patch('Component', namespace, 'shop', { status })
}

/** Waits until a list is exactly this. */
async function untilList(namespace: string, list: string, wanted: readonly Entry[]): Promise<void> {
  const sorted = (entries: readonly Entry[]) => JSON.stringify(entries.map((entry) => Object.entries(entry).sort()))
  await set.api.until('Component', namespace, 'shop', (found) => sorted(found?.status?.[list] ?? []) === sorted(wanted))
}

function right(namespace: string, name: string, uid: string | undefined): Entry {
  return { name, uid: uid ?? '', ready: true, url: `https://203.0.113.7/${namespace}/${name}` }
}

it('a Component without status is left alone, and its lists are filled one by one as they come', async () => {
  const { namespace, uids } = await shop('core', 'security')
  const [core, security] = uids
  expect((await set.api.get('Component', namespace, 'shop'))?.status).toBeUndefined()
  await write(namespace, { coreAPIs: [{ name: 'core', uid: core, ready: false }] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'core', core)])
  await write(namespace, { managementAPIs: [], securityAPIs: [{ name: 'security', uid: security, ready: false }] })
  await untilList(namespace, 'securityAPIs', [right(namespace, 'security', security)])
})

it('an entry that appears later is filled, and the others stay', async () => {
  const { namespace, uids } = await shop('one', 'two')
  const [one, two] = uids
  await write(namespace, { coreAPIs: [{ name: 'one', uid: one, ready: false }] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'one', one)])
  await write(namespace, { coreAPIs: [right(namespace, 'one', one), { name: 'two', uid: two, ready: false }] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'one', one), right(namespace, 'two', two)])
})

it('a list that the Component operator has written anew is corrected, and its other keys stay', async () => {
  const { namespace, uids } = await shop('again')
  const [uid] = uids
  const entry = { name: 'again', uid, ready: false }
  await write(namespace, { coreAPIs: [entry] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'again', uid)])
  const rebuilt = {
    ...entry,
    path: '/old',
    port: 1,
    implementation: 'again-svc',
    url: 'https://old.example.com',
    developerUI: 'https://old.example.com/docs',
  }
  await write(namespace, { coreAPIs: [rebuilt], 'summary/status': { deployment_status: 'In-Progress-CompCon' } })
  const kept = { path: '/old', port: 1, implementation: 'again-svc' }
  await untilList(namespace, 'coreAPIs', [{ ...right(namespace, 'again', uid), ...kept }])
  const found = await set.api.get('Component', namespace, 'shop')
  expect(found?.status['summary/status']).toEqual({ deployment_status: 'In-Progress-CompCon' })
})

it('several entries with one uid are all filled, entries of nobody are kept', async () => {
  const { namespace, uids } = await shop('twin')
  const [uid] = uids
  const strangers = [
    { name: 'gone', uid: 'no-such-uid', ready: true, url: 'https://kept.example.com' },
    { name: 'no-uid' },
  ]
  await write(namespace, {
    coreAPIs: [{ name: 'twin', uid, ready: false }, ...strangers, { name: 'twin', uid, ready: false }],
  })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'twin', uid), ...strangers, right(namespace, 'twin', uid)])
})

it.each([
  { what: 'text instead of a list', status: { managementAPIs: 'none' } },
  { what: 'null entries', status: { managementAPIs: [null, 7, 'x'] } },
])('$what in another list harms nothing', async ({ status }) => {
  const { namespace, uids } = await shop('sound')
  const [uid] = uids
  await write(namespace, { ...status, coreAPIs: [{ name: 'sound', uid, ready: false }] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'sound', uid)])
  expect((await set.api.get('Component', namespace, 'shop'))?.status.managementAPIs).toEqual(status.managementAPIs)
})

it('an entry follows its API into not ready and back', async () => {
  const { namespace, uids } = await shop('mood')
  const [uid] = uids
  await write(namespace, { coreAPIs: [{ name: 'mood', uid, ready: false }] })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'mood', uid)])
  await set.api.apply(...backend(namespace, 'mood-svc', 8080, false))
  await set.api.until('ExposedAPI', namespace, 'mood', isNotReady)
  await untilList(namespace, 'coreAPIs', [{ ...right(namespace, 'mood', uid), ready: false }])
  await set.api.apply(...backend(namespace, 'mood-svc', 8080, true))
  await untilList(namespace, 'coreAPIs', [right(namespace, 'mood', uid)])
})

it('a Component that comes after its APIs is filled', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'early', {}, { labels: { 'oda.tmforum.org/componentName': 'shop' } }))
  const api = await set.api.until('ExposedAPI', namespace, 'early', isReady)
  const { uid } = api?.metadata ?? {}
  const status = { coreAPIs: [{ name: 'early', uid, ready: false }] }
  await set.api.create({
    apiVersion: 'oda.tmforum.org/v1',
    kind: 'Component',
    metadata: { name: 'shop', namespace },
    status,
  })
  await untilList(namespace, 'coreAPIs', [right(namespace, 'early', uid)])
})

it('beside a writer that never rests every entry becomes right, and no list of his is ever taken back', async () => {
  const { namespace, uids } = await shop('calm')
  const [uid] = uids
  await using world = await Watched.start(set.api, 'Component')
  const turns = 40
  for (let turn = 1; turn <= turns; turn++) {
    await write(namespace, { coreAPIs: [{ name: 'calm', uid, ready: false }, { turn }] })
  }
  await untilList(namespace, 'coreAPIs', [right(namespace, 'calm', uid), { turn: turns }])
  const seen = world.history
    .filter(({ object }) => object.metadata.namespace === namespace)
    .map(({ object }): number => object.status?.coreAPIs?.[1]?.turn)
  expect(seen).toEqual([...seen].sort((one, other) => one - other))
  const patches = (await operatorWrites(set.canvas)).filter(
    (event) => event.namespace === namespace && event.resource === 'components',
  )
  console.log(
    `${turns} rewrites of a Component: ${patches.length} patches, ${patches.filter(({ code }) => code === 409).length} of them conflicts`,
  )
  expect(patches.length).toBeLessThan(120)
})
