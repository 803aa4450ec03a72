/**
 * Random sets of paths as HTTPRoutes, created in random order, against the longest path by segments: no request may go astray.
 *
 * The seed is fixed and printed; MESH_SEED sets another.
 */
import { exposedApi } from '@exposedapi/testbed/canvas'
import { beforeAll, expect, it } from 'vitest'
import { gatewayApiOperator, gatewayApiStage } from './support/gateway-api.ts'
import { inParallel } from './support/in-parallel.ts'
import { isServed, type Place } from './support/mesh-stage.ts'
import { misroutes, type PathSet, pathSets } from './support/path-sets.ts'

const stage = gatewayApiStage('gateway-api-random')
const SEED = Number(process.env.MESH_SEED ?? 20_260_829)
const SETS = 200

/** The n-th API of each set leads to the n-th of these Pods. */
const PODS = ['pod-0', 'pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5', 'pod-6']
let place: Place

beforeAll(async () => {
  await gatewayApiOperator(stage)
  place = await stage.place()
  for (const name of PODS) await stage.serve(place.namespace, name)
})

it(`${SETS} random sets through the operator: 0 misroutes, also after APIs have gone`, {
  timeout: 300_000,
}, async () => {
  const sets = pathSets(SETS, SEED, 'g')
  // All n-th APIs together: a set's APIs are created in different seconds, whatever their length.
  for (const [turn, pod] of PODS.entries()) {
    const apis = sets.flatMap(({ root, paths }) => {
      const path = paths[turn]
      return path === undefined ? [] : [{ name: `${root.slice(1)}-${turn}`, path }]
    })
    await inParallel(apis, ({ name, path }) =>
      stage.api.create(exposedApi(place.namespace, name, { path, implementation: `${pod}-svc` })),
    )
  }
  const count = sets.reduce((sum, { paths }) => sum + paths.length, 0)
  await served(count)
  const first = await misroutes(stage.mesh, sets, owner(sets))
  console.log(`seed ${SEED}: ${SETS} sets, ${count} APIs, ${first.requests} requests, ${first.wrong.length} misroutes`)
  expect(first.wrong).toEqual([])
  expect(first.requests).toBeGreaterThan(SETS * 10)

  await inParallel(sets, ({ root }) => stage.api.delete('ExposedAPI', place.namespace, `${root.slice(1)}-0`))
  await served(count - SETS)
  const left = sets.map(({ root, paths }) => ({ root, paths: paths.slice(1) }))
  const second = await misroutes(stage.mesh, left, owner(sets))
  console.log(`one API of each set gone: ${second.requests} requests, ${second.wrong.length} misroutes`)
  expect(second.wrong).toEqual([])
})

/** Path of the API to which a Pod belongs in a set, however many APIs of the set are gone. */
function owner(sets: readonly PathSet[]) {
  const original = new Map(sets.map((set) => [set.root, set.paths]))
  return (address: string, { root }: PathSet): string => {
    const turn = PODS.findIndex((pod) => stage.addressOf(place.namespace, pod) === address)
    return original.get(root)?.[turn] ?? `Pod ${address}`
  }
}

/** Waits until there are so many APIs, each with its route that istiod has accepted, and Envoy has the routes. */
async function served(count: number): Promise<void> {
  const routed = async () => {
    const apis = await stage.api.list('ExposedAPI', place.namespace)
    const routes = await stage.api.list('HTTPRoute', place.namespace)
    return [apis.filter(isServed).length, apis.length, routes.length]
  }
  await expect.poll(routed, { interval: 500, timeout: 120_000 }).toEqual([count, count, count])
  await stage.mesh.settled()
}
