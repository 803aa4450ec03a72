/**
 * Several replicas on one Canvas: one writes, the others stand by, and no two ever write at the same time.
 *
 * Each replica has a service account of its own, so that the audit log of the API server tells who wrote what.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditEvent, auditEvents, isWrite } from '@exposedapi/testbed'
import { backend, type Manifest, OperatorProcess } from '@exposedapi/testbed/canvas'
import { afterEach, expect, it } from 'vitest'
import { isReady, routedPaths, served } from '../support/exposed-api.ts'
import { sumOf } from '../support/metrics-text.ts'
import { operatorBundle, operatorRole } from '../support/operator.ts'
import { SERVED, stage } from '../support/stage.ts'

const NAMESPACE = 'exposedapi-system'
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/exposedapi-operator`
const set = stage({ audit: true, withoutOperator: true })
const running = new Set<Replica>()

afterEach(async () => {
  for (const { process } of running) await process.kill()
  running.clear()
  // So that the next leader need not wait for the Lease of one that was killed.
  await set.api.client.request({ method: 'DELETE', path: LEASE }).catch(() => {})
})

/** An operator that campaigns, and the user as which it writes. */
interface Replica {
  readonly process: OperatorProcess
  readonly user: string
}

let replicas = 0

async function replica({
  role,
  standalone = false,
  environment = {},
}: {
  role?: Manifest
  standalone?: boolean
  environment?: Readonly<Record<string, string>>
} = {}): Promise<Replica> {
  const name = `replica-${++replicas}`
  const kubeconfig = await set.canvas.testbed.serviceAccount(NAMESPACE, name)
  if (role) await set.api.apply(role)
  await set.api.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: role?.metadata.name ?? 'exposedapi-operator',
    },
    subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name }],
  })
  const process = await OperatorProcess.start({
    bundle: await operatorBundle(),
    kubeconfig,
    standalone,
    environment: {
      APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway',
      COMPONENT_NAMESPACE: SERVED,
      LEASE_NAMESPACE: NAMESPACE,
      ...environment,
    },
  })
  const started = { process, user: `system:serviceaccount:${NAMESPACE}:${name}` }
  running.add(started)
  return started
}

/** One that leads. */
async function leading(): Promise<Replica> {
  const leader = await replica()
  await leader.process.ready()
  return leader
}

/** One whose caches are in step, and that knows that another one leads. */
async function standingBy(): Promise<Replica> {
  const standby = await replica()
  await standby.process.logged(({ msg }) => msg === 'another replica holds the Lease')
  return standby
}

/** Changes an API all the time, so that there is always something to write. */
async function churn(): Promise<{ stop(): Promise<void>; caughtUp(): Promise<unknown> }> {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'busy'))
  const end = new AbortController()
  let turn = 0
  const loop = (async () => {
    while (!end.signal.aborted) {
      await set.api.patch('ExposedAPI', namespace, 'busy', { spec: { path: `/${namespace}/turn-${++turn}` } })
      await sleep(20)
    }
  })()
  return {
    async stop() {
      end.abort()
      await loop
    },
    caughtUp() {
      const path = `/${namespace}/turn-${turn}`
      return set.api.until('VirtualService', namespace, 'busy', (route) => routedPaths(route)[0] === path)
    },
  }
}

const isOfLease = ({ resource }: AuditEvent) => resource === 'leases'

async function writesOf({ user }: Replica): Promise<AuditEvent[]> {
  return (await auditEvents(set.canvas.testbed)).filter((event) => event.user === user && isWrite(event))
}

/** The objects that it wrote: the Lease is how they agree, and both may write that. */
async function workOf(who: Replica): Promise<AuditEvent[]> {
  return (await writesOf(who)).filter((event) => !isOfLease(event))
}

const at = ({ stageTimestamp }: AuditEvent) => Date.parse(stageTimestamp)

/** ms from the signal to the first write of the successor. Checks that the two did not write at the same time. */
async function handOver(before: Replica, after: Replica, signalled: number): Promise<number> {
  const [old, fresh] = [await workOf(before), await workOf(after)]
  const [last, first] = [old.at(-1), fresh[0]]
  if (!last || !first) throw new Error(`${old.length} writes of the old leader, ${fresh.length} of the new one`)
  expect(old.length, 'the old leader was busy').toBeGreaterThan(10)
  expect(at(last), 'the old leader was busy to the end').toBeGreaterThan(signalled - 1000)
  expect(at(last), 'all writes of the old leader come before those of the new one').toBeLessThanOrEqual(at(first))
  return at(first) - signalled
}

async function leaseHolder(): Promise<string> {
  const lease = await set.api.client.request<{ spec: { holderIdentity: string } }>({ path: LEASE })
  return lease.spec.holderIdentity
}

it('a standby is ready, shows that it does not lead, and takes over within 17 s of a SIGKILL', async () => {
  const old = await leading()
  const fresh = await standingBy()
  expect((await fresh.process.http('/readyz')).status).toBe(200)
  expect(sumOf((await fresh.process.http('/metrics')).text, 'leader_election_master_status')).toBe(0)
  expect(sumOf((await old.process.http('/metrics')).text, 'leader_election_master_status')).toBe(1)

  const busy = await churn()
  await sleep(1000)
  const signalled = Date.now()
  await old.process.kill()
  await fresh.process.ready()
  await busy.stop()
  await busy.caughtUp()

  const ms = await handOver(old, fresh, signalled)
  console.log(`SIGKILL of the leader → first write of the standby: ${ms} ms`)
  expect(ms).toBeLessThanOrEqual(17_000)
  await fresh.process.stop()
})

