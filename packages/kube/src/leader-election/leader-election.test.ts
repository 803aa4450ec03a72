import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { FakeLeases } from '../testing/fake-leases.ts'
import { LeaderElection } from './leader-election.ts'
import { holderOf, type LeaseSpec } from './lease-object.ts'

const HOUR = 3_600_000

/** A replica with a clock of its own, which may be wrong. */
class Replica {
  readonly clock = new FakeClock()
  readonly identity: string
  readonly election: LeaderElection
  readonly events: string[] = []
  readonly warnings: string[] = []
  readonly metrics = new Map<string, number>()

  constructor(leases: FakeLeases, identity: string, skewMs = 0) {
    this.identity = identity
    this.clock.jump(skewMs)
    this.election = new LeaderElection({
      client: leases.client(),
      namespace: 'canvas',
      name: 'operator',
      identity,
      clock: this.clock,
      log: {
        debug() {},
        info() {},
        error() {},
        warn: (_fields, message) => this.warnings.push(message),
      },
      telemetry: {
        count: (name) => this.metrics.set(name, (this.metrics.get(name) ?? 0) + 1),
        gauge: (name, _labels, value) => this.metrics.set(name, value),
        observe() {},
      },
    })
    replicas.push(this)
  }

  campaign(): this {
    void this.election.run({
      onStarted: () => this.events.push('started'),
      onLost: (reason) => this.events.push(`lost: ${reason}`),
    })
    return this
  }

  get leads(): boolean {
    return this.election.isLeader()
  }
}

let leases: FakeLeases
let replicas: Replica[] = []

beforeEach(() => {
  leases = new FakeLeases()
})

afterEach(async () => {
  leases.fault = () => 403
  await Promise.all(replicas.map(({ election }) => election.release()))
  replicas = []
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets time pass for everybody, in steps small enough for requests to be answered at their time. */
async function pass(ms: number, ...who: readonly Replica[]): Promise<void> {
  await turn()
  for (let left = ms; left > 0; left -= 50) {
    for (const { clock } of who.length > 0 ? who : replicas) clock.advance(Math.min(50, left))
    await turn()
  }
}

async function leader(identity = 'a', skewMs = 0): Promise<Replica> {
  const replica = new Replica(leases, identity, skewMs).campaign()
  await turn()
  expect(replica.leads).toBe(true)
  leases.take()
  return replica
}

async function standby(identity = 'b', skewMs = 0): Promise<Replica> {
  const replica = new Replica(leases, identity, skewMs).campaign()
  await turn()
  expect(replica.leads).toBe(false)
  return replica
}

/** A holder that is not one of our replicas and renewed just now, by a clock of its own. */
function foreignHolder(renewTime: string, spec: LeaseSpec = {}): void {
  leases.put({ holderIdentity: 'x', leaseDurationSeconds: 15, renewTime, leaseTransitions: 4, ...spec })
}

const wallClock = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z')

describe('a Lease that nobody holds', () => {
  it('is created, with what kubectl and other implementations look for', async () => {
    const a = new Replica(leases, 'a').campaign()
    await turn()
    expect(a.events).toEqual(['started'])
    expect(leases.lease?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '1970-01-01T00:16:40.000000Z',
      renewTime: '1970-01-01T00:16:40.000000Z',
      leaseTransitions: 0,
    })
    expect(a.metrics.get('leader_election_master_status')).toBe(1)
  })

  it.each([
    {
      what: 'was released',
      spec: { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 7 },
      transitions: 8,
    },
    { what: 'has no spec at all', spec: {}, transitions: 1 },
  ])('is taken at once when it $what', async ({ spec, transitions }) => {
    leases.put(spec)
    const a = new Replica(leases, 'a').campaign()
    await turn()
    expect(a.leads).toBe(true)
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: transitions })
  })

  it('goes to one of two that reach for it at once', async () => {
    const [a, b] = [new Replica(leases, 'a').campaign(), new Replica(leases, 'b').campaign()]
    await turn()
    expect([a.leads, b.leads].filter(Boolean)).toHaveLength(1)
    await pass(30_000)
    expect([...a.events, ...b.events]).toEqual(['started'])
  })
})

