/** A write that is refused costs what it was for, and no more: nothing is claimed that is not stored, and nothing is opened. */
import { type KubeObject, sameJson } from '@exposedapi/objects'
import type { Rendered } from '../../adapters/rendered.ts'
import { isPolicyOnly } from '../../decide/plan/evidence.ts'
import type { Settings } from '../../decide/rules/settings.ts'
import type { PolicyName } from '../../policies/policies.ts'
import { rawApi } from '../../testing/builders.ts'
import { ensure, ensureNone, ensureSame, inCase } from '../assert.ts'
import { identityOf } from '../common/probe.ts'
import { type Fact, factIf, type Subject } from '../facts.ts'
import { conditionOf, type Runs, verdictOf } from '../runs.ts'
import { bodyText, type GatewayBench } from './bench.ts'
import { DENY_FOR_ALL, outerWords, WARN_FOR_ALL } from './requests.ts'
import { enforcedBy, inForce, notReady, openRoutes, runsOf, served } from './runs.ts'

/** Facts about refused writes. */
export function refusals(bench: GatewayBench): Subject {
  const { name, supports } = bench.contract
  const ask = (what: string, holds: (refused: Rendered) => void): Fact =>
    factIf(supports.policies.length > 0, what, `${name} supports no policy`, () => forEachObject(bench, holds))
  return {
    title: 'refused writes',
    facts: [
      ask('claims nothing whose object is refused, deletes nothing, and recovers', (refused) => admits(bench, refused)),
      ask('opens no new route while an object is refused that protects it', (refused) => opensNothing(bench, refused)),
      ask('closes a live route whose new protection is refused, or says that it is still open', (refused) => {
        closes(bench, refused, 'that write')
        closes(bench, refused, 'every write of it')
      }),
      ask('keeps a protection in force, and the route open, whose change is refused', (refused) =>
        keeps(bench, refused),
      ),
      ask('keeps the route, and leaves the object, where a foreign one has the name of one for a policy', (refused) =>
        yields(bench, refused),
      ),
    ],
  }
}

/** Each object that is rendered for an API with all supported policies, once. */
function forEachObject(bench: GatewayBench, state: (refused: Rendered) => void): void {
  for (const rendered of runsOf(bench, WARN_FOR_ALL, { spec: bench.supported }).plan().writes) {
    inCase(`${identityOf(rendered.object)} refused`, () => state(rendered))
  }
}

function refusing(bench: GatewayBench, refused: KubeObject): Runs['circumstances'] {
  const refuses = (object: KubeObject) => (identityOf(object) === identityOf(refused) ? 'not today' : undefined)
  return { product: bench.product, refuses }
}

function admits(bench: GatewayBench, refused: Rendered): void {
  const runs = runsOf(bench, WARN_FOR_ALL, { spec: bench.supported })
  runs.circumstances = refusing(bench, refused.object)
  for (const now of [0, 3000]) runs.run(now)
  notClaimed(runs, enforcedBy(refused))
  if (!isPolicyOnly(refused)) ensure(conditionOf(runs.status, 'Ready') !== 'True Ready', 'it is ready all the same')
  ensureNone(runs.deleted.map(identityOf), 'deleted in a run in which something was refused')
  runs.circumstances = { product: bench.product }
  for (const now of [4000, 8000]) runs.settle(now)
  ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready, once nothing is refused any more')
  inForce(runs, bench.contract.supports.policies)
}

/** Where every policy is a protection. */
function opensNothing(bench: GatewayBench, refused: Rendered): void {
  const runs = runsOf(bench, DENY_FOR_ALL, { spec: bench.supported })
  const early: string[] = []
  const onWrite: Runs['circumstances']['onWrite'] = (object, planned) => {
    const stored = runs.stored.filter((one) => identityOf(one) !== identityOf(object))
    const names = stored.map(identityOf)
    const missing = planned.writes.filter((one) => isPolicyOnly(one) && !names.includes(identityOf(one.object)))
    if (missing.length > 0) early.push(...openRoutes(bench, [...stored, object]))
  }
  runs.circumstances = { ...refusing(bench, refused.object), onWrite }
  for (const now of [0, 3000]) runs.run(now)
  ensureNone(early, 'opened before what protects it is stored')
  if (enforcedBy(refused).length === 0) return
  ensureNone(openRoutes(bench, runs.stored), 'leads to the implementation without its protection')
  notReady(runs)
}

