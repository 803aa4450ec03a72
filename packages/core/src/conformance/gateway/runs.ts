/** An API through runs of the operator on a gateway adapter. */
import type { KubeObject } from '@exposedapi/objects'
import type { Rendered } from '../../adapters/rendered.ts'
import type { Settings } from '../../decide/rules/settings.ts'
import type { PolicyName } from '../../policies/policies.ts'
import { type ApiWords, rawApi } from '../../testing/builders.ts'
import { ensure } from '../assert.ts'
import { identityOf } from '../common/probe.ts'
import { conditionOf, Runs, verdictOf } from '../runs.ts'
import { bodyText, type GatewayBench } from './bench.ts'
import { OUTER_SERVICE, outerWords } from './requests.ts'

/** Runs of an outer API of these words; the product says yes to all that is written. */
export function runsOf(bench: GatewayBench, settings: Settings, words: ApiWords = {}): Runs {
  const runs = new Runs(bench.world(), bench.rules(settings), rawApi(outerWords(words)))
  runs.circumstances = { product: bench.product }
  return runs
}

/** The same, through the runs that it takes until it is served. */
export function served(bench: GatewayBench, settings: Settings, words: ApiWords = {}): Runs {
  const runs = runsOf(bench, settings, words)
  runs.settle(0)
  runs.settle(3000)
  return runs
}

/** The policies of its own API that an object puts into force. */
export function enforcedBy({ enforces = [] }: Rendered): readonly PolicyName[] {
  return enforces.filter(({ api }) => api === undefined).map(({ policy }) => policy)
}

/** The published object among these, if it leads to the implementation: by its name, or by that of an object that names it. */
export function openRoutes(bench: GatewayBench, objects: readonly KubeObject[]): readonly string[] {
  const route = objects.find((object) => identityOf(object) === bench.published)
  if (!route) return []
  const naming = objects.filter((object) => object !== route && bodyText(object).includes(OUTER_SERVICE))
  const words = [OUTER_SERVICE, ...naming.map(({ metadata }) => metadata.name)]
  return words.some((word) => bodyText(route).includes(word)) ? [identityOf(route)] : []
}

/** States that the API is not said to be ready. */
export function notReady(runs: Runs): void {
  ensure(conditionOf(runs.status, 'Ready') !== 'True Ready', 'it is ready all the same')
  ensure(runs.status.implementation?.ready !== true, 'implementation.ready is true all the same')
}

/** States that these policies are said to be in force. */
export function inForce(runs: Runs, policies: readonly PolicyName[]): void {
  for (const policy of policies) {
    const { state, message } = verdictOf(runs.status, policy) ?? {}
    ensure(state === 'Enforced' || state === 'Approximate', `${policy} is ${state}: ${message}`)
  }
}
