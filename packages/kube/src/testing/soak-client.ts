/**
 * A cluster in a process of its own, for the soak test: it follows a stub server and reports what it holds on to.
 *
 *     node --expose-gc --conditions=@exposedapi/source soak-client.ts <port>
 */
import http from 'node:http'
import { RestClient } from '../client/rest-client.ts'
import { Cluster } from '../cluster.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { BY_COLOR, THING } from './things.ts'

/** What a process holds. */
export interface Holdings {
  readonly heapUsed: number
  readonly sockets: number
  readonly timers: number
  readonly objects: number
}

/** Back-offs, which are never round for their jitter, last next to nothing: a thousand of them must fit into seconds. */
const hasty: Clock = {
  ...systemClock,
  setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms % 1000 === 0 ? ms : ms / 20_000),
}

const requests = new http.Agent({ keepAlive: true, maxSockets: 32 })
const watches = new http.Agent({ keepAlive: true })
const client = new RestClient({
  clock: hasty,
  connection: {
    server: new URL(`http://127.0.0.1:${process.argv[2]}`),
    userAgent: 'soak',
    credentials: async () => ({ headers: {}, requests, watches }),
    close: () => {},
  },
})
const cluster = new Cluster({
  client,
  clock: hasty,
  uses: [{ kind: THING, use: 'own' }],
  indexes: [BY_COLOR],
  fieldManager: 'us',
})

process.on('unhandledRejection', (error) => {
  process.send?.({ failed: String(error) })
  process.exit(1)
})
process.on('message', () => void report())
process.on('disconnect', () => process.exit())
await cluster.start()
cluster.view('reader').by(BY_COLOR, 'red')
process.send?.('started')

async function report(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    globalThis.gc?.()
  }
  const active = process.getActiveResourcesInfo()
  const count = (what: string) => active.filter((name) => name === what).length
  const holdings: Holdings = {
    heapUsed: process.memoryUsage().heapUsed,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    objects: [...cluster.all(THING)].length,
  }
  process.send?.(holdings)
}
