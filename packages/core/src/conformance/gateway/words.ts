/** Every word of a request makes a difference: in what is rendered, in where the API is published, or in the verdict. */
import { sameJson } from '@exposedapi/objects'
import { POLICIES, POLICY_NAMES, type PolicyName } from '../../policies/policies.ts'
import { ensure, shown } from '../assert.ts'
import { objectsOf } from '../common/probe.ts'
import { fact, factIf, type Subject } from '../facts.ts'
import type { GatewayBench } from './bench.ts'
import { OTHER_SERVICE, OUTER_SERVICE } from './requests.ts'

type Spec = Readonly<Record<string, unknown>>

/** Two specs that differ in one word. */
interface Pair {
  readonly word: string
  readonly one: Spec
  readonly other: Spec
}

const ROUTE_WORDS: readonly Pair[] = [
  { word: 'port', one: { port: 8080 }, other: { port: 8081 } },
  { word: 'implementation', one: { implementation: OUTER_SERVICE }, other: { implementation: OTHER_SERVICE } },
  { word: 'path', one: { path: '/outer' }, other: { path: '/other' } },
  { word: 'developerUI, one or none', one: {}, other: { developerUI: '/ui' } },
  { word: 'developerUI', one: { developerUI: '/ui' }, other: { developerUI: '/docs' } },
]

/** They may change the address alone, or what is said about it. */
const PUBLISHED_WORDS: readonly Pair[] = [
  { word: 'hostname, one or none', one: {}, other: { hostname: 'api.example' } },
  { word: 'hostname', one: { hostname: 'api.example' }, other: { hostname: 'www.example' } },
]

/** What is asked for of a policy, if not its example, and what else may be: no two of them come to the same. */
const POLICY_WORDS: { readonly [Name in PolicyName]?: { readonly asked: Spec; readonly otherwise: readonly Spec[] } } =
  {
    cors: {
      asked: { enabled: true, allowOrigins: 'https://a.example', handlePreflightRequests: preflight({}) },
      otherwise: [
        { allowOrigins: 'https://c.example' },
        { allowOrigins: 'https://a.example, https://c.example' },
        { allowOrigins: 'https://*.a.example' },
        { allowCredentials: true },
        { handlePreflightRequests: { enabled: false } },
        { handlePreflightRequests: preflight({ allowHeaders: 'X-Other' }) },
        { handlePreflightRequests: preflight({ allowMethods: 'GET, PUT' }) },
        { handlePreflightRequests: preflight({ maxAge: 1200 }) },
      ],
    },
    rateLimit: {
      asked: { enabled: true, limit: '6', interval: 'pm', identifier: 'IP' },
      otherwise: [{ limit: '7' }, { interval: 'ps' }, ...identifiers()],
    },
    quota: { asked: { limit: '100', identifier: 'IP' }, otherwise: [{ limit: '101' }, ...identifiers()] },
    apiKeyVerification: {
      asked: { enabled: true, location: 'header:x-key' },
      otherwise: ['header', 'header:x-other', 'query:x-key', 'query:x-other', 'cookie:x-key', 'cookie:x-other'].map(
        (location) => ({ location }),
      ),
    },
    oasValidation: {
      asked: { requestEnabled: true },
      otherwise: [
        { responseEnabled: true },
        { requestEnabled: false, responseEnabled: true },
        { allowUnspecifiedHeaders: true },
        { allowUnspecifiedQueryParams: true },
        { allowUnspecifiedCookies: true },
      ],
    },
  }

/** Facts about words. */
export function words(bench: GatewayBench): Subject {
  const { name, supports } = bench.contract
  return {
    title: 'words',
    facts: [
      ...ROUTE_WORDS.map((pair) =>
        fact(`spec.${pair.word} makes a difference in what is rendered`, () =>
          differ(
            pair,
            objectsOf(bench.askPlainly({ spec: pair.one })),
            objectsOf(bench.askPlainly({ spec: pair.other })),
          ),
        ),
      ),
      ...PUBLISHED_WORDS.map((pair) =>
        fact(`spec.${pair.word} makes a difference in what is rendered or published`, () =>
          differ(pair, published(bench, pair.one), published(bench, pair.other)),
        ),
      ),
      ...POLICY_NAMES.map((policy) =>
        factIf(
          supports.policies.includes(policy),
          `each word of ${policy} makes a difference in what is rendered, or in the verdict`,
          `${name} does not claim to support ${policy}`,
          () => differsInWords(bench, policy),
        ),
      ),
    ],
  }
}

/** Words that the adapter does not claim to honour are told by the verdict. */
function differsInWords(bench: GatewayBench, policy: PolicyName): void {
  const results = specsOf(bench, policy).flatMap((spec) => {
    const answer = bench.askPlainly({ spec })
    const isClaimed = answer.request.route.policies[policy] !== undefined
    return isClaimed ? [{ spec, result: [answer.verdicts, objectsOf(answer)] }] : []
  })
  results.forEach((one, at) => {
    for (const other of results.slice(at + 1)) differ({ one: one.spec, other: other.spec }, one.result, other.result)
  })
}

/** A policy that is a text alone is asked for in the words that the contract gives. */
function specsOf(bench: GatewayBench, policy: PolicyName): readonly Spec[] {
  const { field } = POLICIES[policy]
  const own = bench.policies[field]
  if (typeof own === 'string') return [{ [field]: own }, { [field]: `${own}-other` }]
  const { asked, otherwise } = POLICY_WORDS[policy] ?? { asked: own as Spec, otherwise: [] }
  return [{}, ...otherwise].map((changed) => ({ [field]: { ...asked, ...changed } }))
}

function published(bench: GatewayBench, spec: Spec): unknown {
  const { rendered, observation, findings } = bench.askPlainly({ spec })
  return [objectsOf({ rendered }), observation.address, findings]
}

function differ({ one, other }: Pick<Pair, 'one' | 'other'>, first: unknown, second: unknown): void {
  ensure(!sameJson(first, second), () => `${shown(one)} and ${shown(other)} come to the same`)
}

function identifiers(): readonly Spec[] {
  return ['', 'header:x-client', 'header:x-other'].map((identifier) => ({ identifier }))
}

function preflight(words: Spec): Spec {
  return { allowHeaders: 'X-One', allowMethods: 'GET', maxAge: 600, ...words }
}