it('a SIGTERM hands over within 2 s, three times; the Lease is the last that the old leader writes', async () => {
  const times: number[] = []
  let old = await leading()
  for (let round = 0; round < 3; round++) {
    const fresh = await standingBy()
    const busy = await churn()
    await sleep(500)
    const signalled = Date.now()
    expect(await old.process.stop()).toBe(0)
    const ended = Date.now() - signalled
    await fresh.process.ready()
    await busy.stop()
    await busy.caughtUp()

    const ms = await handOver(old, fresh, signalled)
    console.log(`SIGTERM: the leader ended after ${ended} ms; first write of the standby after ${ms} ms`)
    times.push(ms)
    expect(ended).toBeLessThan(10_000)
    expect(old.process.errors).toBe('')
    expect(
      old.process.log.filter(({ level }) => level > 40),
      'what was in flight has finished',
    ).toEqual([])
    expect(old.process.log.at(-1)?.msg).toBe('stopped')
    expect((await writesOf(old)).findLastIndex((event) => !isOfLease(event))).toBeLessThan(
      (await writesOf(old)).length - 1,
    )
    old = fresh
  }
  expect(Math.max(...times)).toBeLessThanOrEqual(2000)
  await old.process.stop()
  expect(await leaseHolder()).toBe('')
})

it('a leader that is stopped for longer than its Lease writes nothing when it goes on, and ends', async () => {
  const old = await leading()
  const fresh = await standingBy()
  const before = await churn()
  await sleep(500)
  await before.stop()
  await before.caughtUp()
  // Nothing is fenced: a write that is half in the kernel when the process is stopped would follow when it goes on.
  await sleep(500)
  const signalled = Date.now()
  process.kill(old.process.pid, 'SIGSTOP')
  const busy = await churn()
  await fresh.process.ready()
  await sleep(2000)
  const continued = Date.now()
  expect(continued - signalled).toBeGreaterThan(14_000)
  process.kill(old.process.pid, 'SIGCONT')
  expect(await old.process.exited).toBe(1)
  const ended = Date.now() - continued
  await busy.stop()
  await busy.caughtUp()

  const ms = await handOver(old, fresh, signalled)
  console.log(`SIGSTOP of the leader → first write of the standby: ${ms} ms; after SIGCONT it ended in ${ended} ms`)
  expect((await writesOf(old)).filter((event) => at(event) >= continued)).toEqual([])
  expect(old.process.log.slice(-2).map(({ msg }) => msg)).toEqual(['lost the Lease', 'lost leadership, exiting'])
  await fresh.process.stop()
})

it('an idle leader writes nothing but the Lease, and a standby nothing at all', async () => {
  const leader = await leading()
  const standby = await standingBy()
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'calm'))
  await set.api.until('ExposedAPI', namespace, 'calm', isReady)
  await sleep(1000)
  const before = (await writesOf(leader)).length
  await sleep(20_000)
  const writes = (await writesOf(leader)).slice(before)
  console.log(`20 s of idling: ${writes.length} writes`)
  expect(writes.filter((event) => !isOfLease(event))).toEqual([])
  expect(writes.length).toBeGreaterThanOrEqual(8)
  expect(writes.length).toBeLessThanOrEqual(11)
  expect(await writesOf(standby)).toEqual([])
  expect(await standby.process.stop()).toBe(0)
  expect(await writesOf(standby)).toEqual([])
  await leader.process.stop()
})

it("with a role that grants no Leases, such as the umbrella chart's, it works and says once what is missing", async () => {
  const role = await operatorRole()
  const rules = (role.rules as { apiGroups: string[] }[]).filter(
    ({ apiGroups }) => !apiGroups.includes('coordination.k8s.io'),
  )
  const without = await replica({ role: { ...role, metadata: { name: 'without-leases' }, rules } })
  await without.process.ready()
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'alone'))
  await set.api.until('ExposedAPI', namespace, 'alone', isReady)
  const warnings = without.process.log.filter(({ msg }) => msg.startsWith('no permission to use Leases'))
  expect(warnings).toHaveLength(1)
  expect(JSON.stringify(warnings[0]?.rules)).toContain('"resourceNames":["exposedapi-operator"]')
  expect(await without.process.stop()).toBe(0)
})

it('a write that does not come back keeps it from ending for 10 s, and no longer', async () => {
  const stuck = await replica({ standalone: true, environment: { READINESS_DEBOUNCE_MS: '3000' } })
  await stuck.process.ready()
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'stuck'))
  await set.api.until('ExposedAPI', namespace, 'stuck', isReady)
  await set.api.apply(...backend(namespace, 'stuck-svc', 8080, false))
  await sleep(500)
  await set.canvas.testbed.freeze('kube-apiserver')
  try {
    await sleep(3500)
    const signalled = Date.now()
    const ended = stuck.process.stop()
    await sleep(500)
    expect(await stuck.process.http('/readyz')).toEqual({ status: 503, text: 'stopping\n' })
    expect(await ended).toBe(1)
    const ms = Date.now() - signalled
    console.log(`SIGTERM with a write that hangs: ended after ${ms} ms`)
    expect(ms).toBeGreaterThan(9000)
    expect(ms).toBeLessThan(11_000)
    expect(stuck.process.log.at(-1)?.msg).toBe('did not stop within 10 s, abandoning what is in flight')
  } finally {
    await set.canvas.testbed.thaw('kube-apiserver')
  }
})

it('a kubeconfig without a namespace needs to be told where the Lease is', async () => {
  const { process } = await replica({ environment: { LEASE_NAMESPACE: '' } })
  expect(await process.exited).toBe(1)
  expect(process.errors).toContain('set LEASE_NAMESPACE')
})
