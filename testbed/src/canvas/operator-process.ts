/** The operator as a process, as users run it: the bundle, with a kubeconfig. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * Ends the operator with its parent, however that dies: unlike a test bed it would go on trying for ever. `setpriv` becomes
 * the operator, so its pid is that of the operator. Linux only; elsewhere a killed test run leaves it behind.
 */
const LIFELINE = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : []

/** One line of the operator's log. */
export interface LogLine {
  readonly level: number
  readonly time: string
  readonly msg: string
  readonly [key: string]: unknown
}

/** How to run it. */
export interface OperatorOptions {
  /** Path of the bundle, which is a program and gives Node its flags. */
  readonly bundle: string
  readonly kubeconfig: string
  /** Alone, without a Lease. Default true. */
  readonly standalone?: boolean
  /** More environment variables. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A running operator. End it with `stop`, `kill` or `await using`. */
export class OperatorProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  readonly #waiting = new Set<(line: LogLine) => void>()
  readonly #port: number
  /** Everything it has logged so far. */
  readonly log: LogLine[] = []
  /** What it wrote to standard error. */
  errors = ''

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
    // Not `exit`: what was written last would still be on its way.
    this.#exited = once(child, 'close').then(([code]) => code as number | null)
    child.stderr?.on('data', (chunk) => {
      this.errors += String(chunk)
    })
    if (child.stdout) createInterface(child.stdout).on('line', (line) => this.#read(line))
  }

  /** Starts it and resolves at once; {@link OperatorProcess.ready} tells when its caches are in step. */
  static async start({
    bundle,
    kubeconfig,
    standalone = true,
    environment,
  }: OperatorOptions): Promise<OperatorProcess> {
    const port = await freePort()
    const run = [bundle, 'run', ...(standalone ? ['--standalone'] : []), '--kubeconfig', kubeconfig]
    const [file = '', ...args] = [...LIFELINE, ...run]
    // With the Node that runs us, whatever else is installed.
    const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
    const child = spawn(file, args, {
      env: { PATH: path, HTTP_PORT: String(port), READINESS_DEBOUNCE_MS: '200', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new OperatorProcess(child, port)
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Is it running? */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Its exit code, once it has ended; null after a signal. */
  get exited(): Promise<number | null> {
    return this.#exited
  }

  /** Resolves when its caches are in step and it works. Rejects if it ends before. */
  ready(): Promise<LogLine> {
    return this.logged((line) => line.msg.startsWith('started'))
  }

  /** Resolves with the first line, past or future, that the test accepts. Rejects if the process ends before. */
  logged(accepts: (line: LogLine) => boolean): Promise<LogLine> {
    const past = this.log.find(accepts)
    if (past) return Promise.resolve(past)
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>()
    const look = (line: LogLine) => {
      if (!accepts(line)) return
      this.#waiting.delete(look)
      resolve(line)
    }
    this.#waiting.add(look)
    this.#exited.then((code) => {
      const how = code === null ? 'by a signal' : `with exit code ${code}`
      reject(new Error(`the operator ended ${how}; its standard error ends: ${this.errors.slice(-2000)}`))
    }, reject)
    return promise
  }

  /** GET of one of its endpoints. */
  async http(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`)
    return { status: response.status, text: await response.text() }
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.running) this.#child.kill('SIGTERM')
    return this.#exited
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL')
    await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  #read(line: string): void {
    let parsed: LogLine
    try {
      parsed = JSON.parse(line) as LogLine
    } catch {
      this.errors += `${line}\n`
      return
    }
    this.log.push(parsed)
    for (const look of [...this.#waiting]) look(parsed)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
