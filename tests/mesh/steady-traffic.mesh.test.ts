/** Traffic of an API that nobody touches, while others are changed and the operator comes and goes. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorProcess } from '@exposedapi/testbed/canvas'
import { describe, it } from 'vitest'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('steady', { withoutOperator: true })
const HELD_MS = 60_000
const UPDATES = 100
const RESTARTS = 5
const REQUESTS_PER_SECOND = 50

describe.concurrent('at the same time', () => {
  it('the event stream of an mcp API stays open for a minute', { timeout: 120_000 }, async ({ expect }) => {
    await using _operator = await stage.operator({ COMPONENT_NAMESPACE: 'm-stream-*' })
    const place = await stage.place('m-stream')
    await place.expose('tools', '/mcp', { apiType: 'mcp' })
    const rule = (await stage.api.get('VirtualService', place.namespace, 'tools'))?.spec.http[0]
    expect(rule).toMatchObject({ retries: { attempts: 0 } })
    expect(rule).not.toHaveProperty('timeout')

    const stream = await stage.mesh.open(place.at('/mcp/sse'))
    let events = 0
    let ended = false
    stream.on('data', (chunk) => {
      events += String(chunk).split('data: ').length - 1
    })
    stream.on('close', () => {
      ended = true
    })
    await sleep(HELD_MS)
    console.log(`event stream: ${events} events in ${HELD_MS / 1000} s`)
    expect(ended).toBe(false)
    expect(events).toBeGreaterThanOrEqual(HELD_MS / 1000 - 2)
    stream.destroy()
  })

  it(`${UPDATES} updates of one API and ${RESTARTS} restarts of the operator fail no request to another`, {
    timeout: 180_000,
  }, async ({ expect }) => {
    let operator = await start()
    const place = await stage.place('m-steady')
    await place.expose('steady', '/steady')
    await place.expose('busy', '/busy')
    // A neighbour above and one below: their routes hold copies of each other.
    await place.expose('above', '')
    await place.expose('below', '/steady/below')
    const traffic = load([place.at('/steady'), place.at('/steady/below/x'), place.at('/elsewhere')])

    for (let update = 1; update <= UPDATES; update++) {
      const CORS = { enabled: true, allowOrigins: `https://shop-${update}.example` }
      const path = place.at(update % 2 === 0 ? '/busy' : '/busy/moved')
      await stage.api.patch('ExposedAPI', place.namespace, 'busy', { spec: { path, CORS } })
      await sleep(100)
      if (update % (UPDATES / RESTARTS) === 0)
        operator = await restart(operator, update % (2 * (UPDATES / RESTARTS)) === 0)
    }
    await stage.mesh.settled()
    const { sent, failed } = await traffic.end()
    console.log(`steady traffic: ${sent} requests, ${failed.length} failed`)
    expect(failed).toEqual([])
    expect(sent).toBeGreaterThan(REQUESTS_PER_SECOND * 10)
    await expect.poll(() => place.answers('/busy')).toEqual({ '/busy': 'busy' })
    const busy = await stage.mesh.request(place.at('/busy'), { headers: { origin: `https://shop-${UPDATES}.example` } })
    expect(busy.headers['access-control-allow-origin']).toBe(`https://shop-${UPDATES}.example`)
  })
})

function start(): Promise<OperatorProcess> {
  return stage.operator({ COMPONENT_NAMESPACE: 'm-steady-*' })
}

/** Every second time without a chance to say goodbye. */
async function restart(operator: OperatorProcess, kill: boolean): Promise<OperatorProcess> {
  await (kill ? operator.kill() : operator.stop())
  return start()
}

/** Sends requests at a constant rate until it is ended. */
function load(paths: readonly string[]) {
  const failed: string[] = []
  const open = new Set<Promise<void>>()
  let sent = 0
  const ask = async (path: string): Promise<void> => {
    const failure = await stage.mesh.request(path).then(
      ({ status, pod }) => (status === 200 && pod !== undefined ? undefined : `${path}: ${status}`),
      (error: unknown) => `${path}: ${error}`,
    )
    if (failure !== undefined) failed.push(failure)
  }
  const clock = setInterval(() => {
    const request = ask(paths[sent++ % paths.length] ?? '').finally(() => open.delete(request))
    open.add(request)
  }, 1000 / REQUESTS_PER_SECOND)
  return {
    async end() {
      clearInterval(clock)
      await Promise.all(open)
      return { sent, failed }
    },
  }
}
