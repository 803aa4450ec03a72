/** A way to the API server that can be closed, or that swallows everything, while others still reach it directly. */
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What happens to connections. */
export type ProxyMode = 'open' | 'refuse' | 'blackhole'

/** Passes bytes on; knows nothing of TLS or HTTP. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  #mode: ProxyMode = 'open'
  /** Connections that clients have opened or tried to open, by mode at that time. */
  readonly attempts: Record<ProxyMode, number> = { open: 0, refuse: 0, blackhole: 0 }

  private constructor(target: URL) {
    this.#target = target
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** Listens on a loopback port of its own. */
  static async start(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target))
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** `refuse` resets what is open; `blackhole` leaves it open and lets nothing through; `open` resets what was in the hole. */
  set(mode: ProxyMode): void {
    const former = this.#mode
    this.#mode = mode
    for (const socket of this.#sockets) {
      if (mode === 'blackhole') socket.pause()
      else if (mode === 'refuse' || former === 'blackhole') socket.resetAndDestroy()
    }
  }

  /** Writes a copy of a kubeconfig that leads through here, and resolves with its path. */
  async kubeconfig(path: string): Promise<string> {
    const text = await readFile(path, 'utf8')
    const { hostname } = this.#target
    const through = text.replaceAll(this.#target.origin, `https://${hostname}:${this.port}`)
    if (through === text) throw new Error(`${path} does not name ${this.#target.origin}`)
    await writeFile(`${path}.proxied`, through, { mode: 0o600 })
    return `${path}.proxied`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    this.attempts[this.#mode]++
    if (this.#mode === 'refuse') {
      client.resetAndDestroy()
      return
    }
    this.#keep(client)
    if (this.#mode === 'blackhole') {
      client.pause()
      return
    }
    const upstream = this.#keep(connect(Number(this.#target.port), this.#target.hostname))
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => client.write(chunk))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    return socket
  }
}
