import { expect, test } from 'vitest'
import { duration, type Output, type Progress, progressTo } from './progress.ts'

/** Time that passes when it is told to. */
class FakeClock {
  #now = 0
  #tick: { readonly every: number; readonly call: () => void; next: number } | undefined

  now(): number {
    return this.#now
  }

  every(ms: number, call: () => void): () => void {
    this.#tick = { every: ms, call, next: this.#now + ms }
    return () => {
      this.#tick = undefined
    }
  }

  get ticks(): boolean {
    return this.#tick !== undefined
  }

  seconds(count: number): void {
    const end = this.#now + count * 1_000
    for (; this.#tick && this.#tick.next <= end; this.#tick.next += this.#tick.every) {
      this.#now = this.#tick.next
      this.#tick.call()
    }
    this.#now = end
  }
}

class FakeStream implements Output {
  readonly isTTY: boolean
  readonly columns = 40
  text = ''

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }

  /** What was written since the last call: lines of a log, or the states of the one line of a terminal. */
  take(): string[] {
    const written = this.text.split(this.isTTY ? '\r\u001b[K' : '\n')
    this.text = ''
    return written.filter((line) => line !== '')
  }
}

function bench(isTTY: boolean) {
  const [clock, stream] = [new FakeClock(), new FakeStream(isTTY)]
  return { clock, stream, progress: progressTo(stream, undefined, clock) }
}

const istiod = { doing: 'building istiod', done: 'built istiod' }

/** Begins a task that ends when the test says so. */
function begin(progress: Progress, task: { doing: string; done?: string }) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const told = progress(task, () => promise)
  const end = async (error?: Error) => {
    error ? reject(error) : resolve()
    await told.catch(() => undefined)
  }
  return { told, end }
}

test('a log announces a task after two seconds and then tells of it every 30', async () => {
  const { clock, stream, progress } = bench(false)
  const { end } = begin(progress, istiod)
  clock.seconds(1)
  expect(stream.take()).toEqual([])
  clock.seconds(70)
  expect(stream.take()).toEqual(['building istiod … 2 s', 'building istiod … 32 s', 'building istiod … 1 min 2 s'])
  await end()
  expect(stream.take()).toEqual(['built istiod (1 min 11 s)'])
})

test('a log gets one line of what is quick', async () => {
  const { clock, stream, progress } = bench(false)
  const { end } = begin(progress, istiod)
  clock.seconds(0.3)
  await end()
  expect(stream.take()).toEqual(['built istiod (300 ms)'])
})

test('a terminal has one line, which is rewritten every second', async () => {
  const { clock, stream, progress } = bench(true)
  const { end } = begin(progress, istiod)
  clock.seconds(2)
  expect(stream.take()).toEqual(['building istiod …', 'building istiod … 1 s', 'building istiod … 2 s'])
  await end()
  expect(stream.text).toMatch(/^\r\S+built istiod \(2\.0 s\)\n/) // in place of that line, and then the cursor moves on
})

test('on a terminal words are cut, and the time is not: a line that wraps could not be rewritten', () => {
  const { clock, stream, progress } = bench(true)
  begin(progress, { doing: 'building etcd, kube-apiserver and kube-controller-manager' })
  clock.seconds(1)
  expect(stream.take()).toEqual(['building etcd, kube-apiserver and kub …', 'building etcd, kube-apiserver and … 1 s'])
})

test('nothing is called done before it is: a failure says so, and is passed on', async () => {
  const { clock, stream, progress } = bench(false)
  const { told, end } = begin(progress, istiod)
  clock.seconds(1)
  await end(new Error('no space left'))
  await expect(told).rejects.toThrow('no space left')
  expect(stream.take()).toEqual(['failed: building istiod (1.0 s)'])
})

test('a task inside of another is shown in its place, and its time is its own', async () => {
  const { clock, stream, progress } = bench(false)
  const outer = begin(progress, { doing: 'starting the mesh', done: 'the mesh is up' })
  const inner = begin(progress, istiod)
  clock.seconds(5)
  await inner.end()
  expect(stream.take()).toEqual(['building istiod … 2 s', 'built istiod (5.0 s)'])
  clock.seconds(3)
  await outer.end()
  expect(stream.take()).toEqual(['starting the mesh … 2 s', 'the mesh is up (3.0 s)'])
})

test('a terminal shows the outer task again when the inner one is over', async () => {
  const { stream, progress } = bench(true)
  begin(progress, { doing: 'starting the mesh' })
  const inner = begin(progress, istiod)
  stream.take()
  await inner.end()
  expect(stream.take()).toEqual(['built istiod (0 ms)\n', 'starting the mesh …'])
})

test('without words for its end a task ends in silence', async () => {
  const { clock, stream, progress } = bench(true)
  const { end } = begin(progress, { doing: 'waiting' })
  stream.take()
  await end()
  expect(stream.take()).toEqual([])
  expect(clock.ticks).toBe(false)
})

test('a look makes a line of a text', async () => {
  const stream = new FakeStream(false)
  const progress = progressTo(stream, (state, text) => `${state}: ${text}`, new FakeClock())
  await progress(istiod, async () => undefined)
  expect(stream.take()).toEqual(['done: built istiod (0 ms)'])
})

test.each([
  [312, '312 ms'],
  [4_712, '4.7 s'],
  [32_900, '32 s'],
  [542_000, '9 min 2 s'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
