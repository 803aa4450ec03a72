/**
 * Random sets of paths, created in random order, against the longest path by segments: no request may go astray.
 *
 * The seed is fixed and printed; MESH_SEED sets another.
 */
import { exposedApi, type Manifest } from '@exposedapi/testbed/canvas'
import { beforeAll, expect, it } from 'vitest'
import { inParallel } from './support/in-parallel.ts'
import { isServed, meshStage, type Place } from './support/mesh-stage.ts'
import { misroutes, type PathSet, pathSets } from './support/path-sets.ts'

const stage = meshStage('random')
const SEED = Number(process.env.MESH_SEED ?? 20_260_827)
const SETS = 200

/** The n-th API of each set leads to the n-th of these Pods. */
const PODS = ['pod-0', 'pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5', 'pod-6']
let place: Place

beforeAll(async () => {
  place = await stage.place()
  for (const name of PODS) await stage.serve(place.namespace, name)
})

/** All n-th APIs together, then all of the next turn: a set's APIs are created in different seconds, as istiod sorts by them. */
function turns(sets: readonly PathSet[]): readonly (readonly { name: string; path: string; pod: string }[])[] {
  return PODS.map((pod, turn) =>
    sets.flatMap(({ root, paths }) => {
      const path = paths[turn]
      return path === undefined ? [] : [{ name: `${root.slice(1)}-${turn}`, path, pod }]
    }),
  )
}

/** Path of the API to which a Pod belongs in a set, however many APIs of the set are gone. */
function owner(sets: readonly PathSet[]) {
  const original = new Map(sets.map((set) => [set.root, set.paths]))
  return (address: string, { root }: PathSet): string => {
    const turn = PODS.findIndex((pod) => stage.addressOf(place.namespace, pod) === address)
    return original.get(root)?.[turn] ?? `Pod ${address}`
  }
}

it(`${SETS} random sets through the operator: 0 misroutes, also after APIs have gone`, {
  timeout: 300_000,
}, async () => {
  const sets = pathSets(SETS, SEED, 's')
  for (const turn of turns(sets)) {
    await inParallel(turn, ({ name, path, pod }) =>
      stage.api.create(exposedApi(place.namespace, name, { path, implementation: `${pod}-svc` })),
    )
  }
  const apis = sets.reduce((sum, { paths }) => sum + paths.length, 0)
  await served(apis)
  const first = await misroutes(stage.mesh, sets, owner(sets))
  console.log(`seed ${SEED}: ${SETS} sets, ${apis} APIs, ${first.requests} requests, ${first.wrong.length} misroutes`)
  expect(first.wrong).toEqual([])
  expect(first.requests).toBeGreaterThan(SETS * 10)

  await inParallel(sets, ({ root }) => stage.api.delete('ExposedAPI', place.namespace, `${root.slice(1)}-0`))
  await served(apis - SETS)
  const left = sets.map(({ root, paths }) => ({ root, paths: paths.slice(1) }))
  const second = await misroutes(stage.mesh, left, owner(sets))
  console.log(`one API of each set gone: ${second.requests} requests, ${second.wrong.length} misroutes`)
  expect(second.wrong).toEqual([])
})

it('the same sets as plain prefixes, as the reference operator writes them, go astray', {
  timeout: 120_000,
}, async () => {
  const sets = pathSets(SETS / 4, SEED, 'p')
  for (const turn of turns(sets)) await inParallel(turn, (route) => stage.api.create(plainPrefix(route)))
  await stage.mesh.settled()
  const { requests, wrong } = await misroutes(stage.mesh, sets, owner(sets))
  console.log(`plain prefixes: ${sets.length} sets, ${requests} requests, ${wrong.length} misroutes`)
  expect(wrong.length).toBeGreaterThan(requests / 20)
})

/** Waits until there are so many APIs, each with its route, and Envoy has the routes. */
async function served(count: number): Promise<void> {
  const routed = async () => {
    const apis = await stage.api.list('ExposedAPI', place.namespace)
    const routes = await stage.api.list('VirtualService', place.namespace)
    return [apis.filter(isServed).length, apis.length, routes.length]
  }
  await expect.poll(routed, { interval: 500, timeout: 120_000 }).toEqual([count, count, count])
  // The last API to go may have had copies in routes of others; those have been written when nothing more is.
  let before = ''
  const unchanged = async () => {
    const last = before
    before = await versions()
    return before === last
  }
  await expect.poll(unchanged, { interval: 1000, timeout: 60_000 }).toBe(true)
  await stage.mesh.settled()
}

async function versions(): Promise<string> {
  const routes = await stage.api.list('VirtualService', place.namespace)
  return routes.map(({ metadata }) => metadata.resourceVersion).join()
}

function plainPrefix({ name, path, pod }: { name: string; path: string; pod: string }): Manifest {
  const route = [{ destination: { host: `${pod}-svc`, port: { number: 8080 } } }]
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: place.namespace },
    spec: {
      hosts: ['*'],
      gateways: ['canvas/component-gateway'],
      http: [{ match: [{ uri: { prefix: path } }], route }],
    },
  }
}
