import { randomBytes } from 'node:crypto'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binaries } from '../build/binaries.ts'
import { type Layout, layout, logFile, writeInputs } from '../processes/layout.ts'
import type { Binaries, Part } from '../processes/part.ts'
import { freePorts } from '../processes/ports.ts'
import type { Progress } from '../processes/progress.ts'
import { Supervised } from '../processes/supervised.ts'
import { applyCrds } from './custom-kinds.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './flags.ts'
import { untilCollecting } from './garbage-probe.ts'
import { type Connection, kubeconfig } from './kubeconfig.ts'
import { request } from './request.ts'
import { serviceAccountToken } from './service-account.ts'
import { until } from './until.ts'

/** How to start a test bed. */
export interface TestbedOptions {
  /** CustomResourceDefinitions to install before the controllers start: cheaper than `install` later. Default: none. */
  readonly crds?: readonly object[]
  /** Write the API server's audit log, one line per request (see `auditEvents`). Default: false. */
  readonly audit?: boolean
  /** Leave the folder, with logs and data, when it ends. Default: false. */
  readonly keep?: boolean
  /** Told about a build, which takes minutes. Default: nobody is told. */
  readonly progress?: Progress
  /** More flags for kube-apiserver; they win over ours. Default: none. */
  readonly apiServerFlags?: readonly string[]
}

/** A control plane of its own: etcd, API server and the controllers that matter to operators, on loopback ports. */
export interface Testbed extends AsyncDisposable {
  /** URL of the API server. */
  readonly server: string
  /** Logs, data and certificates. */
  readonly directory: string
  /** Path of a kubeconfig that may do everything. */
  readonly kubeconfig: string
  /** The same as values, for `request`. */
  readonly admin: Connection
  /** Path of the audit log, undefined without `audit`. */
  readonly auditLog: string | undefined
  /** Whether garbage collection, namespace deletion and EndpointSlices work: false with envtest binaries that lack kube-controller-manager. */
  readonly hasControllers: boolean
  /** Path of a service account's kubeconfig. Creates account and namespace where missing; may do only what RBAC grants it. */
  serviceAccount(namespace: string, name: string): Promise<string>
  /**
   * Installs CustomResourceDefinitions and waits until they are served and their objects are garbage collected.
   *
   * It restarts the controllers: the garbage collector looks for new kinds every 30 seconds only, and no flag changes that.
   */
  install(crds: readonly object[]): Promise<void>
  /**
   * Ends one part and waits until its process is gone. Default signal: SIGTERM, which takes the API server two seconds, and etcd seven
   * while an API server is connected; SIGKILL is immediate and loses no data.
   */
  stop(part: Part, signal?: NodeJS.Signals): Promise<void>
  /** Starts a stopped part with the same port and data and waits until it serves. */
  start(part: Part): Promise<void>
  /** Freezes a part: its connections stay open and nobody answers. `thaw` or `stop` ends it. */
  freeze(part: Part): Promise<void>
  /** Lets a frozen part continue where it was. */
  thaw(part: Part): Promise<void>
  /** The last 100 lines of a part's output. */
  logs(part: Part): Promise<string>
}

const ATTEMPTS = 4
const LOG_LINES = 100
/** Twenty times what a start takes on an idle machine: tests run beside builds. */
const READY_MS = 60_000

/**
 * Starts a control plane; resolves when it serves and its controllers run. Any number may run side by side.
 *
 * End it with `await using` or `[Symbol.asyncDispose]()`. If its process dies first, however it dies, the control plane goes too.
 */
export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const found = await binaries(options.progress)
  for (let attempt = 1; ; attempt++) {
    const testbed = await ControlPlane.prepare(found, options)
    try {
      await testbed.begin(options.crds ?? [])
      return testbed
    } catch (error) {
      const again = attempt < ATTEMPTS && (await testbed.lostPort())
      await testbed[Symbol.asyncDispose]()
      if (!again) throw error
    }
  }
}

class ControlPlane implements Testbed {
  readonly server: string
  readonly directory: string
  readonly kubeconfig: string
  readonly auditLog: string | undefined
  readonly hasControllers: boolean
  readonly #binaries: Binaries
  readonly #options: TestbedOptions
  readonly #layout: Layout
  readonly #supervised: Supervised
  #admin: Connection

  private constructor(found: Binaries, options: TestbedOptions, paths: Layout) {
    this.#binaries = found
    this.#options = options
    this.#layout = paths
    this.#supervised = new Supervised(paths.directory, options.keep ?? false)
    this.#admin = { server: paths.server, ca: '', token: randomBytes(16).toString('hex') }
    this.server = paths.server
    this.directory = paths.directory
    this.kubeconfig = paths.kubeconfig
    this.auditLog = options.audit ? paths.auditLog : undefined
    this.hasControllers = found['kube-controller-manager'] !== undefined
  }

