/**
 * How to reach the API server, and authenticate with it.
 *
 * Importing client-node takes long, so it happens inside `connect` and nowhere else. Its own agents are
 * not used (except through a proxy): they are cached per user, so that a rotated certificate would never be picked up.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Clock, systemClock } from '../runtime/clock.ts'

/** What one request needs besides its URL. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** For short requests; bounded, so that a burst cannot exhaust sockets. */
  readonly requests: http.Agent
  /** For watches; unbounded, since each of them keeps a socket for minutes. */
  readonly watches: http.Agent
}

/** An API server and the means to authenticate with it. */
export interface Connection {
  /** Base URL; may have a path. */
  readonly server: URL
  /** Sent as User-Agent. */
  readonly userAgent: string
  /** Namespace of the context or of the service account, if known. */
  readonly namespace?: string | undefined
  /** Current credentials, and not those that a 401 has rejected. Rejects when they cannot be read. */
  credentials(rejected?: Credentials): Promise<Credentials>
  /** Closes every socket. */
  close(): void
}

/** Options of `connect`. */
export interface ConnectOptions {
  /** Path of a kubeconfig. Default: the pod's service account, else `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string | undefined
  /** Context of the kubeconfig. Default: its current one. */
  readonly context?: string | undefined
  /** Default `exposedapi-kube`. */
  readonly userAgent?: string
  readonly clock?: Clock
}

/** Directory of the service-account files in a pod. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Largest number of requests in flight; the API server gains nothing from more. */
const MAX_REQUESTS = 32
/** Credentials are read again after this many ms. */
const MEMO_MS = 10_000

/** Reads the configuration. Throws when a file is missing or unreadable, or the context unknown. Opens no connection. */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const { KubeConfig } = await import('./kube-config.ts')
  const load = () => {
    const config = new KubeConfig()
    loadInto(config, options)
    return config
  }
  const config = load()
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(noCluster(config))
  const server = new URL(cluster.server)
  const credentials = new CredentialSource(config, load, options.clock ?? systemClock)
  return {
    server,
    userAgent: options.userAgent ?? 'exposedapi-kube',
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    credentials: (rejected) => credentials.current(rejected),
    close: () => credentials.close(),
  }
}

/** The part of client-node's KubeConfig that is used here. */
interface Config {
  loadFromFile(file: string): void
  loadFromCluster(): void
  loadFromDefault(): void
  getCurrentContext(): string
  setCurrentContext(context: string): void
  getContexts(): readonly { readonly name: string }[]
  getCurrentCluster(): { readonly server: string; readonly proxyUrl?: string } | null
  applyToHTTPSOptions(options: https.RequestOptions): Promise<void>
}

function loadInto(config: Config, options: ConnectOptions): void {
  if (options.kubeconfig !== undefined) loadFile(config, options.kubeconfig)
  else if (inCluster()) config.loadFromCluster()
  else loadDefault(config)
  if (options.context === undefined) return
  const known = config.getContexts().map((context) => context.name)
  if (!known.includes(options.context)) {
    throw new Error(`the kubeconfig has no context "${options.context}"; it has ${known.join(', ') || 'none'}`)
  }
  config.setCurrentContext(options.context)
}

function noCluster(config: Config): string {
  const context = config.getCurrentContext()
  return context
    ? `context "${context}", or the cluster that it names, is not in the kubeconfig`
    : 'the kubeconfig has no current-context: add one, or choose a context'
}

function inCluster(): boolean {
  return !!process.env.KUBERNETES_SERVICE_HOST && existsSync(`${SERVICE_ACCOUNT}/token`)
}

/** What to do where nothing says how to reach a cluster. */
const NO_SERVICE_ACCOUNT = ', and this is not a Pod with a service account: set KUBECONFIG to the path of a kubeconfig'

function loadDefault(config: Config): void {
  const files = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? []
  // Several files are merged, which only client-node's own default does.
  if (files.length > 1) config.loadFromDefault()
  else if (files[0] !== undefined) loadFile(config, files[0])
  else loadFile(config, join(homedir(), '.kube', 'config'), NO_SERVICE_ACCOUNT)
}

function loadFile(config: Config, file: string, hint = ''): void {
  if (!existsSync(file)) throw new Error(`there is no kubeconfig at ${file}${hint}`)
  try {
    config.loadFromFile(file)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot read kubeconfig ${file}: ${why}`, { cause })
  }
}

/** Credentials, remembered for a while, with agents that live as long as the certificates do not change. */
class CredentialSource {
  readonly #load: () => Config
  readonly #clock: Clock
  #config: Config
  #memo: { readonly at: number; readonly value: Promise<Credentials> } | undefined
  #agents: { readonly hash: string; readonly requests: http.Agent; readonly watches: http.Agent } | undefined

  constructor(config: Config, load: () => Config, clock: Clock) {
    this.#config = config
    this.#load = load
    this.#clock = clock
  }

  async current(rejected: Credentials | undefined): Promise<Credentials> {
    const memo = this.#memo
    if (memo && this.#clock.now() - memo.at < MEMO_MS) {
      // Of a burst of 401s only the first rereads: the others find credentials that are not the rejected ones.
      const value = await memo.value
      if (value !== rejected) return value
      if (this.#memo !== memo) return this.current(rejected)
    }
    const next = { at: this.#clock.now(), value: this.#read(rejected !== undefined) }
    this.#memo = next
    next.value.catch(() => {
      if (this.#memo === next) this.#memo = undefined
    })
    return next.value
  }

  close(): void {
    this.#agents?.requests.destroy()
    this.#agents?.watches.destroy()
  }

  async #read(fresh: boolean): Promise<Credentials> {
    // Only a new KubeConfig forgets the tokens that the old one has cached.
    if (fresh) this.#config = this.#load()
    const options: https.RequestOptions = {}
    await this.#config.applyToHTTPSOptions(options)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value !== undefined) headers[name] = String(value)
    }
    if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`
    const { requests, watches } = this.#agentsFor(options)
    return { headers, requests, watches }
  }

  #agentsFor(options: https.RequestOptions): { requests: http.Agent; watches: http.Agent } {
    const cluster = this.#config.getCurrentCluster()
    const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options
    const tls = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }
    const hash = createHash('sha256')
      .update(JSON.stringify([tls, cluster?.server, cluster?.proxyUrl]))
      .digest('hex')
    if (this.#agents?.hash === hash) return this.#agents
    // Requests in flight finish on the old agents; the server closes what stays idle.
    this.#agents = { hash, ...newAgents(cluster, options, tls) }
    return this.#agents
  }
}

/** All requests go to one server with one identity; Node's agent would compute a name from all certificates for each of them. */
class TlsAgent extends https.Agent {
  override getName(): string {
    return 'kube-apiserver'
  }
}

function newAgents(cluster: ReturnType<Config['getCurrentCluster']>, options: https.RequestOptions, tls: object) {
  if (cluster?.proxyUrl && options.agent instanceof http.Agent) {
    return { requests: options.agent, watches: options.agent }
  }
  const Agent = cluster?.server.startsWith('http:') ? http.Agent : TlsAgent
  const defined = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
  return {
    requests: new Agent({ ...defined, keepAlive: true, maxSockets: MAX_REQUESTS, maxFreeSockets: MAX_REQUESTS }),
    watches: new Agent({ ...defined, keepAlive: true }),
  }
}
