/** Our own convergence, without the tools of the comparison: cold start over APIs on the test bed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, backend, exposedApi, OperatorProcess, startCanvas } from '@exposedapi/testbed/canvas'
import { median } from '../record.ts'

/** What to measure. */
export interface AloneOptions {
  readonly bundle: string
  readonly sizes: readonly number[]
  readonly runs: number
  say(line: string): void
}

const AT_ONCE = 16
const NAMESPACE = 'components'
const LIMIT_MS = 600_000

/** Prints one JSON line per size: seconds from the start of the process until every API has URL and readiness. */
export async function alone({ bundle, sizes, runs, say }: AloneOptions): Promise<void> {
  for (const n of sizes) {
    const seconds: number[] = []
    for (let run = 1; run <= runs; run++) {
      say(`cold start over ${n} APIs, run ${run}`)
      seconds.push(await coldStart(bundle, n))
    }
    const range = { min: Math.min(...seconds), max: Math.max(...seconds), runs }
    console.log(JSON.stringify({ figure: 'cold start', n, unit: 's', ours: { median: median(seconds), ...range } }))
  }
}

async function coldStart(bundle: string, n: number): Promise<number> {
  await using canvas = await startCanvas()
  const numbers = Array.from({ length: n }, (_, index) => index)
  await inParallel(numbers, async (index) => {
    const name = `api-${index}`
    for (const object of backend(NAMESPACE, `${name}-svc`, 8080)) await canvas.api.create(object)
    await canvas.api.create(exposedApi(NAMESPACE, name))
  })
  const begin = performance.now()
  await using _operator = await OperatorProcess.start({
    bundle,
    kubeconfig: canvas.testbed.kubeconfig,
    environment: { LOGGING: '30', APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' },
  })
  await untilAllAreReady(canvas.api, n)
  return (performance.now() - begin) / 1000
}

async function untilAllAreReady(api: Api, n: number): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  for (;;) {
    // The last of them costs a list; until then the number of routes is enough.
    const { metadata } = await api.client.request<{ metadata: { remainingItemCount?: number } }>({
      path: '/apis/networking.istio.io/v1/virtualservices',
      query: { limit: '1' },
    })
    if ((metadata.remainingItemCount ?? 0) + 1 >= n) {
      const apis = await api.list('ExposedAPI', NAMESPACE)
      if (apis.every(({ status }) => status?.apiStatus?.url && status?.implementation?.ready)) return
    }
    if (Date.now() > deadline) throw new Error(`not all of ${n} APIs are ready after ${LIMIT_MS / 1000} s`)
    await sleep(100)
  }
}

async function inParallel<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await each(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
