/** What a restart of the operator costs the mesh: nothing. */
import type { Manifest } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { sumOf, untilIdle } from '../support/metrics-text.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('restarts', { withoutOperator: true })
const RESTARTS = 3
const APIS = {
  outer: { path: '/n' },
  inner: { path: '/n/v4', CORS: { enabled: true, allowOrigins: 'https://shop.example' } },
  tools: { path: '/mcp', apiType: 'mcp' },
  meter: { path: '/metrics', apiType: 'prometheus' },
}

it(`${RESTARTS} restarts write no VirtualService, and istiod hears and pushes nothing`, async () => {
  const place = await stage.place()
  let operator = await stage.operator()
  for (const [name, { path, ...spec }] of Object.entries(APIS)) await place.expose(name, path, spec)
  await untilIdle(operator, Object.keys(APIS).length)
  const before = await versions(place.namespace)
  expect(Object.keys(before)).toHaveLength(4)

  const nothing = await cost(async () => undefined)
  const restarts = await cost(async () => {
    for (let restart = 0; restart < RESTARTS; restart++) {
      expect(await operator.stop()).toBe(0)
      operator = await stage.operator()
      await untilIdle(operator, Object.keys(APIS).length)
    }
  })
  expect(restarts).toEqual(nothing)
  expect(await versions(place.namespace)).toEqual(before)

  // That the same yardstick measures a change.
  const changed = await cost(() =>
    stage.api
      .patch('ExposedAPI', place.namespace, 'tools', { spec: { path: place.at('/moved') } })
      .then(() => stage.api.until('VirtualService', place.namespace, 'tools', isNewer(before.tools))),
  )
  expect(changed).toMatchObject({ updates: nothing.updates + 1 })
})

/**
 * What reaches istiod meanwhile, and what it pushes to Envoy: what was written before is through when Envoy settles, so both
 * include the price of settling.
 */
async function cost(what: () => Promise<unknown>) {
  const read = async () => {
    await stage.mesh.settled()
    const metrics = await stage.mesh.istiodMetrics()
    return { updates: sumOf(metrics, 'pilot_inbound_updates'), pushes: sumOf(metrics, 'pilot_xds_pushes') }
  }
  const before = await read()
  await what()
  const after = await read()
  return { updates: after.updates - before.updates, pushes: after.pushes - before.pushes }
}

async function versions(namespace: string): Promise<Record<string, string | undefined>> {
  const routes = await stage.api.list('VirtualService', namespace)
  return Object.fromEntries(routes.map(({ metadata }) => [metadata.name, metadata.resourceVersion]))
}

function isNewer(version: string | undefined) {
  return (route: Manifest | undefined): boolean => route?.metadata.resourceVersion !== version
}
