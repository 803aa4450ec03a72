/**
 * One watch request, from its first byte to its end.
 *
 * The danger is silence: a half-open connection looks like a quiet cluster. Bookmarks come about every 60 s, so 70 s
 * without a byte mean that nobody is there. The timers start before the request: some proxies hold back the head of the
 * answer until the first event.
 */
import type { IncomingMessage } from 'node:http'
import type { KubeObject } from '@exposedapi/objects'
import type { Clock, Timer } from '../runtime/clock.ts'
import { ApiError, errorOfNetwork, errorOfStatus } from './api-error.ts'
import type { RestClient } from './rest-client.ts'

/** One line of a watch. */
export interface Frame {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: KubeObject
}

/** Why a watch ended without a failure. `inactive` and `deadline` are our own limits. */
export type WatchEnd = 'eof' | 'inactive' | 'deadline' | 'stopped'

/** One watch. */
export interface WatchOptions {
  readonly client: Pick<RestClient, 'stream'>
  readonly clock: Clock
  readonly path: string
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>
  /** Abort after so many ms without a byte. Asked again each time, since a stream may turn from a list into a watch. */
  readonly inactivityMs: () => number
  /** Abort after so many ms in any case. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
  /** What throws here is passed on: only a list that must be given up does so. */
  readonly onFrame: (frame: Frame) => void
  /** Called for each chunk, whatever it holds. */
  readonly onActivity: () => void
}

/** Runs a watch until it ends. Rejects with an ApiError: a refusal, an `ERROR` frame, a cut or unreadable stream. */
export async function runWatch(options: WatchOptions): Promise<WatchEnd> {
  const limit = new Limits(options)
  try {
    const { client, path, query } = options
    const body = await client.stream({ path, query, signal: limit.signal })
    limit.touch()
    await readFrames(body, options, () => limit.touch())
    return limit.reason ?? 'eof'
  } catch (error) {
    if (limit.reason) return limit.reason
    throw error
  } finally {
    limit.end()
  }
}

/** Splits a body into lines without copying them, and carries what is incomplete. */
export class LineSplitter {
  #carried: Buffer[] = []

  /** Calls for each complete line, without its newline. */
  push(chunk: Buffer, onLine: (line: Buffer) => void): void {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end)
      const line = this.#carried.length === 0 ? part : Buffer.concat([...this.#carried, part])
      this.#carried = []
      start = end + 1
      onLine(line)
    }
    if (start < chunk.length) this.#carried.push(chunk.subarray(start))
  }

  /** Whether an incomplete line is left. */
  get isCut(): boolean {
    return this.#carried.length > 0
  }
}

function readFrames(body: IncomingMessage, options: WatchOptions, onChunk: () => void): Promise<void> {
  const lines = new LineSplitter()
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      body.destroy()
      reject(error)
    }
    body.on('data', (chunk: Buffer) => {
      onChunk()
      options.onActivity()
      try {
        lines.push(chunk, (line) => readLine(line, options))
      } catch (error) {
        fail(error)
      }
    })
    body.on('end', () =>
      lines.isCut ? fail(brokenFrame(options.path, 'the stream ended in the middle of an event')) : resolve(),
    )
    body.on('error', (error) => reject(errorOfNetwork(error, `watch ${options.path}`)))
  })
}

function readLine(line: Buffer, options: WatchOptions): void {
  if (options.signal.aborted || line.length === 0) return
  const frame = parse(line, options.path)
  if (frame.type === 'ERROR') throw errorOfStatus(frame.object)
  options.onFrame(frame as Frame)
}

/** A line that does not parse means a broken stream: to skip it would lose an event without a trace. */
function parse(line: Buffer, path: string): { type: string; object: KubeObject } {
  let frame: { type?: unknown; object?: { metadata?: unknown } } | null
  try {
    frame = JSON.parse(line.toString('utf8'))
  } catch (cause) {
    throw brokenFrame(path, 'an event is not JSON', cause)
  }
  if (frame?.type === 'ERROR' || (typeof frame?.type === 'string' && frame.object?.metadata)) {
    return frame as { type: string; object: KubeObject }
  }
  throw brokenFrame(path, 'a line is not an event')
}

function brokenFrame(path: string, what: string, cause?: unknown): ApiError {
  return new ApiError({ code: 0, reason: 'BrokenStream', message: `watch ${path}: ${what}`, cause })
}

/** The two timers of a watch and the signal of its owner, as one signal. */
class Limits {
  reason: WatchEnd | undefined
  readonly #options: WatchOptions
  readonly #abort = new AbortController()
  readonly #deadline: Timer
  #inactivity: Timer
  #touchedAt: number

  constructor(options: WatchOptions) {
    this.#options = options
    this.#touchedAt = options.clock.now()
    this.#deadline = options.clock.setTimeout(() => this.#hit('deadline'), options.deadlineMs)
    this.#inactivity = this.#arm(options.inactivityMs())
    options.signal.addEventListener('abort', this.#stop)
    if (options.signal.aborted) this.#stop()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  touch(): void {
    this.#touchedAt = this.#options.clock.now()
  }

  end(): void {
    this.#deadline.cancel()
    this.#inactivity.cancel()
    this.#options.signal.removeEventListener('abort', this.#stop)
  }

  /** One timer that looks again is cheaper than one for each chunk. */
  #arm(ms: number): Timer {
    return this.#options.clock.setTimeout(() => {
      const left = this.#touchedAt + this.#options.inactivityMs() - this.#options.clock.now()
      if (left <= 0) this.#hit('inactive')
      else this.#inactivity = this.#arm(left)
    }, ms)
  }

  readonly #stop = () => this.#hit('stopped')

  #hit(reason: WatchEnd): void {
    this.reason ??= reason
    this.#abort.abort()
  }
}
