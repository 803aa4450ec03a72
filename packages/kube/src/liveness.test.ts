import { describe, expect, it } from 'vitest'
import type { KindHealth } from './kinds/health.ts'
import { Liveness } from './liveness.ts'
import { WorkQueue } from './queue/work-queue.ts'
import { FakeClock } from './testing/fake-clock.ts'

const HEALTHY: KindHealth = {
  resource: 'things.test.io',
  optional: false,
  served: 'test.io/v1',
  state: 'watching',
  synced: true,
  lastEventAgeMs: 10_000,
  aliveAgeMs: 10_000,
  lastError: undefined,
  lastErrorCode: undefined,
  waiting: undefined,
  forbidden: [],
}
const MINUTE = 60_000

function scene(changes: Partial<KindHealth> = {}, others: Partial<KindHealth> = {}) {
  const clock = new FakeClock()
  const kinds = [
    { ...HEALTHY, ...changes },
    { ...HEALTHY, resource: 'others', ...others },
  ]
  const work = { run: (_: string): Promise<undefined> => Promise.resolve(undefined) }
  const queue = new WorkQueue({ name: 'main', concurrency: 1, clock, work: (key) => work.run(key) })
  const cluster = { health: () => ({ synced: true, kinds, forbidden: [] }) }
  return { clock, queue, work, liveness: new Liveness({ cluster, queues: [queue], clock }) }
}

describe('a watch', () => {
  it.each([
    { because: 'bytes come', changes: {} },
    { because: 'the next attempt is on schedule', changes: { state: 'waiting', aliveAgeMs: 0, lastEventAgeMs: 1e7 } },
    { because: 'a kind is forbidden', changes: { lastErrorCode: 403, lastEventAgeMs: 1e7 } },
    { because: 'the server throttles', changes: { lastErrorCode: 429, lastEventAgeMs: 1e7 } },
    { because: 'the server fails', changes: { lastErrorCode: 500, lastEventAgeMs: 1e7 } },
    { because: 'a quiet kind of a server without bookmarks is silent', changes: { lastEventAgeMs: 1e7 } },
    {
      because: 'the whole API server is away',
      changes: { lastErrorCode: 0, lastEventAgeMs: 1e7 },
      others: { lastErrorCode: 0, lastEventAgeMs: 1e7 },
    },
    { because: 'it is cut off for 29 minutes only', changes: { lastErrorCode: 0, lastEventAgeMs: 29 * MINUTE } },
    { because: 'an optional kind is absent', changes: { lastEventAgeMs: undefined, aliveAgeMs: undefined } },
  ] as { because: string; changes: Partial<KindHealth>; others?: Partial<KindHealth> }[])(
    'lives while $because',
    ({ changes, others }) => {
      expect(scene(changes, others).liveness.dead()).toEqual([])
    },
  )

  it('is dead when it has neither heard nor tried anything for 140 s', () => {
    expect(scene({ aliveAgeMs: 140_001 }).liveness.dead()).toEqual([
      'watch of things.test.io: no sign of life for 140 s',
    ])
  })

  it('is dead when it alone cannot reach the API server for half an hour', () => {
    const cutOff = { lastErrorCode: 0, lastError: 'connect ECONNREFUSED', lastEventAgeMs: 31 * MINUTE }
    expect(scene(cutOff).liveness.dead()).toEqual([
      'watch of things.test.io: API server unreachable for 1860 s while other watches work: connect ECONNREFUSED',
    ])
  })
})

describe('workers', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve))

  it('live while they work, wait for the API server, or have nothing to do', async () => {
    const { clock, queue, work, liveness } = scene()
    queue.start()
    clock.advance(10 * MINUTE)
    work.run = () => new Promise(() => {})
    queue.add('slow')
    queue.add('next')
    await turn()
    clock.advance(59 * MINUTE)
    expect(liveness.dead()).toEqual([])
  })

  it('are dead when a run does not end within an hour', async () => {
    const { clock, queue, work, liveness } = scene()
    queue.start()
    work.run = () => new Promise(() => {})
    queue.add('slow')
    await turn()
    clock.advance(61 * MINUTE)
    expect(liveness.dead()).toEqual(['queue main: slow has been running for 3660 s'])
  })

  it('are dead when keys wait and nobody takes them', () => {
    const { clock, queue, liveness } = scene()
    queue.start()
    clock.advance(MINUTE)
    // The turn of the event loop that hands it out never comes.
    queue.add('a')
    clock.advance(140_000)
    expect(liveness.dead()).toEqual([])
    clock.advance(1)
    expect(liveness.dead()).toEqual(['queue main: no worker has taken any of 1 waiting keys for 140 s'])
  })

  it('are not dead before they were started: a standby takes no keys', () => {
    const { clock, queue, liveness } = scene()
    queue.add('a')
    clock.advance(10 * MINUTE)
    expect(liveness.dead()).toEqual([])
  })
})

describe('the event loop', () => {
  it('lives while its timers fire', () => {
    const { clock, liveness } = scene()
    liveness.start()
    clock.advance(10 * MINUTE)
    expect(liveness.dead()).toEqual([])
    liveness.stop()
    expect(clock.pending()).toEqual([])
  })

  it('is dead when no timer has fired for 140 s', () => {
    const { clock, liveness } = scene()
    liveness.start()
    clock.setTimeout = () => ({ cancel() {} })
    clock.advance(MINUTE)
    clock.advance(140_000)
    expect(liveness.dead()).toEqual(['event loop: no timer has fired for 199 s'])
  })
})
