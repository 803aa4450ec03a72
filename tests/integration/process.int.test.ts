/** The operator as a process: its endpoints, its start and its end. */
import { expect, it } from 'vitest'
import { isReady, served } from '../support/exposed-api.ts'
import { launchOperator } from '../support/operator.ts'
import { SERVED, stage } from '../support/stage.ts'

const set = stage()

it('/healthz and /readyz answer 200 once it works, other paths 404', async () => {
  expect(await set.operator.http('/healthz')).toEqual({ status: 200, text: 'ok\n' })
  expect(await set.operator.http('/readyz')).toEqual({ status: 200, text: 'ok\n' })
  expect((await set.operator.http('/nowhere')).status).toBe(404)
})

it("/metrics speaks controller-runtime's and client-go's names", async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'counted'))
  await set.api.until('ExposedAPI', namespace, 'counted', isReady)
  const { status, text } = await set.operator.http('/metrics')
  expect(status).toBe(200)
  for (const metric of [
    'controller_runtime_reconcile_total{controller="exposedapi",result="success"}',
    'controller_runtime_reconcile_time_seconds_count',
    'workqueue_depth{',
    'workqueue_adds_total{',
    'workqueue_queue_duration_seconds_bucket{',
    'workqueue_work_duration_seconds_count{',
    'rest_client_requests_total{code="200",method="GET"',
    'process_resident_memory_bytes',
  ]) {
    expect(text).toContain(`\n${metric}`)
  }
})

it('SIGTERM ends it with code 0 and without a word of complaint', async () => {
  await using operator = await launchOperator(set.canvas, { COMPONENT_NAMESPACE: SERVED })
  await operator.ready()
  expect(await operator.stop()).toBe(0)
  expect(operator.errors).toBe('')
  expect(operator.log.at(-1)?.msg).toBe('stopped')
})

it('SIGTERM ends it while it still waits for its caches', async () => {
  await using operator = await launchOperator(set.canvas, { COMPONENT_NAMESPACE: SERVED })
  await operator.logged(({ msg }) => msg === 'starting')
  expect(await operator.stop()).toBe(0)
})

it('while the API server does not answer it is not ready, does not end, and stops when told to', async () => {
  await set.canvas.testbed.freeze('kube-apiserver')
  try {
    await using operator = await launchOperator(set.canvas, { COMPONENT_NAMESPACE: SERVED })
    await operator.logged(({ msg }) => msg === 'starting')
    expect((await operator.http('/readyz')).status).toBe(503)
    expect((await operator.http('/healthz')).status).toBe(200)
    expect(await operator.stop()).toBe(0)
  } finally {
    await set.canvas.testbed.thaw('kube-apiserver')
  }
})

it('its start is measured', async () => {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    await using operator = await launchOperator(set.canvas, { COMPONENT_NAMESPACE: SERVED })
    await operator.ready()
    times.push(performance.now() - begun)
  }
  console.log(`from spawn to "started": ${times.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
  expect(Math.min(...times)).toBeLessThan(3000)
})
