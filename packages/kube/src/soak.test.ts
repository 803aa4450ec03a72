/** A thousand broken watches leave nothing behind: no socket, no timer, no memory. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Holdings } from './testing/soak-client.ts'
import { send, status } from './testing/stub-request.ts'
import { type Fault, StubServer } from './testing/stub-server.ts'
import { CRDS, THINGS_PATH, thing, things } from './testing/things.ts'

const BREAKS = Number(process.env.SOAK_BREAKS ?? 1000)
const SCRIPT = fileURLToPath(new URL('./testing/soak-client.ts', import.meta.url))

let server: StubServer
let client: ChildProcess

const frame =
  (type: string, object: object): Fault =>
  (response) => {
    response.writeHead(200).end(`${JSON.stringify({ type, object })}\n`)
  }
/** How the attempt after a break goes wrong as well; undefined: it does not. */
const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  (response) => response.destroy(),
  (response) => response.writeHead(200).end('{"type":"ADD'),
  (response) => send(response, 500, status(500, 'InternalError')),
  frame('ERROR', status(410, 'Expired')),
  (response) => send(response, 429, status(429, 'Busy'), { 'retry-after': '1' }),
  frame('ERROR', status(500, 'InternalError')),
]

async function holdings(): Promise<Holdings> {
  client.send('report')
  const [message] = await once(client, 'message')
  if ('failed' in message) throw new Error(message.failed)
  return message
}

/** Breaks the watch of things once it stands, after a change, and waits for the next. */
async function breakWatch(turn: number): Promise<void> {
  const watch = server.watches.find(({ path }) => path === THINGS_PATH)
  if (!watch) throw new Error('there is no watch')
  server.objects.put(thing(`n${turn % 50}`, { color: 'red', size: turn }))
  const fault = FAULTS[turn % FAULTS.length]
  if (fault) server.misbehave(({ path, query }) => path === THINGS_PATH && query.watch === 'true', fault)
  if (turn % 2 === 0) watch.response.end()
  else watch.response.destroy()
  const end = performance.now() + 10_000
  while (!server.watches.some((other) => other !== watch && other.path === THINGS_PATH)) {
    if (performance.now() > end) throw new Error(`break ${turn}: the watch was not opened again`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

beforeAll(async () => {
  server = await StubServer.start(things(), CRDS)
  for (let i = 0; i < 50; i++) server.objects.put(thing(`n${i}`, { color: 'red' }))
  const { port } = server.connection().server
  client = fork(SCRIPT, [port], { execArgv: ['--expose-gc', '--conditions=@exposedapi/source'], stdio: 'inherit' })
  await once(client, 'message')
})

afterAll(async () => {
  client.kill()
  await server.close()
})

it(`after ${BREAKS} breaks a process holds what it held after 100`, { timeout: 40 * BREAKS }, async () => {
  const begun = performance.now()
  for (let turn = 0; turn < 100; turn++) await breakWatch(turn)
  const before = await holdings()
  for (let turn = 100; turn < BREAKS; turn++) await breakWatch(turn)
  const after = await holdings()
  console.log(`${Math.round(performance.now() - begun)} ms; after 100:`, before, `after ${BREAKS}:`, after)
  expect(after.objects).toBe(50)
  expect(after.sockets).toBeLessThanOrEqual(before.sockets)
  expect(after.timers).toBeLessThanOrEqual(before.timers)
  expect(after.heapUsed).toBeLessThan(before.heapUsed * 1.1)
})
