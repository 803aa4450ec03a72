/** Paths that APIs share, and paths below those of others. */
import { nameOf, sameJson } from '@exposedapi/objects'
import type { RouteIntent } from '../../adapters/gateway.ts'
import { isPolicyOnly } from '../../decide/plan/evidence.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import type { PolicyName } from '../../policies/policies.ts'
import { type ApiWords, anApi, rawApi } from '../../testing/builders.ts'
import { ensure, ensureNone, ensureSame, inCase } from '../assert.ts'
import { identityOf, objectsOf } from '../common/probe.ts'
import { fact, factIf, type Subject } from '../facts.ts'
import { bodyText, type GatewayBench } from './bench.ts'
import {
  DENIED,
  intent,
  NESTED_SERVICE,
  nestedWords,
  OTHER_SERVICE,
  outer,
  outerWords,
  WARN_FOR_ALL,
} from './requests.ts'
import { runsOf } from './runs.ts'

/** Facts about several APIs. */
export function nesting(bench: GatewayBench): Subject {
  const isNesting = bench.make().precedence === 'written-order'
  const ownOrder = `${bench.contract.name} leaves nested paths to the product, which takes the longest by itself`
  const ask = (name: string, holds: () => void) => factIf(isNesting, name, ownOrder, holds)
  return {
    title: 'nesting',
    facts: [
      fact('gives one path to the older of two APIs if they share gateway and host, else to both', () =>
        sharesPath(bench),
      ),
      ask('gives nested paths precedence over the path above them', () => putsNestedFirst(bench)),
      ask('each word of a nested route makes a difference in what is rendered', () => {
        for (const pair of nestedPairs(bench)) inCase(pair.word, () => differsNested(bench, pair))
      }),
      ask('says of an object that holds a nested route which of its policies it enforces', () => declaresNested(bench)),
      ask('renders a denied nested route that does not even name its implementation', () => {
        const text = objectsOf(bench.ask('an API with a denied nested one')).map(bodyText).join('\n')
        ensure(!text.includes(NESTED_SERVICE), `the implementation ${NESTED_SERVICE} of a denied API is named`)
      }),
    ],
  }
}

function sharesPath(bench: GatewayBench): void {
  const metadata = { creationTimestamp: '2099-01-01T00:00:00Z' }
  for (const namespace of ['components', 'elsewhere']) {
    const words: ApiWords = { name: 'younger', namespace, metadata, spec: { implementation: NESTED_SERVICE } }
    const runs = runsOf(bench, WARN_FOR_ALL, words)
    runs.world.add(EXPOSED_API, rawApi(outerWords({})))
    const [older, younger, gateway] = [outer(), outer(words), bench.make()]
    const hosts = gateway.hosts(older).filter((host) => bench.make().hosts(younger).includes(host))
    const meet = gateway.gatewayOf?.(older) === bench.make().gatewayOf?.(younger) && hosts.length > 0
    ensureSame(runs.plan().writes.length === 0, meet, `in namespace ${namespace} the younger API gets nothing`)
  }
}

function putsNestedFirst(bench: GatewayBench): void {
  const text = objectsOf(bench.ask('an API with a nested one')).map(bodyText).join('\n')
  const [nestedAt, ownAt] = [text.search(/\/outer\/nested\b/), text.search(/\/outer(?!\/nested)/)]
  ensure(nestedAt >= 0, 'the nested path /outer/nested is not rendered')
  ensure(nestedAt < ownAt, 'the nested path /outer/nested is rendered behind /outer')
}

interface NestedPair {
  readonly word: string
  /** Of the API above. */
  readonly above?: ApiWords['spec']
  readonly one: RouteIntent | undefined
  readonly other: RouteIntent
}

function nestedPairs(bench: GatewayBench): readonly NestedPair[] {
  const to = (words: ApiWords) => intent(bench.make(), anApi(nestedWords(words)), bench.world())
  const one = to({})
  const otherwise: Readonly<Record<string, RouteIntent>> = {
    path: to({ spec: { path: '/outer/other' } }),
    port: to({ spec: { port: 8081 } }),
    implementation: to({ spec: { implementation: OTHER_SERVICE } }),
    namespace: to({ namespace: 'elsewhere' }),
    denied: { ...one, denied: DENIED },
    ...Object.fromEntries(policiesOfRoutes(bench).map((policy) => [policy, to({ spec: bench.fieldsOf([policy]) })])),
  }
  const pairs = Object.entries(otherwise).map(([word, other]): NestedPair => ({ word, one, other }))
  return [{ word: 'one or none', one: undefined, other: one }, ...pairs, ...hostPairs(bench, one, to)]
}

/** Where an API is also served under a host of its own, and a nested one need not be. */
function hostPairs(bench: GatewayBench, one: RouteIntent, to: (words: ApiWords) => RouteIntent): readonly NestedPair[] {
  const spec = { hostname: 'api.example' }
  const [above, other] = [bench.intentOf({ spec }).route, to({ spec })]
  const meet = ({ hosts }: RouteIntent) => hosts.some((host) => above.hosts.includes(host))
  return meet(one) && meet(other) && !sameJson(one.hosts, other.hosts)
    ? [{ word: 'hosts', above: spec, one, other }]
    : []
}

/** Policies that change the route itself. The others are enforced wherever a request to the path comes from. */
function policiesOfRoutes(bench: GatewayBench): readonly PolicyName[] {
  const carriers = (spec: ApiWords['spec'] = {}) =>
    objectsOf({ rendered: bench.askPlainly({ spec }).rendered.filter((one) => !isPolicyOnly(one)) })
  const plain = carriers()
  return bench.contract.supports.policies.filter((policy) => !sameJson(plain, carriers(bench.fieldsOf([policy]))))
}

function differsNested(bench: GatewayBench, { above = {}, one, other }: NestedPair): void {
  const { route } = bench.intentOf({ spec: above })
  const [first, second] = [one, other].map((nested) =>
    objectsOf(bench.askFor({ route, nested: nested ? [nested] : [] })),
  )
  ensure(!sameJson(first, second), 'what is rendered is the same')
}

/** For each policy: the objects of the outer API that it changes. */
function declaresNested(bench: GatewayBench): void {
  const { route } = bench.intentOf({})
  const to = (spec: ApiWords['spec'] = {}) => intent(bench.make(), anApi(nestedWords({ spec })), bench.world())
  const before = objectsOf(bench.askFor({ route, nested: [to()] }))
  for (const policy of bench.contract.supports.policies) {
    const nested = to(bench.fieldsOf([policy]))
    const changed = bench
      .askFor({ route, nested: [nested] })
      .rendered.filter(({ object }) => !before.some((old) => sameJson(old, object)))
    const silent = changed.filter(
      ({ enforces = [] }) => !enforces.some((one) => one.policy === policy && one.api === nameOf(nested.api)),
    )
    ensureNone(
      silent.map(({ object }) => identityOf(object)),
      `changed by ${policy} of a nested API, and does not say so`,
    )
  }
}
