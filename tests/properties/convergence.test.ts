/** Whatever happens in whatever order, the end state is right; and a change touches only its neighbours. */

import { type Call, served } from '@exposedapi/adapter-istio/test/mesh'
import { isBelow } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Simulation } from './simulation.ts'

/** Runs of the big property; fewer with PROPERTY_RUNS for a quick look. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 10_000)
const NAMESPACE = 'components'

const path = fc
  .array(fc.constantFrom('a', 'ab', 'b', 'v1'), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`)

/** One thing that happens. `steps` decisions are made before the next: none of them means that events pile up. */
interface Happening {
  readonly api: number
  /** `undefined`: the API is deleted. */
  readonly path: string | undefined
  readonly tick: boolean
  readonly steps: number
  readonly pick: number
}

const happening: fc.Arbitrary<Happening> = fc.record({
  api: fc.nat({ max: 6 }),
  path: fc.oneof({ arbitrary: path, weight: 4 }, { arbitrary: fc.constant(undefined), weight: 1 }),
  tick: fc.boolean(),
  steps: fc.nat({ max: 3 }),
  pick: fc.nat({ max: 6 }),
})

function api(at: number, where: string) {
  return rawApi({ name: `api-${9 - at}`, namespace: NAMESPACE, spec: { path: where, implementation: `svc-${at}` } })
}

/** Plays a history and settles. Returns the paths that live in the end, by age: the oldest claim of a path counts. */
function played(history: readonly Happening[]) {
  const simulation = new Simulation()
  const living = new Map<number, { readonly path: string; readonly since: string }>()
  let second = 0
  for (const { api: at, path: where, tick, steps, pick } of history) {
    if (tick) {
      simulation.tick()
      second++
    }
    if (where === undefined) {
      simulation.remove(NAMESPACE, `api-${9 - at}`)
      living.delete(at)
    } else {
      simulation.apply(api(at, where))
      const since = living.get(at)?.since ?? String(second).padStart(6, '0')
      living.set(at, { path: where, since })
    }
    for (let step = 0; step < steps; step++) simulation.step(pick)
  }
  simulation.settle()
  return { simulation, living }
}

/** Who should serve: the longest path, and of equal ones the oldest API, then the name. */
function expected(living: ReadonlyMap<number, { path: string; since: string }>, call: Call): string | undefined {
  const serving = [...living]
    .filter(([, one]) => one.path === call.path || isBelow(call.path, one.path))
    .map(([at, one]) => ({ ...one, name: `${NAMESPACE}.api-${9 - at}` }))
    .sort((a, b) => b.path.length - a.path.length || compare(a.since + a.name, b.since + b.name))
  return serving[0]?.name
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function calls(paths: readonly string[]): readonly Call[] {
  const all = paths.flatMap((one) => {
    const base = one === '/' ? '' : one
    return [one, `${base}/`, `${base}/x`, `${base}/a`, `${base}b`, `${base}/v1/hub`]
  })
  return [...new Set(all)]
    .filter((one) => one.startsWith('/'))
    .map((one) => ({ host: 'any.example', path: one, method: 'GET' }))
}

describe('any order of creation, change, deletion and delivery', () => {
  it(`ends without a misroute, and then writes nothing (${RUNS} histories)`, { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 2, maxLength: 14 }), (history) => {
        const { simulation, living } = played(history)
        const routes = simulation.routes()
        for (const call of calls([...living.values()].map((one) => one.path))) {
          expect(served(routes, call)?.name, call.path).toBe(expected(living, call))
        }
        const writes = simulation.writes.length
        for (const at of living.keys()) simulation.dirty.add(`${NAMESPACE}/api-${9 - at}`)
        simulation.settle()
        expect(simulation.writes.slice(writes)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})

describe('1,000 APIs, 200 of them nested', () => {
  const simulation = new Simulation()
  for (let at = 0; at < 800; at++)
    simulation.apply(rawApi({ name: `api-${at}`, spec: { path: `/component-${at}/v1` } }))
  for (let at = 0; at < 200; at++) {
    simulation.apply(rawApi({ name: `nested-${at}`, spec: { path: `/component-${at}/v1/hub` } }))
  }
  simulation.settle()

  it.each([
    { what: 'an API without neighbours', name: 'api-700', path: '/component-700/v2', decisions: 1, writes: 1 },
    { what: 'a nested API', name: 'nested-7', path: '/component-7/v1/listener', decisions: 2, writes: 2 },
    { what: 'an API that has one nested', name: 'api-8', path: '/component-8/v9', decisions: 1, writes: 1 },
  ])('a change of $what decides and writes its path neighbours alone', ({ name, path: where, decisions, writes }) => {
    const before = { decisions: simulation.decisions, writes: simulation.writes.length }
    simulation.apply(rawApi({ name, spec: { path: where } }))
    simulation.settle()
    expect(new Set(simulation.writes.slice(before.writes)).size).toBe(writes)
    // Each neighbour is decided once for the change and once more for its own write.
    expect(simulation.decisions - before.decisions).toBeLessThanOrEqual(2 * decisions)
  })
})
