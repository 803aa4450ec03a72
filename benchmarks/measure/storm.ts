/** A user's change while an operator starts over thousands of APIs: how long until it has effect? */
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, RestClient } from '@exposedapi/kube'
import { Api, type Manifest } from '@exposedapi/testbed/canvas'
import { stop } from '../lab/children.ts'
import type { Lab } from '../lab/lab.ts'
import { type Json, median } from '../record.ts'
import { type Subject, startSubject } from '../subjects/subjects.ts'

const CHANGES = 10
const PAUSE_MS = 300
const LIMIT_MS = 120_000

/**
 * Starts the subject over untouched APIs and, once a twentieth has a route, changes the path of one API after the other. The
 * last APIs in the order of lists are taken: for an operator that works in that order, those it would come to last.
 */
export async function changesDuringStart(subject: Subject, lab: Lab): Promise<Json> {
  const client = new RestClient({ connection: await connect({ kubeconfig: lab.kubeconfig, userAgent: 'bench' }) })
  const api = new Api(client)
  const apis = await api.list('ExposedAPI')
  const victims = apis.filter(({ spec }) => spec.apiType === 'openapi').slice(-CHANGES * 8)
  const process = await startSubject(subject, lab)
  try {
    await until(async () => (await routes(api)) > apis.length / 20)
    const during: number[] = []
    for (let i = 0; i < CHANGES; i++) {
      const victim = victims[i * 8]
      if (!victim) break
      // Asked before: a change that waits for the end of the start-up is the one to find.
      if ((await routes(api)) >= apis.length) break
      during.push(await change(api, victim))
      await sleep(PAUSE_MS)
    }
    return { n: apis.length, changes: during.length, p50: median(during), max: Math.max(...during), ms: during }
  } finally {
    await stop(process)
    client.close()
  }
}

/** Milliseconds from sending the change to the watch that shows the route with it. */
async function change(api: Api, { metadata: { name, namespace = '' }, spec }: Manifest): Promise<number> {
  const path = `${spec.path}/urgent`
  const isThere = (route: Manifest | undefined) => JSON.stringify(route?.spec.http ?? '').includes(`"${path}"`)
  const seen = api.until('VirtualService', namespace, name, isThere, LIMIT_MS).then(() => performance.now())
  // Observed from here on, whatever happens to the patch.
  seen.catch(() => undefined)
  // Until the watch stands, so that its set-up is not part of the time.
  await sleep(100)
  const sent = performance.now()
  await api.patch('ExposedAPI', namespace, name, { spec: { path } })
  return Math.round((await seen) - sent)
}

/** How many routes there are. One is read; the API server knows how many remain. */
async function routes(api: Api): Promise<number> {
  const { items, metadata } = await api.client.request<{
    items: unknown[]
    metadata: { remainingItemCount?: number }
  }>({ path: '/apis/networking.istio.io/v1/virtualservices', query: { limit: '1' } })
  return items.length + (metadata.remainingItemCount ?? 0)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('bench: the subject made no routes')
    await sleep(100)
  }
}
