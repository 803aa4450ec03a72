/**
 * Each right of `exposedapi rbac` is missing for a while, at the start and later; and a role that comes late, or is that of
 * the reference operator.
 *
 * Nothing that is published may go because of it. `DROP_IN_SECONDS` makes the watch over the reference operator's role longer
 * (default 70: a lost address is held for 60 s; 310 goes beyond the longest time between two attempts).
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Canvas, type Manifest, OperatorProcess } from '@exposedapi/testbed/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { condition, isReady, says, served, urlOf } from '../support/exposed-api.ts'
import { canvasForOperator, operatorBundle, operatorRole } from '../support/operator.ts'
import { isOk, readyz } from '../support/readyz.ts'
import { because, hasReferenceData, upstreamCrd } from '../support/reference-data.ts'
import { bindingOf, type Right, rightsOf, titleOf } from '../support/rights.ts'
import { RightsLane, type Seen } from '../support/rights-lane.ts'
import { Watched } from '../support/watched.ts'

const DROP_IN_MS = Number(process.env.DROP_IN_SECONDS ?? 70) * 1000
/** Lanes side by side; each is an operator of its own. */
const LANES = 3
/** The group of Azure, which this cluster does not serve. */
const ABSENT = 'azmonitoring.coreos.com'

const set = {} as { canvas: Canvas; world: Watched; rights: readonly Right[]; role: Manifest }

beforeAll(async () => {
  set.role = await operatorRole()
  set.rights = rightsOf(set.role)
  set.canvas = await canvasForOperator(
    hasReferenceData ? { exposedApiCrd: upstreamCrd('exposedapi'), componentCrd: upstreamCrd('component') } : {},
  )
  set.world = await Watched.start(set.canvas.api, 'ExposedAPI', 'Component', 'VirtualService', 'ServiceMonitor')
  await settled(['components', 'late-1', 'inside'], 20)
})

afterAll(async () => {
  await set.world?.[Symbol.asyncDispose]()
  await set.canvas?.[Symbol.asyncDispose]()
})

interface Row {
  readonly right: Right
  readonly when: 'at the start' | 'while running'
  readonly seen: Seen
}

/** Each lane takes the next right that is left, until none is. */
async function lane(at: number, left: Right[], rows: Row[]): Promise<void> {
  await using own = await RightsLane.open(set.canvas, set.world, set.rights, `lane-${at}`)
  for (let right = left.shift(); right; right = left.shift()) {
    rows.push({ right, when: 'at the start', seen: await own.atStart(right) })
    rows.push({ right, when: 'while running', seen: await own.whileRunning(right) })
  }
}

/** Without these an API cannot be served. */
const NEEDED = ['exposedapis', 'services', 'endpointslices']

/** Is a kind that may not be read named in `/readyz`, and is that 503 only where the kind is needed? */
function isSaid({ right: { resource, verbs }, seen: { readyz } }: Row): boolean {
  if (!verbs.includes('list')) return readyz.startsWith('200')
  const status = NEEDED.includes(resource) ? '503' : '200'
  return readyz.startsWith(status) && readyz.includes(`no permission to list and watch ${resource}`)
}

function printed({ right, when, seen: { withdrawn, readyz, said, backAfterMs } }: Row): string {
  const stays = withdrawn.length === 0 ? 'url, ready, route stay' : `LOST: ${withdrawn.join(', ')}`
  const back = `back after ${(backAfterMs / 1000).toFixed(1)} s`
  const told = `/readyz ${readyz.replaceAll('\n', '; ')} | a new API: ${said.join(', ') || 'as ever'}`
  return [titleOf(right).padEnd(66), when.padEnd(13), stays, back, told].join(' | ')
}

/** APIs that an operator with all its rights has settled before. */
async function settled(namespaces: readonly string[], count: number): Promise<void> {
  const { api, operatorKubeconfig: kubeconfig } = set.canvas
  for (const name of namespaces) {
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    for (let at = 0; at < count; at++) await api.apply(...served(name, `api-${at}`))
  }
  const environment = { COMPONENT_NAMESPACE: namespaces.join(','), ...GATEWAY }
  await using operator = await OperatorProcess.start({ bundle: await operatorBundle(), kubeconfig, environment })
  await operator.ready()
  await set.world.until(() => namespaces.every((name) => set.world.all('ExposedAPI', name).every(isReady)), 30_000)
  await operator.stop()
}