function closes(bench: GatewayBench, refused: Rendered, which: 'that write' | 'every write of it'): void {
  if (enforcedBy(refused).length === 0) return
  const runs = served(bench, DENY_FOR_ALL)
  runs.respec(rawApi(outerWords({ spec: bench.supported })))
  const before = openRoutes(bench, runs.stored)
  const { refuses, ...rest } = refusing(bench, refused.object)
  const isMeant = (object: KubeObject) =>
    which === 'every write of it' || isPolicyOnly(refused) || sameJson(object, refused.object)
  runs.circumstances = { ...rest, refuses: (object) => (isMeant(object) ? refuses?.(object) : undefined) }
  for (const now of [10_000, 13_000]) runs.run(now)
  notClaimed(runs, enforcedBy(refused))
  notReady(runs)
  ensureNone(runs.deleted.map(identityOf), 'deleted in a run in which something was refused')
  const open = openRoutes(bench, runs.stored)
  const mayStayOpen = which === 'every write of it' && before.includes(identityOf(refused.object))
  if (!mayStayOpen) ensureNone(open, 'leads to the implementation without its protection')
  else if (open.length > 0)
    ensureSame(conditionOf(runs.status, 'RouteProgrammed'), 'False StillOpen', 'RouteProgrammed')
}

function keeps(bench: GatewayBench, refused: Rendered): void {
  const policies = enforcedBy(refused)
  const runs = served(bench, DENY_FOR_ALL, { spec: bench.supported })
  const before = bodies(runs)
  runs.respec(rawApi(outerWords({ spec: changed(bench, policies) })))
  runs.circumstances = refusing(bench, refused.object)
  const isChanged = runs.plan().writes.some(({ object }) => isOther(object, refused.object))
  if (!isChanged || policies.length === 0) return
  for (const now of [10_000, 13_000]) runs.run(now)
  ensure(openRoutes(bench, runs.stored).length > 0, 'the route is closed')
  const after = bodies(runs)
  const identity = identityOf(refused.object)
  ensureSame(after.get(identity), before.get(identity), 'what protects it')
  notClaimed(runs, policies)
}

function yields(bench: GatewayBench, refused: Rendered): void {
  if (!isPolicyOnly(refused)) return
  for (const settings of [WARN_FOR_ALL, DENY_FOR_ALL]) yieldsUnder(bench, refused, settings)
}

function yieldsUnder(bench: GatewayBench, refused: Rendered, settings: Settings): void {
  const runs = served(bench, settings)
  const { kinds } = bench.make()
  const owner = { apiVersion: 'acme.example/v1', kind: 'Acme', name: 'acme', uid: 'acme', controller: true }
  const foreign = { ...refused.object, metadata: { ...refused.object.metadata, ownerReferences: [owner] } }
  runs.world.store(kinds, [foreign])
  runs.respec(rawApi(outerWords({ spec: bench.supported })))
  for (const now of [10_000, 13_000]) runs.run(now)
  notClaimed(runs, enforcedBy(refused))
  ensureNone(runs.deleted.map(identityOf), 'deleted for it')
  ensureSame(openRoutes(bench, runs.stored).length > 0, settings === WARN_FOR_ALL, 'the route is open')
  const owned = runs.world.rawOf(kinds.map(({ kind }) => kind))
  const stays = owned.find((one) => identityOf(one) === identityOf(foreign))
  ensureSame(stays?.metadata.ownerReferences, [owner], `${identityOf(foreign)}, which is not ours`)
}

/** Other words for some policies: fewer origins, another limit, another key. */
function changed(bench: GatewayBench, policies: readonly PolicyName[]): Readonly<Record<string, unknown>> {
  const other: Partial<Record<PolicyName, object>> = {
    cors: { CORS: { enabled: true, allowOrigins: 'https://other.example' } },
    rateLimit: { rateLimit: { ...Object(bench.supported.rateLimit), limit: '77' } },
    quota: { quota: { ...Object(bench.supported.quota), limit: '77' } },
    apiKeyVerification: { apiKeyVerification: { enabled: true, location: 'header:x-other' } },
    oasValidation: { OASValidation: { ...Object(bench.supported.OASValidation), allowUnspecifiedHeaders: true } },
  }
  return Object.assign({}, bench.supported, ...policies.map((policy) => other[policy] ?? {}))
}

function isOther(a: KubeObject, b: KubeObject): boolean {
  return identityOf(a) === identityOf(b) && bodyText(a) !== bodyText(b)
}

function bodies(runs: Runs): ReadonlyMap<string, string> {
  return new Map(runs.stored.map((object) => [identityOf(object), bodyText(object)]))
}

function notClaimed(runs: Runs, policies: readonly PolicyName[]): void {
  for (const policy of policies) {
    const { state, message = '' } = verdictOf(runs.status, policy) ?? {}
    ensure(state !== 'Enforced' && state !== 'Approximate', `${policy} is ${state} all the same`)
    ensure(/\S/.test(message), `the verdict on ${policy} has no words`)
  }
  if (policies.length > 0) {
    const told = conditionOf(runs.status, 'PoliciesEnforced') ?? 'absent'
    ensure(!told.startsWith('True'), `PoliciesEnforced is ${told} all the same`)
  }
}