describe('a leader', () => {
  it('renews every 2 s with one request and keeps the time at which it took the Lease', async () => {
    const a = await leader()
    const acquired = leases.lease?.spec?.acquireTime
    await pass(20_000)
    expect(leases.take()).toEqual(Array.from({ length: 10 }, () => 'PUT a'))
    expect(leases.lease?.spec).toMatchObject({ acquireTime: acquired, leaseTransitions: 0 })
    expect(leases.lease?.spec?.renewTime).toBe(wallClock(a.clock.now()))
    expect(a.metrics.get('leader_election_slowpath_total')).toBeUndefined()
  })

  it.each([
    { failures: 1, because: 'one failed renewal is nothing' },
    { failures: 3, because: 'the fourth attempt, after 8 s, is in time' },
  ])('outlives $failures failed renewals: $because', async ({ failures }) => {
    const a = await leader()
    let left = failures * 2 // Each renewal that fails asks twice: it updates, then it reads.
    leases.fault = () => (left-- > 0 ? 503 : undefined)
    await pass(30_000)
    expect(a.leads).toBe(true)
    expect(a.events).toEqual(['started'])
    expect(a.warnings).toHaveLength(failures)
  })

  it.each([503, 403, 'hangs', 'lost'] as const)(
    'is lost 10 s after the beginning of its last renewal when every update is answered by %s',
    async (fault) => {
      const a = await leader()
      leases.fault = ({ method }) => (method === 'PUT' ? fault : undefined)
      await pass(9_950)
      expect(a.leads).toBe(true)
      await pass(50)
      expect(a.leads).toBe(false)
      expect(a.events).toEqual(['started', 'lost: not renewed for 10 s'])
      expect(a.metrics.get('leader_election_master_status')).toBe(0)
      leases.fault = () => undefined
      leases.take()
      await pass(30_000)
      expect(leases.take(), 'the lost stay lost').toEqual([])
      expect(a.leads).toBe(false)
    },
  )

  it('counts from the beginning of a renewal, since others may have seen it long before we have its answer', async () => {
    const a = await leader()
    leases.fault = () => {
      a.clock.jump(2_900)
      leases.fault = () => 503
      return undefined
    }
    await pass(9_000)
    expect(a.leads).toBe(true)
    await pass(100)
    expect(a.events).toEqual(['started', 'lost: not renewed for 10 s'])
  })

  it('reads the Lease when the answer to a renewal was lost, and goes on', async () => {
    const a = await leader()
    let once = true
    leases.fault = ({ method }) => {
      if (method !== 'PUT' || !once) return undefined
      once = false
      return 'lost'
    }
    await pass(2000)
    expect(leases.take()).toEqual(['PUT a', 'GET', 'PUT a'])
    expect(a.metrics.get('leader_election_slowpath_total')).toBe(1)
    await pass(2000)
    expect(leases.take()).toEqual(['PUT a'])
    expect(a.events).toEqual(['started'])
  })

  it('is lost as soon as it sees another holder', async () => {
    const a = await leader()
    foreignHolder('2026-01-01T00:00:00.000000Z')
    await pass(2000)
    expect(a.leads).toBe(false)
    expect(a.events).toEqual(['started', 'lost: x holds the Lease'])
    expect(holderOf(leases.lease)).toBe('x')
  })

  it('is lost when somebody led and left in the meantime', async () => {
    const a = await leader()
    leases.put({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 1 })
    await pass(2000)
    expect(a.events).toEqual(['started', 'lost: nobody holds the Lease'])
  })

  it('takes back a Lease that somebody has only emptied', async () => {
    const a = await leader()
    leases.put({ ...leases.lease?.spec, holderIdentity: '' })
    await pass(2000)
    expect(holderOf(leases.lease)).toBe('a')
    expect(a.events).toEqual(['started'])
  })

  it('creates a deleted Lease again, and no standby is faster', async () => {
    const a = await leader()
    const b = await standby()
    b.clock.chance = 0
    await pass(2000)
    leases.put(undefined)
    await pass(1950, b)
    await pass(2000, a)
    await pass(60_000)
    expect(holderOf(leases.lease)).toBe('a')
    expect(a.events).toEqual(['started'])
    expect(b.events).toEqual([])
  })

  it('knows after SIGCONT that it must not write, before any timer fires or answer arrives', async () => {
    const a = await leader()
    await pass(1000)
    a.clock.jump(9_000)
    expect(a.leads).toBe(false)
    leases.take()
    await pass(50)
    expect(a.events).toEqual(['started', 'lost: not renewed for 10 s'])
    expect(leases.take(), 'it does not even try to renew').toEqual([])
  })

  it('does not believe a renewal that was answered while it was stopped', async () => {
    const a = await leader()
    leases.fault = () => {
      a.clock.jump(20_000)
      return undefined
    }
    a.clock.advance(2000)
    await turn()
    expect(a.leads).toBe(false)
    expect(a.events).toEqual(['started', 'lost: not renewed for 10 s'])
  })
})

