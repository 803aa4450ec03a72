/** What a user reads under `kubectl describe exposedapi`, and how few requests that costs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { isReady, says, served } from '../support/exposed-api.ts'
import { FLEET_KINDS, Fleet } from '../support/fleet.ts'
import { stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'
import { operatorWrites, tally, writesDuring } from '../support/writes.ts'

const set = stage({ audit: true })

interface KubeEvent {
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string }
  readonly reportingController: string
  readonly series?: { readonly count: number }
}

/** Of the operator. The API server itself tells of Services that it has to repair. */
async function eventsIn(namespace: string): Promise<readonly KubeEvent[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
  const { items } = await set.api.client.request<{ items: readonly KubeEvent[] }>({ path })
  return items.filter(({ reportingController }) => reportingController === 'exposedapi-operator')
}

async function untilEvents(namespace: string, holds: (events: readonly KubeEvent[]) => boolean) {
  for (let tries = 0; tries < 200; tries++) {
    const events = await eventsIn(namespace)
    if (holds(events)) return events
    await sleep(100)
  }
  throw new Error(`no such Event: ${JSON.stringify(await eventsIn(namespace))}`)
}

it('100 APIs that come to life cost at most 10 Events, and a settled cluster none', async () => {
  const fleet = new Fleet(await set.namespace())
  await fleet.prepare(set.api)
  await using world = await Watched.start(set.api, ...FLEET_KINDS)
  const writes = await writesDuring(set.canvas, async () => {
    await fleet.install(set.api)
    await world.until(() => fleet.wrong(world).length === 0, 30_000)
  })
  console.log('writes of 100 APIs:', tally(writes))
  expect(writes.filter(({ resource }) => resource === 'events').length).toBeLessThanOrEqual(10)
  const idle = await writesDuring(set.canvas, 12_000)
  expect(idle).toEqual([])
})

it('an API that breaks and is cured tells both, with the cause and in the words of its conditions', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'told'))
  const ready = await set.api.until('ExposedAPI', namespace, 'told', isReady)
  expect(await eventsIn(namespace)).toEqual([])

  // Times of conditions are whole seconds: what breaks within the second of its birth has never been well.
  await sleep(1100)
  await set.api.patch('ExposedAPI', namespace, 'told', { spec: { port: 9999 } })
  await set.api.until('ExposedAPI', namespace, 'told', says('ImplementationReady', 'False', 'PortNotFound'))
  const [broken] = await untilEvents(namespace, (events) => events.length > 0)
  expect(broken).toMatchObject({
    type: 'Warning',
    reason: 'PortNotFound',
    regarding: { kind: 'ExposedAPI', name: 'told', uid: ready?.metadata.uid },
    reportingController: 'exposedapi-operator',
  })
  expect(broken?.note).toContain('9999')

  await set.api.patch('ExposedAPI', namespace, 'told', { spec: { port: 8080 } })
  const events = await untilEvents(namespace, (all) => all.some(({ type }) => type === 'Normal'))
  expect(events.map(({ type, reason }) => `${type} ${reason}`).sort()).toEqual([
    'Normal EndpointsReady',
    'Warning PortNotFound',
  ])
})

it('what happens again is counted, not told anew', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'flapping'))
  await set.api.until('ExposedAPI', namespace, 'flapping', isReady)
  await sleep(1100)
  for (let turn = 0; turn < 3; turn++) {
    await set.api.patch('ExposedAPI', namespace, 'flapping', { spec: { port: 9999 } })
    await set.api.until('ExposedAPI', namespace, 'flapping', says('ImplementationReady', 'False', 'PortNotFound'))
    await set.api.patch('ExposedAPI', namespace, 'flapping', { spec: { port: 8080 } })
    await set.api.until('ExposedAPI', namespace, 'flapping', isReady)
  }
  const events = await untilEvents(namespace, (all) => all.length > 1 && all.every(({ series }) => series?.count === 3))
  expect(events.map(({ reason }) => reason).sort()).toEqual(['EndpointsReady', 'PortNotFound'])
})

it('a policy that is not enforced is worth an Event, no Event was refused', async () => {
  const namespace = await set.namespace()
  const policies = { rateLimit: { enabled: true, identifier: 'IP', limit: '10', interval: 'pm' } }
  await set.api.apply(...served(namespace, 'limited', policies))
  const [event] = await untilEvents(namespace, (events) => events.length > 0)
  console.log('event of an unenforced policy:', event?.type, event?.reason, event?.note)
  expect(event?.note).toMatch(/^PoliciesEnforced: /)
  expect(
    (await operatorWrites(set.canvas)).filter(({ resource, code }) => resource === 'events' && code >= 400),
  ).toEqual([])
})
