/** What somebody else does to our objects: repaired where they are ours, reported where they are not. */
import type { Manifest } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { condition, isReady, routedPaths, says, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'
import { operatorWrites, tally, withoutEvents, writesDuring } from '../support/writes.ts'

const set = stage({ audit: true })
const LABELS = { labels: { team: 'shop' } }

/** A ready API; resolves with its namespace. */
async function settled(name: string, spec: object = {}): Promise<string> {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, name, spec, LABELS))
  await set.api.until('ExposedAPI', namespace, name, isReady)
  return namespace
}

it('a deleted VirtualService comes back, and the status names the new one', async () => {
  const namespace = await settled('phoenix')
  const old = await set.api.get('VirtualService', namespace, 'phoenix')
  await set.api.delete('VirtualService', namespace, 'phoenix')
  const born = await set.api.until('VirtualService', namespace, 'phoenix', (route) => {
    return route !== undefined && route.metadata.uid !== old?.metadata.uid
  })
  expect(born?.spec).toEqual(old?.spec)
  await set.api.until('ExposedAPI', namespace, 'phoenix', (api) => {
    return isReady(api) && api?.status.apiStatus.uid === born?.metadata.uid
  })
})

it.each([
  { what: 'rules', patch: { spec: { http: [{ route: [{ destination: { host: 'elsewhere' } }] }] } } },
  { what: 'gateways', patch: { spec: { gateways: ['canvas/other'] } } },
  { what: 'hosts', patch: { spec: { hosts: ['shop.example.com'] } } },
  { what: 'labels', patch: { metadata: { labels: { team: null } } } },
  {
    what: 'blockOwnerDeletion',
    patch: (owner: object) => ({ metadata: { ownerReferences: [{ ...owner, blockOwnerDeletion: false }] } }),
  },
])('edited $what of a VirtualService are put right', async ({ what, patch }) => {
  const name = `edited-${what.toLowerCase()}`
  const namespace = await settled(name)
  const right = await set.api.get('VirtualService', namespace, name)
  const edited = await set.api.patch(
    'VirtualService',
    namespace,
    name,
    typeof patch === 'function' ? patch(ownerOf(right)) : patch,
  )
  expect(essence(edited)).not.toEqual(essence(right))
  await set.api.until(
    'VirtualService',
    namespace,
    name,
    (route) => JSON.stringify(essence(route)) === JSON.stringify(essence(right)),
  )
})

it('a ServiceMonitor that is edited or deleted is put right', async () => {
  const namespace = await settled('meter', { apiType: 'prometheus' })
  const right = await set.api.until('ServiceMonitor', namespace, 'meter', (found) => found !== undefined)
  await set.api.patch('ServiceMonitor', namespace, 'meter', { spec: { endpoints: [] } })
  await set.api.until('ServiceMonitor', namespace, 'meter', (found) => found?.spec.endpoints.length === 1)
  await set.api.delete('ServiceMonitor', namespace, 'meter')
  await set.api.until('ServiceMonitor', namespace, 'meter', (found) => {
    return found !== undefined && found.metadata.uid !== right?.metadata.uid
  })
})

it('a VirtualService without our ownerReference is reported and not overwritten, and ours again with it', async () => {
  const namespace = await settled('stripped')
  const right = await set.api.get('VirtualService', namespace, 'stripped')
  const foreign = { metadata: { ownerReferences: null }, spec: { hosts: ['mine.example.com'] } }
  const stripped = await set.api.patch('VirtualService', namespace, 'stripped', foreign)
  const told = await set.api.until('ExposedAPI', namespace, 'stripped', says('Accepted', 'False', 'NotOwned'))
  expect(condition(told, 'Accepted')?.message).toContain(`VirtualService ${namespace}/stripped`)
  expect(told?.status.implementation.ready).toBe(false)
  const left = await set.api.get('VirtualService', namespace, 'stripped')
  expect(left?.metadata.resourceVersion).toBe(stripped.metadata.resourceVersion)

  await set.api.patch('VirtualService', namespace, 'stripped', {
    metadata: { ownerReferences: right?.metadata.ownerReferences },
  })
  await set.api.until('VirtualService', namespace, 'stripped', (route) => route?.spec.hosts[0] === '*')
  await set.api.until('ExposedAPI', namespace, 'stripped', isReady)
})