describe('a standby', () => {
  it.each([
    { clock: 'an hour behind', skewMs: -HOUR },
    { clock: 'right', skewMs: 0 },
    { clock: 'an hour ahead', skewMs: HOUR },
  ])('takes the Lease 15 s after it saw the last renewal of a holder whose clock is $clock', async ({ skewMs }) => {
    const b = new Replica(leases, 'b')
    foreignHolder(wallClock(b.clock.now() + skewMs))
    b.campaign()
    await pass(10_000)
    foreignHolder(wallClock(b.clock.now() + skewMs))
    await pass(2_000) // Until it looks again.
    await pass(14_950)
    expect(b.leads).toBe(false)
    await pass(100)
    expect(b.leads).toBe(true)
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 5 })
  })

  it.each([-HOUR, 0, HOUR])('leaves a living leader alone when their clocks differ by %i ms', async (skewMs) => {
    const a = await leader()
    const b = await standby('b', skewMs)
    await pass(120_000)
    expect(a.events).toEqual(['started'])
    expect(b.events).toEqual([])
  })

  it('never overlaps with a leader that is cut off', async () => {
    const a = await leader()
    const b = await standby()
    await pass(7_300)
    leases.fault = ({ body }) =>
      (body as { spec?: LeaseSpec } | undefined)?.spec?.holderIdentity === 'a' ? 503 : undefined
    const both: number[] = []
    let gap = 0
    for (let ms = 0; ms < 40_000; ms += 50) {
      await pass(50)
      if (a.leads && b.leads) both.push(ms)
      if (!a.leads && !b.leads) gap += 50
    }
    expect(both).toEqual([])
    expect(b.leads).toBe(true)
    expect(gap, 'the time without a leader is what protects us').toBeGreaterThanOrEqual(4_500)
  })

  it('believes the duration that the holder promised', async () => {
    const b = new Replica(leases, 'b')
    foreignHolder(wallClock(0), { leaseDurationSeconds: 60 })
    b.campaign()
    await pass(59_900)
    expect(b.leads).toBe(false)
    await pass(200)
    expect(b.leads).toBe(true)
  })

  it('is not held off by somebody who only labels the Lease of a dead holder', async () => {
    const b = new Replica(leases, 'b')
    foreignHolder(wallClock(0))
    b.campaign()
    for (let second = 0; second < 16; second++) {
      await pass(1000)
      if (!b.leads) leases.put(leases.lease?.spec, { touched: String(second) })
    }
    expect(b.leads).toBe(true)
  })

  it('creates a deleted Lease once its holder would have lost it', async () => {
    const b = new Replica(leases, 'b')
    foreignHolder(wallClock(0))
    b.campaign()
    await pass(5_000)
    leases.put(undefined)
    await pass(9_900)
    expect(b.leads).toBe(false)
    await pass(200)
    expect(b.leads).toBe(true)
    expect(leases.lease?.spec?.leaseTransitions).toBe(4)
  })

  it('asks every 2 to 4.4 s, by chance', async () => {
    await leader()
    const b = await standby()
    leases.take()
    const looks = async (chance: number) => {
      b.clock.chance = chance
      await pass(4_400)
      leases.take()
      await pass(44_000)
      return leases.take().filter((request) => request === 'GET').length
    }
    expect(await looks(0)).toBe(22)
    expect(await looks(0.9999)).toBe(10)
  })

  it('survives an API server that is away, and says so once', async () => {
    leases.fault = () => 503
    const b = await standby()
    await pass(60_000)
    expect(b.warnings).toEqual(['could not acquire the Lease, trying again'])
    leases.fault = () => undefined
    await pass(4_400)
    expect(b.leads).toBe(true)
  })
})

