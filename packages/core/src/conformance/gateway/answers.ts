/** What is said of the route is what the product says: yes, no, nothing yet, or yes to what was there before. */
import { type KubeObject, sameJson } from '@exposedapi/objects'
import type { Rendered } from '../../adapters/rendered.ts'
import { isPolicyOnly } from '../../decide/plan/evidence.ts'
import { rawApi } from '../../testing/builders.ts'
import { ensure, ensureAmong, ensureNone, ensureSame, inCase } from '../assert.ts'
import { documentedFindings } from '../common/declarations.ts'
import { identityOf } from '../common/probe.ts'
import { type Fact, fact, factIf, type Subject } from '../facts.ts'
import { conditionOf, type Runs, verdictOf } from '../runs.ts'
import type { Product, StoredObject } from '../world.ts'
import type { GatewayBench } from './bench.ts'
import { DENY_FOR_ALL, outerWords, WARN_FOR_ALL } from './requests.ts'
import { enforcedBy, inForce, notReady, openRoutes, runsOf, served } from './runs.ts'

/** Facts about what the product says. */
export function answers(bench: GatewayBench): Subject {
  const { name, reasons = {}, answers: given } = bench.contract
  const ask = (product: Product | undefined, word: string, what: string, state: (asked: Asked) => void): Fact =>
    factIf(product !== undefined, what, `${name} has no \`answers\` that say ${word}`, () =>
      forEachAnswering(bench, product, state),
    )
  return {
    title: 'answers',
    facts: [
      documentedFindings(bench, ['RouteProgrammed', 'AddressAssigned'], reasons),
      fact('reports on policies that are asked for only, and in words', () => reportsAsked(bench)),
      ask(given?.no, 'no', 'takes a no of the product to a route for a no', refusesRoute),
      ask(
        given?.no,
        'no',
        'takes a no of the product to an object for one to the policies that it enforces',
        refusesPolicies,
      ),
      ask(given?.notYet, 'nothing yet', 'claims nothing while the product has said nothing', waits),
      ask(given?.notYet, 'nothing yet', 'is ready as soon as a late answer comes', comesLate),
      ask(given?.no, 'no', 'closes a live route whose new protection the product refuses, until it says yes', closes),
      ask(
        given?.notYet,
        'nothing yet',
        'closes a live route whose new protection is left unanswered, until it is',
        closes,
      ),
      ask(given?.oldGeneration, 'yes to an old generation', 'takes a yes to an old generation for no answer', keepsOld),
    ],
  }
}

interface Asked {
  readonly bench: GatewayBench
  readonly rendered: Rendered
  /** Answers so to the one object, and yes to all others. */
  readonly product: Product
}

/** Each object to which the product can answer so. */
function forEachAnswering(bench: GatewayBench, answer: Product | undefined, state: (asked: Asked) => void): void {
  const { rendered } = bench.askPlainly({ spec: bench.supported })
  let asked = 0
  for (const one of rendered) {
    if (!answer || sameAnswer(bench, one.object, answer)) continue
    asked++
    const isMeant = (object: KubeObject) => identityOf(object) === identityOf(one.object)
    const product = (object: StoredObject) => (isMeant(object) ? answer(object) : bench.product(object))
    inCase(identityOf(one.object), () => state({ bench, rendered: one, product }))
  }
  ensure(asked > 0, 'the product says the same to every object as if it said yes: `answers` answers nothing')
}

function sameAnswer(bench: GatewayBench, object: KubeObject, answer: Product): boolean {
  const { name, namespace } = object.metadata
  const stored: StoredObject = {
    ...object,
    metadata: { name, ...(namespace && { namespace }), uid: 'uid', generation: 2 },
  }
  return sameJson(answer(stored), bench.product(stored))
}

function reportsAsked(bench: GatewayBench): void {
  for (const which of bench.cases) {
    const { request, observation } = bench.ask(which)
    for (const { policy, message } of observation.policies ?? []) {
      ensure(request.route.policies[policy], `${which}: ${policy} is reported on, and nobody asks for it`)
      ensure(/\S/.test(message), `${which}: the report on ${policy} has no words`)
    }
  }
}

/** By the end of its time; what waits for the object may wait for ever. */
function refusesPolicies({ bench, rendered, product }: Asked): void {
  const runs = asking(bench, product)
  for (const now of [0, 3000, 63_000]) runs.run(now)
  for (const policy of enforcedBy(rendered)) {
    ensureSame(verdictOf(runs.status, policy)?.state, 'Refused', `state of ${policy}`)
  }
}

