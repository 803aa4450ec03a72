/** What is claimed of a policy is rendered, says so, and stands before what it protects. */
import { nameOf, sameJson } from '@exposedapi/objects'
import type { Enforcement, Rendered } from '../../adapters/rendered.ts'
import { isPolicyOnly } from '../../decide/plan/evidence.ts'
import { POLICY_NAMES, type PolicyName } from '../../policies/policies.ts'
import { ensure, ensureAmong, ensureNone, ensureSame, inCase, shown } from '../assert.ts'
import { ensureReason } from '../common/declarations.ts'
import { identityOf, inEachCase, objectsOf } from '../common/probe.ts'
import { type Fact, fact, factIf, type Subject } from '../facts.ts'
import { World } from '../world.ts'
import { bodyText, type GatewayAnswer, type GatewayBench } from './bench.ts'
import { outer } from './requests.ts'

/** Facts about policies. */
export function policies(bench: GatewayBench): Subject {
  const { contract } = bench
  const some = contract.supports.policies
  const none = `${contract.name} supports no policy`
  const ask = (name: string, holds: () => void) => factIf(some.length > 0, name, none, holds)
  return {
    title: 'policies',
    facts: [
      fact(
        'gives at most one verdict on a requested policy, and one on each that it supports, whatever the cluster serves',
        () => judgesEach(bench),
      ),
      ...POLICY_NAMES.map((policy) => supportFact(bench, policy)),
      ask('renders each policy that it claims, and says which object enforces it', () => backsClaims(bench)),
      fact('says of no object that it enforces what nobody asks for', () =>
        inEachCase(bench, (which) => enforcesRequested(bench.ask(which))),
      ),
      ask('says of each object that a policy changes that it enforces the policy', () => {
        for (const policy of some) inCase(policy, () => declaresChanges(bench, policy))
      }),
      ask('ties an object that enforces a policy to the route, or the route to it', () => {
        for (const names of [...some.map((policy) => [policy]), some]) {
          inCase(names.join(' and '), () => tiesPolicies(bench.askPlainly({ spec: bench.fieldsOf(names) })))
        }
      }),
      ask('renders what enforces policies for a denied route as well, about which the product may say yes yet', () => {
        const denied = objectsOf(bench.ask('a denied API with every policy')).map(identityOf)
        const open = bench.ask('an API with every policy').rendered.filter(isPolicyOnly)
        const gone = open.map(({ object }) => identityOf(object)).filter((name) => !denied.includes(name))
        ensureNone(gone, 'not rendered when the route is denied')
      }),
      ask('renders protection before the object that it publishes', () =>
        inEachCase(bench, (which) => protectsFirst(bench.ask(which))),
      ),
    ],
  }
}

function judgesEach(bench: GatewayBench): void {
  const { kinds } = bench.make()
  const api = outer({ spec: bench.policies })
  for (const view of [bench.world(), new World(), bench.world().rebuilt({ unserved: kinds.map(({ kind }) => kind) })]) {
    const verdicts = bench.make().verdicts(api, api.policies, view)
    // Core answers for a policy about which the adapter says nothing, so that a new one costs no adapter anything.
    const judged = verdicts.map(({ policy }) => policy)
    ensureSame(judged, [...new Set(judged)], 'policies of the verdicts')
    ensureNone(
      bench.contract.supports.policies.filter((policy) => !judged.includes(policy)),
      'supported without a verdict',
    )
    for (const { policy, state, reason, message } of verdicts) {
      ensureAmong(state, ['Enforced', 'Approximate', 'Unsupported', 'Invalid'], `state of ${policy}`)
      ensureReason(reason, bench.contract.reasons ?? {})
      ensure(/\S/.test(message), `the verdict on ${policy} has no words`)
    }
  }
  ensureNone(bench.make().verdicts(outer(), {}, bench.world()), 'verdicts that nobody asked for')
}

