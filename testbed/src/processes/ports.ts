import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** The loopback ports of one test bed. */
export interface Ports {
  readonly etcd: number
  readonly etcdPeer: number
  readonly apiServer: number
}

/**
 * Ports below the range from which the system takes ports for outgoing connections (Linux: 32768 and up). From within that range
 * another process could get the port of a stopped API server, and a client that retries it could even end up connected to itself.
 */
const LOWEST = 18_000
const HIGHEST = 30_000

/** Free ports. Somebody may take one before we use it: whoever starts a server must be ready to try again. */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>()
  while (found.size < 3) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) found.add(port)
  }
  const [etcd = 0, etcdPeer = 0, apiServer = 0] = found
  return { etcd, etcdPeer, apiServer }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.on('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}
