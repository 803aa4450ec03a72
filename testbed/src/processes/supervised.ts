import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './part.ts'
import type { Order, Report } from './supervisor-protocol.ts'

/** An order without its number; `Omit` alone would merge the two kinds of order. */
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** Our end of one supervisor process. */
export class Supervised {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (error?: Error) => void>()
  readonly #ended = new Map<string, string>()
  #orders = 0

  constructor(directory: string, keep: boolean) {
    const log = openSync(join(directory, 'supervisor.log'), 'a')
    // Detached: a Ctrl-C in the terminal must reach us alone, we end the parts in order. Our own Node flags are not for the supervisor.
    const options = { detached: true, execArgv: [], stdio: ['ignore' as const, log, log, 'ipc' as const] }
    this.#process = fork(join(import.meta.dirname, 'supervisor.ts'), [directory, keep ? 'keep' : ''], options)
    closeSync(log)
    this.#process.on('message', (report: Report) => this.#hear(report))
    this.#process.on('exit', () =>
      this.#fail(new Error(`testbed: the supervisor process of ${directory} has ended, and the test bed with it`)),
    )
    this.#process.on('error', (error) => this.#fail(error))
    // A forgotten test bed must not keep its user's process alive; the supervisor then cleans up.
    this.#process.unref()
    this.#process.channel?.unref()
  }

  /** Starts a part; resolves when its process exists, which says nothing about whether it serves. */
  async start(part: string, command: Command): Promise<void> {
    this.#ended.delete(part)
    await this.#order({ do: 'start', part, command })
  }

  /** Ends a part; resolves when its process is gone. Nothing to do is no error. */
  async stop(part: string, signal: NodeJS.Signals): Promise<void> {
    await this.#order({ do: 'stop', part, signal })
  }

  /** Sends a signal; does not wait for what it does. */
  async signal(part: string, signal: NodeJS.Signals): Promise<void> {
    await this.#order({ do: 'signal', part, signal })
  }

  /** How the part ended, undefined while it runs. */
  ended(part: string): string | undefined {
    return this.#ended.get(part)
  }

  /** Ends everything; resolves when all processes are gone and, unless kept, the folder too. */
  async close(): Promise<void> {
    if (this.#process.pid === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.ref()
    if (this.#process.connected) this.#process.disconnect()
    await ended
  }

  async #order(order: Unnumbered<Order>): Promise<void> {
    const id = ++this.#orders
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.set(id, (error) => (error ? reject(error) : resolve()))
    this.#process.channel?.ref()
    this.#process.send({ ...order, id }, (error) => error && this.#settle(id, error))
    try {
      await promise
    } finally {
      if (this.#waiting.size === 0) this.#process.channel?.unref()
    }
  }

  #hear(report: Report): void {
    if (report.about === 'exit') this.#ended.set(report.part, report.how)
    else this.#settle(report.id, report.error === undefined ? undefined : new Error(`testbed: ${report.error}`))
  }

  #settle(id: number, error?: Error): void {
    this.#waiting.get(id)?.(error)
    this.#waiting.delete(id)
  }

  #fail(error: Error): void {
    for (const id of this.#waiting.keys()) this.#settle(id, error)
  }
}