it('a VirtualService of somebody else with our name is left alone until it goes', async () => {
  const namespace = await set.namespace()
  const foreign: Manifest = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'taken', namespace },
    spec: { hosts: ['taken.example.com'], http: [{ route: [{ destination: { host: 'theirs' } }] }] },
  }
  const theirs = await set.api.create(foreign)
  await set.api.apply(...served(namespace, 'taken'))
  await set.api.until('ExposedAPI', namespace, 'taken', says('Accepted', 'False', 'NotOwned'))
  expect((await set.api.get('VirtualService', namespace, 'taken'))?.metadata.resourceVersion).toBe(
    theirs.metadata.resourceVersion,
  )

  await set.api.delete('VirtualService', namespace, 'taken')
  await set.api.until('ExposedAPI', namespace, 'taken', isReady)
})

it('what we no longer want of a VirtualService goes, whether we created or applied it', async () => {
  const namespace = await settled('shrinks')
  const labels = async (wanted: object) => {
    await set.api.patch('ExposedAPI', namespace, 'shrinks', { metadata: { labels: wanted } })
    return set.api.until('VirtualService', namespace, 'shrinks', (route) => {
      const found = (route?.metadata.labels ?? {}) as Record<string, string | undefined>
      return JSON.stringify({ team: found.team ?? null, stage: found.stage ?? null }) === JSON.stringify(wanted)
    })
  }
  await labels({ team: 'shop', stage: 'test' })
  await labels({ team: null, stage: 'test' })
  const last = await labels({ team: null, stage: null })
  expect(last?.metadata.labels ?? {}).toEqual({})
})

it("another manager's field in a VirtualService stays, costs one word in the status, and then no write", async () => {
  const namespace = await settled('shared')
  await set.api.patch('VirtualService', namespace, 'shared', { spec: { exportTo: ['.'] } })
  await set.api.until(
    'ExposedAPI',
    namespace,
    'shared',
    (api) => condition(api, 'RouteProgrammed')?.reason === 'HiddenFromGateway',
  )
  expect(withoutEvents(await writesDuring(set.canvas, 3000))).toEqual([])
  const route = await set.api.get('VirtualService', namespace, 'shared')
  expect(route?.spec.exportTo).toEqual(['.'])
  const about = (await operatorWrites(set.canvas)).filter((event) => event.namespace === namespace)
  expect(tally(withoutEvents(about))).toEqual({ 'create virtualservices': 1, 'patch exposedapis': 2 })
})

it("our part of the status is put right, and other people's keys in it stay", async () => {
  const namespace = await settled('scribbled')
  const scribble = { apiStatus: { url: 'https://wrong.example.com' }, implementation: null, theirs: { note: 'keep' } }
  await set.api.patch('ExposedAPI', namespace, 'scribbled', { status: scribble })
  const right = await set.api.until('ExposedAPI', namespace, 'scribbled', (api) => {
    return isReady(api) && api?.status.apiStatus.url === `https://203.0.113.7/${namespace}/scribbled`
  })
  expect(right?.status.theirs).toEqual({ note: 'keep' })
})

it('an API that goes takes its objects along', async () => {
  const namespace = await settled('leaving', { apiType: 'prometheus' })
  await set.api.until('ServiceMonitor', namespace, 'leaving', (found) => found !== undefined)
  await set.api.delete('ExposedAPI', namespace, 'leaving')
  await set.api.until('ServiceMonitor', namespace, 'leaving', (found) => found === undefined)
  await set.api.until('VirtualService', namespace, 'leaving', (found) => found === undefined)
})

it('labels of an API reach its objects, and leave them', async () => {
  const namespace = await settled('dressed')
  await set.api.patch('ExposedAPI', namespace, 'dressed', { metadata: { labels: { season: 'winter' } } })
  await set.api.until('VirtualService', namespace, 'dressed', (route) => labelsOf(route).season === 'winter')
  await set.api.patch('ExposedAPI', namespace, 'dressed', { metadata: { labels: { season: null } } })
  const route = await set.api.until(
    'VirtualService',
    namespace,
    'dressed',
    (found) => labelsOf(found).season === undefined,
  )
  expect(routedPaths(route)[0]).toBe(`/${namespace}/dressed`)
})

function ownerOf(object: Manifest | undefined): object {
  return (object?.metadata.ownerReferences as object[] | undefined)?.[0] ?? {}
}

function labelsOf(object: Manifest | undefined): Record<string, string> {
  return (object?.metadata.labels as Record<string, string> | undefined) ?? {}
}

/** What we render of it, without what every write changes. */
function essence(object: Manifest | undefined): object {
  return { labels: object?.metadata.labels, ownerReferences: object?.metadata.ownerReferences, spec: object?.spec }
}