function refusesRoute({ bench, rendered, product }: Asked): void {
  if (isPolicyOnly(rendered)) return
  const runs = asking(bench, product)
  for (const now of [0, 3000, 63_000]) runs.run(now)
  const told = conditionOf(runs.status, 'RouteProgrammed')
  ensure(told?.startsWith('False'), `RouteProgrammed is ${told}, though the product refuses the route`)
  notReady(runs)
}

function waits({ bench, rendered, product }: Asked): void {
  const runs = asking(bench, product)
  for (const now of [0, 3000]) runs.run(now)
  for (const policy of enforcedBy(rendered)) {
    ensureSame(verdictOf(runs.status, policy)?.state, 'Pending', `state of ${policy}, after three seconds`)
  }
  if (!isPolicyOnly(rendered)) {
    const told = conditionOf(runs.status, 'RouteProgrammed')
    ensure(told?.startsWith('Unknown'), `RouteProgrammed is ${told}, though nothing has been said`)
    notReady(runs)
  }
  runs.run(63_000)
  for (const policy of enforcedBy(rendered)) {
    ensureSame(verdictOf(runs.status, policy)?.reason, 'NoAnswer', `reason of ${policy}, after a minute`)
  }
  if (isPolicyOnly(rendered)) return
  ensureSame(conditionOf(runs.status, 'RouteProgrammed'), 'False NoAnswer', 'RouteProgrammed, after a minute')
}

function comesLate({ bench, product }: Asked): void {
  const runs = asking(bench, product)
  for (const now of [0, 3000, 63_000]) runs.run(now)
  runs.answer(bench.product)
  for (const now of [64_000, 68_000]) runs.settle(now)
  ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready')
  inForce(runs, bench.contract.supports.policies)
}

/** What was in force stays published, and nothing is said of the change but that it waits. */
function keepsOld({ bench, rendered, product }: Asked): void {
  const runs = served(bench, WARN_FOR_ALL, { spec: bench.supported })
  const { url } = runs.status.apiStatus ?? {}
  ensure(runs.status.implementation?.ready, 'it is not ready before')
  const before = runs.stored
  runs.circumstances = { product }
  runs.respec(rawApi(outerWords({ spec: { ...bench.supported, ...CHANGES } })))
  for (const now of [10_000, 13_000]) runs.run(now)
  const stored = (all: readonly KubeObject[]) => all.find((one) => identityOf(one) === identityOf(rendered.object))
  if (sameJson(stored(before), stored(runs.stored))) return
  for (const policy of enforcedBy(rendered)) {
    ensureSame(verdictOf(runs.status, policy)?.state, 'Pending', `state of ${policy}, whose change waits`)
  }
  if (isPolicyOnly(rendered)) return
  const told = conditionOf(runs.status, 'RouteProgrammed')
  ensure(told?.startsWith('Unknown'), `RouteProgrammed is ${told}, though the change waits for its answer`)
  ensureSame(runs.status.apiStatus?.url, url, 'the url, which was right before')
  ensureSame(runs.status.implementation?.ready, true, 'implementation.ready, which was true before')
  runs.answer(bench.product)
  for (const now of [14_000, 18_000]) runs.settle(now)
  ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready, once the answer has come')
}

/** Where every policy is a protection. */
function closes({ bench, rendered, product }: Asked): void {
  if (!isPolicyOnly(rendered)) return
  const runs = served(bench, DENY_FOR_ALL)
  runs.respec(rawApi(outerWords({ spec: bench.supported })))
  runs.circumstances = { product }
  for (const now of [10_000, 13_000, 73_000, 74_000]) runs.run(now)
  ensureNone(openRoutes(bench, runs.stored), 'leads to the implementation without its protection')
  notReady(runs)
  for (const policy of enforcedBy(rendered)) {
    ensureAmong(verdictOf(runs.status, policy)?.state, ['Refused', 'Pending'], `state of ${policy}`)
  }
  runs.answer(bench.product)
  for (const now of [80_000, 84_000]) runs.settle(now)
  ensure(openRoutes(bench, runs.stored).length > 0, 'the route is still closed, though the product has said yes')
  ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready, once the product has said yes')
}

const CHANGES = {
  port: 8081,
  CORS: { enabled: true, allowOrigins: 'https://other.example' },
}

function asking(bench: GatewayBench, product: Product): Runs {
  const runs = runsOf(bench, WARN_FOR_ALL, { spec: bench.supported })
  runs.circumstances = { product }
  return runs
}