  static async prepare(found: Binaries, options: TestbedOptions): Promise<ControlPlane> {
    const ports = await freePorts()
    const paths = layout(await mkdtemp(join(tmpdir(), 'exposedapi-testbed-')), ports)
    const plane = new ControlPlane(found, options, paths)
    await writeInputs(paths, plane.#admin.token)
    return plane
  }

  get admin(): Connection {
    return this.#admin
  }

  async begin(crds: readonly object[]): Promise<void> {
    await Promise.all([this.#launch('etcd'), this.#launch('kube-apiserver')])
    await this.#serving('kube-apiserver')
    await writeFile(this.kubeconfig, kubeconfig(this.#admin, 'admin'), { mode: 0o600 })
    if (crds.length > 0) await applyCrds(this.#admin, crds)
    if (this.hasControllers) await this.start('kube-controller-manager')
  }

  /** Whether a part ended because another process took its port between our choice and its use. */
  async lostPort(): Promise<boolean> {
    const logs = await Promise.all([this.logs('etcd'), this.logs('kube-apiserver')])
    return logs.some((log) => log.includes('address already in use'))
  }

  async serviceAccount(namespace: string, name: string): Promise<string> {
    const token = await serviceAccountToken(this.#admin, namespace, name)
    const path = join(this.directory, `${namespace}.${name}.kubeconfig`)
    await writeFile(path, kubeconfig({ ...this.#admin, token }, name), { mode: 0o600 })
    return path
  }

  async install(crds: readonly object[]): Promise<void> {
    await applyCrds(this.#admin, crds)
    if (!this.hasControllers) return
    await this.stop('kube-controller-manager', 'SIGKILL')
    await this.start('kube-controller-manager')
  }

  async stop(part: Part, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#supervised.stop(part, signal)
  }

  async start(part: Part): Promise<void> {
    await this.#launch(part)
    await this.#serving(part)
  }

  async freeze(part: Part): Promise<void> {
    await this.#supervised.signal(part, 'SIGSTOP')
  }

  async thaw(part: Part): Promise<void> {
    await this.#supervised.signal(part, 'SIGCONT')
  }

  async logs(part: Part): Promise<string> {
    const text = await readFile(logFile(this.directory, part), 'utf8').catch(() => '')
    return text.trimEnd().split('\n').slice(-LOG_LINES).join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervised.close()
    // The supervisor does this; after a supervisor that was killed it is left to us.
    if (!this.#options.keep) await rm(this.directory, { recursive: true, force: true })
  }

  async #launch(part: Part): Promise<void> {
    const command = this.#binaries[part]
    if (!command) throw new Error(`testbed: cannot start ${part}: the folder in KUBEBUILDER_ASSETS does not contain it`)
    await this.#supervised.start(part, { file: command.file, args: [...command.args, ...this.#flags(part)] })
  }

  #flags(part: Part): readonly string[] {
    if (part === 'etcd') return etcdFlags(this.#layout)
    if (part === 'kube-controller-manager') return controllerManagerFlags(this.#layout)
    return [...apiServerFlags(this.#layout, this.#options.audit ?? false), ...(this.#options.apiServerFlags ?? [])]
  }

  async #serving(part: Part): Promise<void> {
    if (part === 'kube-controller-manager') return untilCollecting(this.#admin, () => this.#alive(part))
    const ready = part === 'etcd' ? () => this.#etcdAnswers() : () => this.#apiServerAnswers()
    await until(
      `${part} to be ready`,
      async () => {
        await this.#alive(part)
        return ready().catch(() => false) // not listening yet
      },
      READY_MS,
    )
  }

  async #alive(part: Part): Promise<void> {
    const how = this.#supervised.ended(part)
    if (how !== undefined) throw new Error(`testbed: ${part} ended (${how}):\n${await this.logs(part)}`)
  }

  async #etcdAnswers(): Promise<boolean> {
    return (await fetch(`http://127.0.0.1:${this.#layout.ports.etcd}/health`)).ok
  }

  async #apiServerAnswers(): Promise<boolean> {
    await access(this.#layout.certificate)
    this.#admin = { ...this.#admin, ca: await readFile(this.#layout.certificate, 'utf8') }
    const paths = ['/readyz', '/api/v1/namespaces/default']
    const answers = await Promise.all(paths.map((path) => request(this.#admin, { path })))
    return answers.every(({ status }) => status === 200)
  }
}
