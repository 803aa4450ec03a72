import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError, ConflictError } from '../client/api-error.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { turns, until } from '../testing/until.ts'
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts'

let clock: FakeClock
let ran: string[]

beforeEach(() => {
  clock = new FakeClock()
  ran = []
})

function newQueue(work: WorkQueueOptions['work'] = async () => undefined, options: Partial<WorkQueueOptions> = {}) {
  const queue = new WorkQueue({
    name: 'test',
    clock,
    work: (key) => {
      ran.push(key)
      return work(key)
    },
    ...options,
  })
  queue.start()
  return queue
}

/** Work that ends when its gate is opened. */
function gate() {
  const gates: { key: string; open: () => void }[] = []
  const work = (key: string) => new Promise<undefined>((resolve) => gates.push({ key, open: () => resolve(undefined) }))
  return { work, gates }
}

describe('a key', () => {
  it('that waits already is not queued twice', async () => {
    const queue = newQueue()
    queue.add('a')
    queue.add('a')
    await queue.whenIdle()
    expect(ran).toEqual(['a'])
  })

  it('never runs twice at once, and runs again when it changed while running', async () => {
    const { work, gates } = gate()
    const queue = newQueue(work)
    queue.add('a')
    await until(() => gates.length === 1)
    queue.add('a')
    queue.add('a')
    await turns()
    expect(ran).toEqual(['a'])
    gates[0]?.open()
    await until(() => gates.length === 2)
    gates[1]?.open()
    await queue.whenIdle()
    expect(ran).toEqual(['a', 'a'])
  })

  it('is settled when it neither waits nor runs', async () => {
    const { work, gates } = gate()
    const settled: string[] = []
    const queue = newQueue(work, { onSettled: (key) => settled.push(key) })
    queue.add('a')
    await until(() => gates.length === 1)
    queue.add('a')
    gates[0]?.open()
    await until(() => gates.length === 2)
    expect(settled).toEqual([])
    gates[1]?.open()
    await queue.whenIdle()
    expect(settled).toEqual(['a'])
  })

  it('is pending while it waits or runs, not while it is delayed', async () => {
    const { work, gates } = gate()
    const queue = newQueue(work)
    queue.addAfter('a', 10)
    expect(queue.isPending('a')).toBe(false)
    queue.add('a')
    expect(queue.isPending('a')).toBe(true)
    await until(() => gates.length === 1)
    expect(queue.isPending('a')).toBe(true)
    gates[0]?.open()
    await queue.whenIdle()
    expect(queue.isPending('a')).toBe(false)
  })
})

describe('order', () => {
  it('is first in, first out; start-up keys wait behind normal ones', async () => {
    const queue = newQueue(undefined, { concurrency: 1 })
    queue.add('s1', 'startup')
    queue.add('s2', 'startup')
    queue.add('n1')
    queue.add('n2')
    await queue.whenIdle()
    expect(ran).toEqual(['n1', 'n2', 's1', 's2'])
  })

  it('lets a start-up key rise, and never sink', async () => {
    const queue = newQueue(undefined, { concurrency: 1 })
    for (const key of ['s1', 's2', 's3']) queue.add(key, 'startup')
    queue.add('s3')
    queue.promote('s2')
    queue.add('s3', 'startup')
    await queue.whenIdle()
    expect(ran).toEqual(['s3', 's2', 's1'])
  })

  it('runs at most as many keys at once as allowed', async () => {
    const { work, gates } = gate()
    const queue = newQueue(work, { concurrency: 3 })
    for (let i = 0; i < 10; i++) queue.add(`k${i}`)
    await turns()
    expect(gates).toHaveLength(3)
    gates[0]?.open()
    await until(() => gates.length === 4)
  })

  it('leaves turns of the event loop to others between keys that do nothing', async () => {
    const queue = newQueue()
    for (let i = 0; i < 1000; i++) queue.add(`k${i}`)
    let turnsOfOthers = 0
    const other = () => {
      turnsOfOthers++
      if (queue.isPending('k999')) setImmediate(other)
    }
    setImmediate(other)
    await queue.whenIdle()
    expect(turnsOfOthers).toBeGreaterThan(30)
  })
})

describe('a failure', () => {
  it('delays its key longer and longer, up to 60 s, and others not at all', async () => {
    const queue = newQueue(async (key) => {
      if (key === 'bad') throw new Error('no')
      return undefined
    })
    const delays: number[] = []
    queue.add('bad')
    for (let i = 0; i < 16; i++) {
      await until(() => clock.pending().length === 1)
      const [delay = 0] = clock.pending()
      delays.push(delay)
      clock.advance(delay)
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40])
    expect(Math.max(...delays)).toBe(60_000)
    queue.add('good')
    await until(() => ran.at(-1) === 'good')
  })

  it('is forgotten after a success', async () => {
    let failures = 2
    const queue = newQueue(async () => {
      if (failures-- > 0) throw new Error('no')
      return undefined
    })
    queue.add('a')
    await until(() => clock.pending().includes(5))
    clock.advance(5)
    await until(() => clock.pending().includes(10))
    clock.advance(10)
    await until(() => ran.length === 3)
    failures = 1
    queue.add('a')
    await until(() => clock.pending().includes(5))
  })

  it('waits as long as the server asked', async () => {
    const queue = newQueue(() =>
      Promise.reject(new ApiError({ code: 429, reason: 'Busy', message: '', retryAfterMs: 7000 })),
    )
    queue.add('a')
    await until(() => clock.pending().includes(7000))
  })

  it('that is a conflict is tried again at once and is no error', async () => {
    const counts: string[] = []
    const telemetry = { count: (name: string) => void counts.push(name), gauge() {}, observe() {} }
    const queue = newQueue(() => Promise.reject(new ConflictError('')), { telemetry })
    queue.add('a')
    await until(() => clock.pending().includes(5))
    expect(counts).not.toContain('controller_runtime_reconcile_errors_total')
  })

  it('that is thrown before the first await, or by a listener, harms nothing', async () => {
    const bug = (): never => {
      throw new Error('no')
    }
    const queue = newQueue(bug, { onSettled: bug })
    queue.add('a')
    await queue.whenIdle()
    queue.add('b')
    await queue.whenIdle()
    expect(ran).toEqual(['a', 'b'])
  })
})

describe('a delay', () => {
  it('ends at the earliest of several wishes', async () => {
    const queue = newQueue()
    queue.addAfter('a', 100)
    queue.addAfter('a', 50)
    queue.addAfter('a', 200)
    expect(clock.pending()).toEqual([50])
    clock.advance(50)
    await queue.whenIdle()
    expect(ran).toEqual(['a'])
  })

  it('may be the wish of a run', async () => {
    const queue = newQueue(async () => (ran.length < 2 ? { requeueAfterMs: 300 } : undefined))
    queue.add('a')
    await until(() => clock.pending().includes(300))
    clock.advance(300)
    await until(() => ran.length === 2)
    await queue.whenIdle()
    expect(clock.pending()).toEqual([])
  })
})

describe('drain', () => {
  it('awaits what runs, hands out nothing more and leaves no timer', async () => {
    const { work, gates } = gate()
    const queue = newQueue(work, { concurrency: 1 })
    queue.add('a')
    queue.add('b')
    queue.addAfter('c', 10)
    await until(() => gates.length === 1)
    let drained = false
    const end = queue.drain().then(() => {
      drained = true
    })
    queue.add('d')
    await turns()
    expect(drained).toBe(false)
    gates[0]?.open()
    await end
    await turns()
    expect(ran).toEqual(['a'])
    expect(clock.pending()).toEqual([])
  })
})
