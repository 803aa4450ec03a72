/**
 * The API server is away for a while, and the world goes on meanwhile.
 *
 * `OUTAGE_SECONDS` makes it longer (default 15).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditEvent, auditEvents } from '@exposedapi/testbed'
import { OPERATOR_USER, OperatorProcess } from '@exposedapi/testbed/canvas'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { api, isReady, routedPaths, served, urlOf } from '../support/exposed-api.ts'
import { untilIdle } from '../support/metrics-text.ts'
import { operatorBundle } from '../support/operator.ts'
import { SERVED, stage } from '../support/stage.ts'
import { Watched } from '../support/watched.ts'
import { TcpProxy } from './support/tcp-proxy.ts'

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 15) * 1000
const COUNT = 100

const set = stage({ audit: true, withoutOperator: true })
let proxy: TcpProxy
let operator: OperatorProcess

beforeAll(async () => {
  proxy = await TcpProxy.start(set.canvas.testbed.server)
})

afterEach(async () => {
  proxy.set('open')
  await operator.kill()
})

afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]()
})

async function startThroughProxy(): Promise<void> {
  operator = await OperatorProcess.start({
    bundle: await operatorBundle(),
    kubeconfig: await proxy.kubeconfig(set.canvas.operatorKubeconfig),
    environment: {
      COMPONENT_NAMESPACE: SERVED,
      APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway',
    },
  })
}

/** 50 APIs that exist before, whose path changes, and 50 that come during the outage. */
class Population {
  readonly old = Array.from({ length: COUNT / 2 }, (_, at) => `old${at}`)
  readonly fresh = Array.from({ length: COUNT / 2 }, (_, at) => `new${at}`)
  readonly namespace: string

  constructor(namespace: string) {
    this.namespace = namespace
  }

  async begin(): Promise<void> {
    await this.#each(this.old, async (name) => {
      await set.api.apply(...served(this.namespace, name))
    })
  }

  /** One change of each. */
  async change(): Promise<void> {
    await this.#each(this.old, async (name) => {
      await set.api.apply(api(this.namespace, name, { path: `/${this.namespace}/${name}/moved` }))
    })
    await this.#each(this.fresh, async (name) => {
      await set.api.apply(...served(this.namespace, name))
    })
  }

  wrong(world: Watched, names: readonly string[], tail: string): readonly string[] {
    return names.filter((name) => {
      const path = `/${this.namespace}/${name}${tail}`
      const exposed = world.get('ExposedAPI', this.namespace, name)
      const route = world.get('VirtualService', this.namespace, name)
      return !(isReady(exposed) && urlOf(exposed)?.endsWith(path) && routedPaths(route)[0] === path)
    })
  }

  wrongAfter(world: Watched): readonly string[] {
    return [...this.wrong(world, this.old, '/moved'), ...this.wrong(world, this.fresh, '')]
  }

  /** Ten at a time: the machine is small. */
  async #each(names: readonly string[], what: (name: string) => Promise<void>): Promise<void> {
    for (let at = 0; at < names.length; at += 10) await Promise.all(names.slice(at, at + 10).map(what))
  }
}

async function operatorRequests(): Promise<AuditEvent[]> {
  return (await auditEvents(set.canvas.testbed)).filter(({ user }) => user === OPERATOR_USER)
}

/** Requests for single objects: those that more objects make more. */
function perObject(requests: readonly AuditEvent[]): number {
  return requests.filter(({ name, verb }) => name !== '' || verb === 'create').length
}

async function expectAlive(pid: number): Promise<void> {
  expect(operator.running && operator.pid === pid).toBe(true)
  expect(await operator.http('/healthz')).toMatchObject({ status: 200 })
  expect(await operator.http('/readyz')).toMatchObject({ status: 200 })
}

async function scene() {
  const population = new Population(await set.namespace())
  await startThroughProxy()
  await operator.ready()
  const world = await Watched.start(set.api, 'ExposedAPI', 'VirtualService')
  await population.begin()
  await world.until(
    () => population.wrong(world, population.old, '').length === 0,
    30_000,
    () => population.wrong(world, population.old, ''),
  )
  await untilIdle(operator, 1)
  return { population, world, pid: operator.pid }
}

/** Everything is right again, cheaply, and then nothing more is written. */
async function expectRecovery(population: Population, world: Watched, before: number, limitMs: number): Promise<void> {
  const begun = performance.now()
  const converged = await world.until(
    () => population.wrongAfter(world).length === 0,
    limitMs,
    () => population.wrongAfter(world).slice(0, 5),
  )
  await untilIdle(operator, 1)
  const requests = (await operatorRequests()).slice(before)
  const each = perObject(requests) / COUNT
  console.log(
    `${COUNT} changes were caught up ${((converged - begun) / 1000).toFixed(1)} s after the outage, with ${each} requests per object and ${requests.length - perObject(requests)} others`,
  )
  expect(each).toBeLessThanOrEqual(5)
  const settled = (await operatorRequests()).length
  await sleep(2000)
  const later = (await operatorRequests()).slice(settled).filter(({ verb }) => !['list', 'watch', 'get'].includes(verb))
  expect(later).toEqual([])
}

describe.each(['refuse', 'blackhole'] as const)('the way to the API server: %s', (mode) => {
  // A hole is noticed after 70 s of silence, if nothing resets the connections as the return of the server does here.
  it('100 changes are caught up, few requests are made, and the process lives', { timeout: 300_000 }, async () => {
    const { population, world, pid } = await scene()
    await using _ = world
    const attempts = proxy.attempts[mode]
    proxy.set(mode)
    const ending = sleep(OUTAGE_MS)
    await population.change()
    await sleep(1000)
    await expectAlive(pid)
    await ending
    await expectAlive(pid)
    const tried = proxy.attempts[mode] - attempts
    const before = (await operatorRequests()).length
    proxy.set('open')
    await expectRecovery(population, world, before, 70_000)
    await expectAlive(pid)
    console.log(`${mode}: ${tried} connections were tried in ${OUTAGE_MS / 1000} s`)
    // Each of the watches at most six times in 15 s, later once in 30 s; nobody works on what nobody can see.
    expect(tried).toBeLessThanOrEqual(8 * (6 + Math.max(0, OUTAGE_MS - 15_000) / 30_000))
  })
})

it('an API server that is killed and comes back: what changes right afterwards is served', {
  timeout: 300_000,
}, async () => {
  const { population, world, pid } = await scene()
  await world[Symbol.asyncDispose]()
  await set.canvas.testbed.stop('kube-apiserver', 'SIGKILL')
  await sleep(OUTAGE_MS)
  await expectAlive(pid)
  await set.canvas.testbed.start('kube-apiserver')
  const before = (await operatorRequests()).length
  await population.change()
  await using again = await Watched.start(set.api, 'ExposedAPI', 'VirtualService')
  await expectRecovery(population, again, before, 70_000)
  await expectAlive(pid)
})

it('an operator that starts while the API server is away is alive, not ready, and becomes ready by itself', async () => {
  proxy.set('refuse')
  await startThroughProxy()
  await sleep(3000)
  expect(await operator.http('/healthz')).toMatchObject({ status: 200 })
  expect(await operator.http('/readyz')).toMatchObject({ status: 503 })
  proxy.set('open')
  await operator.ready()
  expect(await operator.http('/readyz')).toMatchObject({ status: 200 })
})
