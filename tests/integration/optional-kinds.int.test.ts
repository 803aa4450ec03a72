/** Custom resource definitions that come late, go, and come back. */
import { applyCrds, crds } from '@exposedapi/testbed'
import { expect, it } from 'vitest'
import { condition, isReady, says, served, urlOf } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'

const MONITORS = 'servicemonitors.monitoring.coreos.com'
const ROUTES = 'virtualservices.networking.istio.io'
const set = stage({ withoutServiceMonitors: true, withoutOperator: true })

async function install(name: typeof MONITORS | typeof ROUTES): Promise<void> {
  await applyCrds(set.canvas.testbed.admin, await crds([name]))
}

async function remove(name: string): Promise<void> {
  await set.api.delete('CustomResourceDefinition', '', name)
  await set.api.until('CustomResourceDefinition', '', name, (crd) => crd === undefined)
}

it('without VirtualServices the operator starts, says so, and routes when they come', async () => {
  await remove(ROUTES)
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'waiting'))
  await set.start()
  const waiting = await set.api.until(
    'ExposedAPI',
    namespace,
    'waiting',
    says('RouteProgrammed', 'False', 'CrdMissing'),
  )
  expect(condition(waiting, 'RouteProgrammed')?.message).toContain(ROUTES)
  expect(urlOf(waiting)).toBeUndefined()
  expect(waiting?.status.implementation.ready).toBe(false)

  await install(ROUTES)
  await set.api.until('ExposedAPI', namespace, 'waiting', isReady)
  expect(await set.api.get('VirtualService', namespace, 'waiting')).toBeDefined()
})

it('without ServiceMonitors a metrics API is routed and ready, and monitored when they come', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'metrics', { apiType: 'prometheus' }))
  const without = await set.api.until('ExposedAPI', namespace, 'metrics', isReady)
  expect(await set.api.get('VirtualService', namespace, 'metrics')).toBeDefined()
  expect(condition(without, 'MetricsConfigured')).toMatchObject({ status: 'False', reason: 'CrdMissing' })
  expect(condition(without, 'MetricsConfigured')?.message).toContain(MONITORS)

  await install(MONITORS)
  const configured = await set.api.until(
    'ExposedAPI',
    namespace,
    'metrics',
    says('MetricsConfigured', 'True', 'Configured'),
  )
  expect(isReady(configured)).toBe(true)
  expect(await set.api.get('ServiceMonitor', namespace, 'metrics')).toBeDefined()
})

it('ServiceMonitors that go are reported again, and nothing else suffers', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'before', { apiType: 'openmetrics' }))
  await set.api.until('ExposedAPI', namespace, 'before', says('MetricsConfigured', 'True', 'Configured'))
  const { pid } = set.operator

  await remove(MONITORS)
  const without = await set.api.until(
    'ExposedAPI',
    namespace,
    'before',
    says('MetricsConfigured', 'False', 'CrdMissing'),
  )
  expect(isReady(without)).toBe(true)
  await set.api.apply(...served(namespace, 'afterwards'), ...served(namespace, 'metered', { apiType: 'prometheus' }))
  await set.api.until('ExposedAPI', namespace, 'afterwards', isReady)
  await set.api.until('ExposedAPI', namespace, 'metered', isReady)

  await install(MONITORS)
  for (const name of ['before', 'metered']) {
    await set.api.until('ServiceMonitor', namespace, name, (monitor) => monitor !== undefined)
  }
  expect(set.operator.pid).toBe(pid)
  expect(set.operator.running).toBe(true)
})

it('VirtualServices that go are reported, and every route is written again when they come back', async () => {
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'bereft'))
  await set.api.until('ExposedAPI', namespace, 'bereft', isReady)
  await remove(ROUTES)
  await set.api.until('ExposedAPI', namespace, 'bereft', says('RouteProgrammed', 'False', 'CrdMissing'))
  await install(ROUTES)
  await set.api.until('VirtualService', namespace, 'bereft', (route) => route !== undefined)
  await set.api.until('ExposedAPI', namespace, 'bereft', isReady)
})