function supportFact(bench: GatewayBench, policy: PolicyName): Fact {
  const { supports } = bench.contract
  const state = () => {
    const api = outer({ spec: bench.policies })
    return bench.make().verdicts(api, { [policy]: api.policies[policy] }, bench.world())[0]?.state
  }
  return supports.policies.includes(policy)
    ? fact(`enforces ${policy}, at least approximately`, () =>
        ensureAmong(state(), ['Enforced', 'Approximate'], `state of ${policy}`),
      )
    : fact(`does not claim to enforce ${policy}, which it does not support`, () =>
        ensureAmong(state() ?? 'Unsupported', ['Unsupported', 'Invalid'], `state of ${policy}`),
      )
}

/** In each world: what cannot be written cannot be claimed. */
function backsClaims(bench: GatewayBench): void {
  const { kinds } = bench.make()
  const spec = bench.supported
  const worlds = kinds.map(({ kind }) => [`without ${kind.kind}`, bench.world().rebuilt({ unserved: [kind] })] as const)
  for (const [which, world] of [['with all that is needed', bench.world()], ...worlds] as const) {
    inCase(which, () => {
      const { request, rendered, observation } = bench.askPlainly({ spec }, world)
      const claimed = Object.keys(request.route.policies) as PolicyName[]
      const vouched = observation.policies?.map(({ policy }) => policy) ?? []
      const unbacked = claimed.filter((policy) => !vouched.includes(policy) && !rendered.some(enforcing(policy)))
      // Without a route there is nothing to protect.
      if (rendered.length > 0) ensureNone(unbacked, 'claimed, and no object says that it enforces')
    })
  }
}

function enforcing(policy: PolicyName, api?: string): (rendered: Rendered) => boolean {
  return ({ enforces = [] }) => enforces.some((one) => one.policy === policy && one.api === api)
}

function enforcesRequested({ request: { route, nested }, rendered }: GatewayAnswer): void {
  const asked = (policies: object, api?: string): readonly Enforcement[] =>
    Object.keys(policies).map((policy) => ({ policy: policy as PolicyName, ...(api !== undefined && { api }) }))
  const all = [...asked(route.policies), ...nested.flatMap(({ api, policies }) => asked(policies, nameOf(api)))]
  const told = rendered.flatMap(({ enforces = [] }) => enforces)
  ensureNone(
    told.filter((one) => !all.some((wanted) => sameJson(wanted, one))),
    'enforced, and not asked for',
  )
}

/** Whatever looks otherwise for a policy is needed for it: while it is not stored, the policy is not in force. */
function declaresChanges(bench: GatewayBench, policy: PolicyName): void {
  const [without, withIt] = [bench.askPlainly({}), bench.askPlainly({ spec: bench.fieldsOf([policy]) })]
  const before = objectsOf(without)
  const changed = withIt.rendered.filter(({ object }) => !before.some((old) => sameJson(old, object)))
  const isVouched = withIt.observation.policies?.some((report) => report.policy === policy)
  ensure(changed.length > 0 || isVouched, 'nothing is rendered otherwise for it')
  const silent = changed.filter((rendered) => !enforcing(policy)(rendered))
  ensureNone(
    silent.map(({ object }) => identityOf(object)),
    'changed by it, and does not say so',
  )
}

/** By the name of either, or by path or host of the route. */
function tiesPolicies({ request: { route }, rendered }: GatewayAnswer): void {
  const carriers = rendered.filter((one) => !isPolicyOnly(one)).map(({ object }) => object)
  const words = [...carriers.map(({ metadata }) => metadata.name), ...route.paths, ...route.hosts]
  for (const { object } of rendered.filter(isPolicyOnly)) {
    const { name } = object.metadata
    const isNamed = carriers.some((carrier) => bodyText(carrier).includes(name))
    const isTied = isNamed || words.some((word) => word !== '/' && word !== '*' && bodyText(object).includes(word))
    ensure(isTied, () => `nothing ties ${identityOf(object)} to ${shown(carriers.map(identityOf))}`)
  }
}

function protectsFirst({ rendered, observation: { published } }: GatewayAnswer): void {
  const at = published ? rendered.findIndex(({ object }) => identityOf(object) === identityOf(published)) : -1
  if (at < 0) return
  const late = rendered.slice(at + 1).filter(isPolicyOnly)
  ensureNone(
    late.map(({ object }) => identityOf(object)),
    'protection that is written after the published route',
  )
}
