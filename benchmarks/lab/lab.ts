/**
 * A control plane that only etcd and kube-apiserver belong to, started from a copy of an etcd data directory.
 *
 * The test bed's programs and flags, but not the test bed: that begins empty and runs controllers, whose requests would be
 * counted as the subject's.
 */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binaries, type Connection, request } from '@exposedapi/testbed'
import {
  apiServerFlags,
  etcdFlags,
  freePorts,
  kubeconfig,
  type Layout,
  LIFELINE,
  layout,
  logFile,
  until,
  writeInputs,
} from '@exposedapi/testbed/control-plane'
import { isAlive, start, stop } from './children.ts'

const READY_MS = 120_000

/** A running control plane. */
export class Lab implements AsyncDisposable {
  readonly #paths: Layout
  readonly #token = randomBytes(16).toString('hex')
  #etcd: ChildProcess | undefined
  #apiServer: ChildProcess | undefined
  #admin: Connection

  private constructor(paths: Layout) {
    this.#paths = paths
    this.#admin = { server: paths.server, ca: '', token: this.#token }
  }

  /** Starts one; resolves when it serves. Without a snapshot it is empty. */
  static async start(programs: Binaries, snapshot?: string): Promise<Lab> {
    const paths = layout(await mkdtemp(join(tmpdir(), 'exposedapi-bench-')), await freePorts())
    const lab = new Lab(paths)
    if (snapshot !== undefined) await cp(snapshot, paths.etcdData, { recursive: true })
    await writeInputs(paths, lab.#token)
    lab.#etcd = await lab.#run(programs.etcd, 'etcd', etcdFlags(paths))
    lab.#apiServer = await lab.#run(programs['kube-apiserver'], 'kube-apiserver', apiServerFlags(paths, false))
    await until('the control plane to be ready', () => lab.#serves(), READY_MS)
    await writeFile(paths.kubeconfig, kubeconfig(lab.#admin, 'admin'), { mode: 0o600 })
    return lab
  }

  /** Path of a kubeconfig that may do everything. */
  get kubeconfig(): string {
    return this.#paths.kubeconfig
  }

  /** The same as values. */
  get admin(): Connection {
    return this.#admin
  }

  /** Where logs of subjects may go. */
  get directory(): string {
    return this.#paths.directory
  }

  /** Process ids by name, for CPU time and memory. */
  get processes(): Readonly<Record<string, number>> {
    return { apiserver: this.#apiServer?.pid ?? 0, etcd: this.#etcd?.pid ?? 0 }
  }

  /** Ends it and keeps a copy of its data as a snapshot. */
  async keepAs(snapshot: string): Promise<void> {
    await this.#stop()
    await rm(snapshot, { recursive: true, force: true })
    await cp(this.#paths.etcdData, snapshot, { recursive: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    await rm(this.directory, { recursive: true, force: true })
  }

  async #stop(): Promise<void> {
    // In this order: etcd waits for its clients.
    if (this.#apiServer) await stop(this.#apiServer)
    if (this.#etcd) await stop(this.#etcd)
  }

  async #run(program: Binaries['etcd'], part: string, flags: readonly string[]): Promise<ChildProcess> {
    const log = openSync(logFile(this.directory, part), 'a')
    const { PATH, HOME, TMPDIR } = process.env
    // The lifeline ends it with us, however we end.
    const env = { PATH, HOME, TMPDIR, ...program.env, ...LIFELINE }
    const options = { cwd: this.directory, env, stdio: ['ignore' as const, log, log, 'pipe' as const] }
    const child = await start(program.file, [...program.args, ...flags], options)
    closeSync(log)
    return child
  }

  async #serves(): Promise<boolean> {
    for (const child of [this.#etcd, this.#apiServer]) {
      if (child && !isAlive(child)) throw new Error(`bench: a part of the control plane ended: ${await this.#logs()}`)
    }
    try {
      this.#admin = { ...this.#admin, ca: await readFile(this.#paths.certificate, 'utf8') }
      const answers = await Promise.all(
        ['/readyz', '/api/v1/namespaces/default'].map((path) => request(this.#admin, { path })),
      )
      return answers.every(({ status }) => status === 200)
    } catch {
      return false // not listening yet
    }
  }

  async #logs(): Promise<string> {
    const texts = ['etcd', 'kube-apiserver'].map((part) => readFile(logFile(this.directory, part), 'utf8'))
    return (await Promise.all(texts)).map((text) => text.slice(-1000)).join('\n')
  }
}