const GATEWAY = { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' }

/** What was taken from APIs since then that were settled before. */
function lostSince(before: number, namespace: string): readonly string[] {
  const seen = set.world.history.slice(before).filter(({ object: { metadata } }) => {
    return metadata.namespace === namespace && metadata.name.startsWith('api-')
  })
  return seen.flatMap(({ kind, type, object }) => {
    const name = `${kind} ${object.metadata.name}`
    if (type === 'DELETED') return [`${name} deleted`]
    if (kind !== 'ExposedAPI') return []
    const isKept = urlOf(object) === `https://203.0.113.7/${namespace}/${object.metadata.name}`
    return isKept && object.status?.implementation?.ready ? [] : [`${name}: ${JSON.stringify(object.status)}`]
  })
}

/** Starts an operator under an account of its own, in a namespace of its own: that is where it looks for its Lease. */
async function startAs(name: string, environment: Readonly<Record<string, string>>): Promise<OperatorProcess> {
  const kubeconfig = await set.canvas.testbed.serviceAccount(`${name}-system`, name)
  const bundle = await operatorBundle()
  const lease = { LEASE_NAMESPACE: `${name}-system` }
  return OperatorProcess.start({ bundle, kubeconfig, standalone: false, environment: { ...lease, ...environment } })
}

describe.concurrent('an operator without all of its rights', () => {
  it('withdraws nothing for want of any of them, says which, and is well again soon after it is back', async () => {
    const left = set.rights.filter(({ group }) => group !== ABSENT)
    const count = left.length
    const rows: Row[] = []
    await Promise.all(Array.from({ length: LANES }, (_, at) => lane(at, left, rows)))
    console.log(rows.map(printed).toSorted().join('\n'))
    expect(rows).toHaveLength(2 * count)
    expect(rows.filter(({ seen }) => seen.withdrawn.length > 0).map(printed)).toEqual([])
    expect(rows.filter((row) => !isSaid(row)).map(printed)).toEqual([])
    expect(Math.max(...rows.map(({ seen }) => seen.backAfterMs))).toBeLessThan(30_000)
  }, 900_000)

  it('is not kept from its work for minutes by a role that comes 3 s after its start', async () => {
    const before = set.world.history.length
    await using operator = await startAs('late', { COMPONENT_NAMESPACE: 'late-*', ADDRESS_HOLD_MS: '1000', ...GATEWAY })
    await operator.logged(({ msg }) => msg.startsWith('no permission'))
    await sleep(3000)
    expect((await readyz(operator, () => true)).status, 'without a role').toBe(503)
    await set.canvas.api.apply(bindingOf('exposedapi-operator', 'late-system', 'late'))
    const granted = performance.now()
    await operator.ready()
    await readyz(operator, isOk)
    const ready = performance.now() - granted
    await set.canvas.api.apply(...served('late-1', 'newcomer'))
    await set.canvas.api.until('ExposedAPI', 'late-1', 'newcomer', isReady, 30_000)
    console.log(`a role that came 3 s after the start: /readyz is ok ${(ready / 1000).toFixed(1)} s later`)
    expect(ready).toBeLessThan(30_000)
    expect(lostSince(before, 'late-1')).toEqual([])
  }, 120_000)

  it('withdraws no url while it may look into its own namespace only, and into the others 3 s later', async () => {
    const { api } = set.canvas
    const binding = (within?: string) => bindingOf('exposedapi-operator', 'inside-system', 'inside', within)
    await api.apply(binding('inside'))
    const before = set.world.history.length
    const apis = () => set.world.all('ExposedAPI', 'inside')
    await using operator = await startAs('inside', {
      COMPONENT_NAMESPACE: 'inside',
      ADDRESS_HOLD_MS: '1000',
      ...GATEWAY,
    })
    await operator.ready()
    await set.world.until(() => apis().every(says('AddressAssigned', 'Unknown', 'NotReadable')))
    // Longer than an address is held that is gone.
    await sleep(3000)
    const { text } = await readyz(operator, () => true)
    expect(text).toContain('no permission to list and watch services in all namespaces')
    await api.apply(binding())
    const granted = performance.now()
    const ready = (await set.world.until(() => apis().every(isReady), 30_000)) - granted
    console.log(
      `a role for the cluster 3 s after one for the namespace: all is well ${(ready / 1000).toFixed(1)} s later`,
    )
    await readyz(operator, isOk)
    expect(lostSince(before, 'inside')).toEqual([])
  }, 120_000)

  it.skipIf(!hasReferenceData)(
    `takes nothing from 20 settled APIs with exactly the role of the reference operator${because}`,
    async () => {
      const { role, environment } = referenceChart()
      await set.canvas.api.apply(role, bindingOf(role.metadata.name, 'drop-in-system', 'drop-in'))
      const before = set.world.history.length
      await using operator = await startAs('drop-in', environment)
      await operator.ready()
      await set.canvas.api.apply(...served('components', 'newcomer'))
      const newcomer = await set.canvas.api.until('ExposedAPI', 'components', 'newcomer', isReady, 30_000)
      expect(urlOf(newcomer)).toBe('https://203.0.113.7/components/newcomer')
      expect(condition(newcomer, 'AddressAssigned')?.message).toContain(
        'gateways.networking.istio.io in namespace canvas cannot be read',
      )
      const { status, text } = await readyz(operator, () => true)
      expect(status).toBe(200)
      expect(text).toContain('no permission to list and watch gateways.networking.istio.io in all namespaces')
      expect(text).toContain('no leader is elected, so run a single replica')
      await sleep(DROP_IN_MS)
      expect(lostSince(before, 'components')).toEqual([])
      const apis = set.world.all('ExposedAPI', 'components')
      console.log(
        `role of the reference: ${apis.filter(isReady).length} of ${apis.length} ready after ${DROP_IN_MS / 1000} s`,
      )
      expect(apis.filter((one) => !isReady(one))).toEqual([])
    },
    DROP_IN_MS + 120_000,
  )
})

/** The ClusterRole of the reference operator's chart, and the environment that its ConfigMap sets. */
function referenceChart(): { readonly role: Manifest; readonly environment: Readonly<Record<string, string>> } {
  const file = new URL('../../../shared/data/reference-chart/ServiceMonitor.yaml', import.meta.url)
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest)
  const role = documents.find(({ kind }) => kind === 'ClusterRole')
  const settings = documents.find(({ kind }) => kind === 'ConfigMap')
  if (!role || !settings) throw new Error('the chart has no ClusterRole or no ConfigMap')
  return { role, environment: settings.data }
}
