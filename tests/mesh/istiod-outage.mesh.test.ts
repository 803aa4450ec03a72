/** istiod is down, and with it the webhook that every write of a route has to pass. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { exposedApi, type LogLine, type OperatorProcess } from '@exposedapi/testbed/canvas'
import { MESH_PORTS } from '@exposedapi/testbed/mesh'
import { expect, it } from 'vitest'
import { condition, isNotReady, routedPaths, says } from '../support/exposed-api.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('outage', { withoutOperator: true })
const REJECTED = says('RouteProgrammed', 'False', 'WriteRejected')
/** A step of the back-off so long that no other delay can be taken for it. */
const LONG_MS = 300
/** Beside the wait itself: the write, the watch and this process. */
const SLACK_MS = 1000

it('requests go on, the APIs say what failed, and all is right one step of the back-off after istiod is back', async () => {
  const operator = await stage.operator()
  const place = await stage.place()
  const { namespace } = place
  await place.expose('steady', '/steady')
  await place.expose('changed', '/changed')
  await stage.serve(namespace, 'late')

  await stage.mesh.stop('istiod')
  try {
    await stage.api.patch('ExposedAPI', namespace, 'changed', { spec: { path: place.at('/moved') } })
    await stage.api.apply(exposedApi(namespace, 'late', { path: place.at('/late') }))
    for (const name of ['changed', 'late']) {
      const told = await stage.api.until('ExposedAPI', namespace, name, REJECTED)
      expect(condition(told, 'RouteProgrammed')?.message).toContain('failed calling webhook "validation.istio.io"')
      await operator.logged((line) => retryOf(line, namespace, name) > LONG_MS)
      expect(await stage.api.get('ExposedAPI', namespace, name), 'said once, not at each try').toEqual(told)
    }
    expect(isNotReady(await stage.api.get('ExposedAPI', namespace, 'late'))).toBe(true)
    expect(await place.answers('/steady', '/changed', '/moved', '/late')).toEqual({
      '/steady': 'steady',
      '/changed': 'changed',
      '/moved': 404,
      '/late': 404,
    })
  } finally {
    await stage.mesh.start('istiod')
  }

  await Promise.all([
    recovers(operator, namespace, 'changed', place.at('/moved')),
    recovers(operator, namespace, 'late', place.at('/late')),
  ])
  await stage.mesh.settled()
  expect(await place.answers('/steady', '/changed', '/moved', '/late')).toEqual({
    '/steady': 'steady',
    '/changed': 404,
    '/moved': 'changed',
    '/late': 'late',
  })
})

it('an API that goes while istiod is down takes its route along, and Envoy learns of it when istiod is back', async () => {
  const place = await stage.place()
  await place.expose('leaving', '/leaving')
  await stage.mesh.stop('istiod')
  try {
    await stage.api.delete('ExposedAPI', place.namespace, 'leaving')
    await stage.api.until('VirtualService', place.namespace, 'leaving', (route) => route === undefined)
    expect(await place.answers('/leaving')).toEqual({ '/leaving': 'leaving' })
  } finally {
    await stage.mesh.start('istiod')
  }
  await stage.mesh.settled()
  expect(await place.answers('/leaving')).toEqual({ '/leaving': 404 })
})

it('a webhook that breaks connections off is reported in the same words at each try: the status is written once', async () => {
  await using operator = await stage.operator({ COMPONENT_NAMESPACE: 'broken-*' })
  const { namespace, at } = await stage.place('broken')
  const breaking = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(0, 'localhost')
  await once(breaking, 'listening')
  try {
    await pointWebhook((breaking.address() as AddressInfo).port)
    await stage.serve(namespace, 'api')
    await stage.api.apply(exposedApi(namespace, 'api', { path: at('/b') }))
    const told = await stage.api.until('ExposedAPI', namespace, 'api', REJECTED)
    await operator.logged((line) => retryOf(line, namespace, 'api') > LONG_MS)
    expect(await stage.api.get('ExposedAPI', namespace, 'api')).toEqual(told)
  } finally {
    await pointWebhook(MESH_PORTS.istiodWebhook)
    breaking.close()
  }
})

/** Makes the API server ask somebody else than istiod. */
async function pointWebhook(port: number): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/istiod-default-validator'
  const { client } = stage.api
  const found = await client.request<{ webhooks: { clientConfig: { url: string } }[] }>({ path })
  const webhooks = found.webhooks.map((webhook) => ({
    ...webhook,
    clientConfig: { ...webhook.clientConfig, url: `https://localhost:${port}/validate` },
  }))
  await client.request({ method: 'PUT', path, body: { ...found, webhooks } })
}

/** Resolves when the route is written and said so; that must be within the longest step that was announced until now. */
async function recovers(operator: OperatorProcess, namespace: string, name: string, path: string): Promise<void> {
  const step = Math.max(...operator.log.map((line) => retryOf(line, namespace, name)))
  const begin = performance.now()
  await stage.api.until('VirtualService', namespace, name, (route) => routedPaths(route)[0] === path, 60_000)
  await stage.api.until('ExposedAPI', namespace, name, says('RouteProgrammed', 'True', 'Programmed'))
  const took = performance.now() - begin
  console.log(`outage: ${name} is right ${took.toFixed(0)} ms after istiod is back; the step was ${step} ms`)
  expect(took).toBeLessThan(step + SLACK_MS)
}

/** Milliseconds until the next try that a line announces for an API; 0 for other lines. */
function retryOf({ key, retryInMs }: LogLine, namespace: string, name: string): number {
  return String(key).endsWith(`${namespace}/${name}`) ? Number(retryInMs ?? 0) : 0
}