describe('a release', () => {
  it('clears the holder, shortens the Lease to 1 s, and writes no more', async () => {
    const a = await leader()
    const released = a.election.release()
    expect(a.leads, 'from the first moment on').toBe(false)
    await released
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
    leases.take()
    await pass(60_000)
    expect(leases.take()).toEqual([])
    expect(a.events, 'it is no loss').toEqual(['started'])
    expect(a.clock.pending()).toEqual([])
    expect(a.metrics.get('leader_election_master_status')).toBe(0)
  })

  it('hands over at the next look of a standby without a watch', async () => {
    const a = await leader()
    const b = await standby()
    await pass(5_000)
    await a.election.release()
    await pass(4_400)
    expect(b.leads).toBe(true)
  })

  it('hands over at once to a standby that watches', async () => {
    const a = await leader()
    leases.canWatch = true
    const b = await standby()
    b.clock.chance = 0.999
    await pass(5_000)
    await a.election.release()
    for (let at = 0; at < 10; at++) await turn()
    expect(b.leads).toBe(true)
  })

  it('gives back what was taken while it was called', async () => {
    const a = new Replica(leases, 'a').campaign()
    await a.election.release()
    expect(holderOf(leases.lease)).toBe('')
    expect(a.events).toEqual([])
  })

  it('of a standby writes nothing', async () => {
    await leader()
    const b = await standby()
    leases.take()
    await b.election.release()
    expect(leases.take()).toEqual([])
    expect(holderOf(leases.lease)).toBe('a')
  })

  it('leaves the Lease of a successor alone', async () => {
    const a = await leader()
    foreignHolder(wallClock(0))
    await a.election.release()
    expect(holderOf(leases.lease)).toBe('x')
  })

  it('succeeds although the answer to the last renewal was lost', async () => {
    const a = await leader()
    leases.put(leases.lease?.spec)
    await a.election.release()
    expect(holderOf(leases.lease)).toBe('')
  })

  it('ends when the API server does not answer at all', async () => {
    const a = await leader()
    leases.fault = () => 'hangs'
    await a.election.release()
    expect(a.warnings.at(-1)).toContain('could not release the Lease')
  })
})

describe('without permission for Leases', () => {
  it('it leads, and says once which rules are missing', async () => {
    leases.fault = () => 403
    const a = new Replica(leases, 'a').campaign()
    await pass(300_000)
    expect(a.leads).toBe(true)
    expect(a.election.isUnguarded).toBe(true)
    expect(a.events).toEqual(['started'])
    expect(a.warnings).toHaveLength(1)
    expect(a.warnings[0]).toMatch(/^no permission to use Leases: working without leader election/)
  })

  it('it takes the Lease as soon as that is granted', async () => {
    leases.fault = () => 403
    const a = new Replica(leases, 'a').campaign()
    await pass(3000)
    leases.fault = () => undefined
    await pass(5000)
    expect(holderOf(leases.lease)).toBe('a')
    expect(a.election.isUnguarded).toBe(false)
    expect(a.events).toEqual(['started'])
    leases.fault = () => 503
    await pass(12_000)
    expect(a.events.at(-1), 'from then on the Lease counts').toBe('lost: not renewed for 10 s')
  })

  it('it is lost when that is granted and somebody else holds the Lease', async () => {
    leases.fault = () => 403
    const a = new Replica(leases, 'a').campaign()
    await pass(10_000)
    leases.fault = () => undefined
    foreignHolder(wallClock(0))
    await pass(60_000)
    expect(a.leads).toBe(false)
    expect(a.events).toEqual(['started', 'lost: x holds the Lease'])
  })

  it('nothing may be written any more after a release', async () => {
    leases.fault = () => 403
    const a = new Replica(leases, 'a').campaign()
    await turn()
    await a.election.release()
    expect(a.leads).toBe(false)
  })
})
