/** Once all is written there is nothing left to do, and what is said is good. */
import { sameJson } from '@exposedapi/objects'
import { containsBody } from '../../cluster/contains.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import { type ApiWords, rawApi } from '../../testing/builders.ts'
import { ensure, ensureNone, ensureSame, inCase, shown } from '../assert.ts'
import { identityOf } from '../common/probe.ts'
import { fact, type Subject } from '../facts.ts'
import { conditionOf, type Runs } from '../runs.ts'
import type { GatewayBench } from './bench.ts'
import { nestedWords, outerWords, WARN_FOR_ALL } from './requests.ts'
import { inForce, runsOf, served } from './runs.ts'

/** Facts about the end of the work. */
export function settling(bench: GatewayBench): Subject {
  const { supports } = bench.contract
  return {
    title: 'settling',
    facts: [
      fact('is ready, with each supported policy in force, once all is written', () => {
        const runs = served(bench, WARN_FOR_ALL, { spec: bench.supported })
        const { status } = runs
        ensureSame(conditionOf(status, 'Ready'), 'True Ready', 'Ready')
        ensure(status.apiStatus?.uid, 'status.apiStatus has no uid')
        ensure(status.apiStatus?.url, 'status.apiStatus has no url')
        inForce(runs, supports.policies)
      }),
      fact('settles: once its objects are stored, nothing is left to do', () => {
        for (const spec of [{}, bench.supported, bench.policies]) {
          inCase(shown(spec), () => settles(bench, { spec }))
        }
      }),
      fact('renders the same, whatever it has rendered before', () => forgets(bench)),
      fact('leaves no object of a policy behind that is asked for no longer', () => {
        const runs = served(bench, WARN_FOR_ALL, { spec: bench.supported })
        runs.respec(rawApi(outerWords({})))
        runs.settle(10_000)
        const fresh = served(bench, WARN_FOR_ALL).stored.map(identityOf)
        ensureNone(
          runs.stored.map(identityOf).filter((name) => !fresh.includes(name)),
          'left behind',
        )
      }),
    ],
  }
}

function settles(bench: GatewayBench, words: ApiWords): void {
  const runs = runsOf(bench, WARN_FOR_ALL, words)
  runs.world.add(EXPOSED_API, rawApi(nestedWords({})))
  runs.settle(0)
  runs.settle(3000)
  const { writes, obsolete } = runs.plan()
  ensure(writes.length > 0, 'nothing is rendered')
  ensureNone(obsolete.map(identityOf), 'deleted for ever')
  for (const { object } of writes) {
    const stored = runs.stored.find((one) => identityOf(one) === identityOf(object))
    ensure(stored && containsBody(stored, object), () => `${identityOf(object)} is written for ever`)
  }
}

function forgets(bench: GatewayBench): void {
  const after = (...specs: readonly object[]): Runs => {
    const [first, ...rest] = specs
    const runs = served(bench, WARN_FOR_ALL, { spec: { ...first } })
    rest.forEach((spec, at) => {
      runs.respec(rawApi(outerWords({ spec: { ...spec } })))
      runs.settle(10_000 * (at + 1))
    })
    return runs
  }
  const other = { port: 8081, developerUI: '/ui', hostname: 'api.example' }
  for (const [one, two] of [
    [{}, bench.supported],
    [bench.supported, {}],
    [other, {}],
    [{}, other],
  ] as const) {
    const [fresh, moved] = [after(two), after(one, two)].map((runs) => runs.plan().writes.map(({ object }) => object))
    ensure(sameJson(fresh, moved), () => `${shown(two)} after ${shown(one)} is rendered otherwise than at first`)
  }
}
