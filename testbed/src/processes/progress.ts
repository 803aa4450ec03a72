/**
 * Tells what takes long, while it runs and when it is over.
 *
 * On a terminal that is one line, rewritten every second. Elsewhere (a log, a pipe) it is plain lines: a task is announced
 * once it has run for two seconds, so that a quick one costs a single line, and then told again every 30 seconds.
 */

/** A task in words. */
export interface Task {
  /** What is happening, such as `building istiod`. */
  readonly doing: string
  /** What has happened when it is over, such as `built istiod`. Without it a good end is not worth a line. */
  readonly done?: string
}

/** Does the work and tells of it. A task that begins inside the work is shown in place of this one, and its time is its own. */
export type Progress = <T>(task: Task, work: () => Promise<T>) => Promise<T>

/** Does the work and tells nobody. */
export const silently: Progress = (_task, work) => work()

/** Where lines go; `process.stderr` is one. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Makes a line of a text. */
export type Look = (state: 'running' | 'done' | 'failed', text: string) => string

/** Time, as far as progress needs it. */
export interface ProgressClock {
  /** Milliseconds. */
  now(): number
  /** Calls again and again, until the returned function is called. */
  every(ms: number, call: () => void): () => void
}

const TICK_MS = 1_000
const FIRST_LINE_MS = 2_000
const NEXT_LINE_MS = 30_000

const plain: Look = (state, text) => (state === 'failed' ? `failed: ${text}` : text)

const systemClock: ProgressClock = {
  now: () => performance.now(),
  every(ms, call) {
    const timer = setInterval(call, ms)
    return () => clearInterval(timer)
  },
}

/** Progress that is written to a stream. Only one should write to a terminal at a time. */
export function progressTo(output: Output, look: Look = plain, clock: ProgressClock = systemClock): Progress {
  const reporter = new Reporter(isTerminal(output) ? new Terminal(output) : new Log(output), look, clock)
  return (task, work) => reporter.run(task, work)
}

/** Whether a line can be rewritten there. */
export function isTerminal({ isTTY }: Output): boolean {
  return isTTY === true && process.env.TERM !== 'dumb'
}

/** Milliseconds for people: `312 ms`, `4.7 s`, `32 s`, `9 min 2 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return wholeSeconds(ms)
}

function wholeSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

interface Running {
  readonly task: Task
  /** Moves on by what tasks inside of it took. */
  begin: number
  /** When a log was told of it. */
  told?: number
}

/** How a kind of output shows what runs. */
interface Display {
  /** Characters that a line about what runs may have. */
  readonly width: number
  /** Something else is running now, or nothing any more. */
  change(line: string | undefined): void
  /** A second has passed. */
  tick(running: Running, now: number, line: string): void
  /** A line that stays. */
  stay(line: string): void
}

class Reporter {
  readonly #running: Running[] = []
  readonly #display: Display
  readonly #look: Look
  readonly #clock: ProgressClock
  #stopClock: (() => void) | undefined

  constructor(display: Display, look: Look, clock: ProgressClock) {
    this.#display = display
    this.#look = look
    this.#clock = clock
  }

  async run<T>(task: Task, work: () => Promise<T>): Promise<T> {
    const running = { task, begin: this.#clock.now() }
    this.#running.push(running)
    this.#stopClock ??= this.#clock.every(TICK_MS, () => this.#tick())
    this.#display.change(this.#line())
    try {
      const result = await work()
      this.#end(running, 'done', task.done)
      return result
    } catch (error) {
      this.#end(running, 'failed', task.doing)
      throw error
    }
  }

  #tick(): void {
    const running = this.#running.at(-1)
    const line = this.#line()
    if (running && line !== undefined) this.#display.tick(running, this.#clock.now(), line)
  }

  #line(): string | undefined {
    const running = this.#running.at(-1)
    if (!running) return undefined
    const ms = this.#clock.now() - running.begin
    const lineOf = (doing: string) => this.#look('running', `${doing} …${ms < 1_000 ? '' : ` ${wholeSeconds(ms)}`}`)
    const { doing } = running.task
    const excess = lineOf(doing).length - this.#display.width
    return lineOf(excess > 0 ? doing.slice(0, -excess) : doing)
  }

  #end(running: Running, state: 'done' | 'failed', text: string | undefined): void {
    const took = this.#clock.now() - running.begin
    const index = this.#running.indexOf(running)
    this.#running.splice(index, 1)
    const outer = this.#running[index - 1]
    if (outer) outer.begin += took
    if (this.#running.length === 0) {
      this.#stopClock?.()
      this.#stopClock = undefined
    }
    this.#display.change(undefined)
    if (text !== undefined) this.#display.stay(this.#look(state, `${text} (${duration(took)})`))
    this.#display.change(this.#line())
  }
}

class Terminal implements Display {
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  /** A line that wraps could not be rewritten. */
  get width(): number {
    return (this.#output.columns || 80) - 1
  }

  change(line = ''): void {
    this.#output.write(`\r\u001b[K${line}`)
  }

  tick(_running: Running, _now: number, line: string): void {
    this.change(line)
  }

  stay(line: string): void {
    this.#output.write(`${line}\n`)
  }
}

class Log implements Display {
  readonly width = Number.POSITIVE_INFINITY
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  change(): void {
    // What was written stays.
  }

  tick(running: Running, now: number, line: string): void {
    const due = running.told === undefined ? running.begin + FIRST_LINE_MS : running.told + NEXT_LINE_MS
    if (now < due) return
    running.told = now
    this.stay(line)
  }

  stay(line: string): void {
    this.#output.write(`${line}\n`)
  }
}
