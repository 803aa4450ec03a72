/**
 * The contract of a gateway adapter as a test suite. The whole test file of an adapter may be one call of it:
 *
 *     gatewayContract({ name: 'acme', make: () => new AcmeGateway(), supports: { nestedPaths: true, policies: ['cors'] } })
 */

import type { KubeObject, View } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import type { GatewayAdapter } from '../adapters/gateway.ts'
import type { MemoryView } from '../cluster/memory-view.ts'
import { onlyGateway } from '../decide/rules/gateway-entry.ts'
import { rulesOf } from '../decide/rules/rules.ts'
import { CONDITION_TYPES } from '../findings/finding.ts'
import { REASONS } from '../findings/reasons.ts'
import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import { POLICY_NAMES, type PolicyName } from '../policies/policies.ts'
import { type ApiWords, aService, aSlice, rawApi } from './builders.ts'
import {
  deepFreeze,
  expectOwnedBy,
  expectWritable,
  factIf,
  kindAmong,
  oddWorlds,
  store,
  World,
  watched,
} from './contract-world.ts'
import { decide } from './decide-once.ts'
import {
  ALL_POLICIES,
  intent,
  NESTED_SERVICE,
  nestedWords,
  OUTER_SERVICE,
  outer,
  outerWords,
  request,
  routeRequests,
  WARN_FOR_ALL,
} from './gateway-requests.ts'
import { NullMetrics } from './null-gateway.ts'

/** What {@link gatewayContract} needs to know about an adapter. */
export interface GatewayContract {
  readonly name: string
  readonly make: () => GatewayAdapter
  /** Puts into the view what the adapter needs to serve and to know its address: a Gateway, the Service in front of it. */
  readonly world?: (view: MemoryView) => void
  readonly supports: {
    /** Does the adapter render nested routes into the outer one? False if the product takes the longest path by itself. */
    readonly nestedPaths: boolean
    /** Policies that the adapter enforces, exactly or approximately, in `world`. */
    readonly policies: readonly PolicyName[]
  }
  /** Spec fields merged over those that ask for every policy, if the adapter needs other words: `{ template: 'gold' }`. */
  readonly policySpec?: Readonly<Record<string, unknown>>
}

/** Registers the facts that every gateway adapter has to keep. */
export function gatewayContract({ name, make, world = () => {}, supports, policySpec = {} }: GatewayContract): void {
  const allPolicies = { ...ALL_POLICIES, ...policySpec }
  const fullWorld = () =>
    World.of((view) => {
      for (const service of [OUTER_SERVICE, NESTED_SERVICE]) {
        view.add(SERVICE, aService({ name: service })).add(ENDPOINT_SLICE, aSlice({ service }))
      }
      world(view)
    })
  const requests = (view: View) => routeRequests(make(), allPolicies, view)
  const CASES = Object.keys(requests(fullWorld()))
  const renderIn = (view: View, which: string) => {
    const asked = request(requests(view), which)
    return {
      objects: make()
        .render(asked, view)
        .map(({ object }) => object),
      ...make().observe(asked, view),
    }
  }
  const decided = (view: View, words: ApiWords) => {
    const gateway = make()
    const rules = rulesOf({ gateways: [onlyGateway(gateway)], metrics: new NullMetrics(), settings: WARN_FOR_ALL })
    return decide(outer(words), view, rules, { now: 0, grace: {}, failures: [] })
  }

  describe(`gateway adapter ${name} keeps the contract`, () => {
    const ownedKinds = make()
      .kinds.filter(({ use }) => use === 'own')
      .map(({ kind }) => kind)
    const kinds = make().kinds.map(({ kind }) => kind)

    it('has a name, and an index for no kind that it does not declare', () => {
      expect(make().name).toMatch(/^[a-z][-a-z0-9]*$/)
      for (const { kind, name: index } of make().indexes) {
        expect([EXPOSED_API, SERVICE, ENDPOINT_SLICE, ...kinds], `kind of index ${index}`).toContain(kind)
      }
    })

    it('routes, publishes and addresses an API when the world has what it needs', () => {
      const { objects, published, address, findings } = renderIn(fullWorld(), 'an ordinary API')
      expect(findings.filter(({ status }) => status !== 'True')).toEqual([])
      expect(JSON.stringify(objects)).toContain(OUTER_SERVICE)
      expect(objects.map(named)).toContain(published && named(published))
      expect(address?.host).toMatch(/./)
    })

    it('serves every API under at least one host, whatever its spec', () => {
      for (const spec of [{}, { hostname: 'api.example' }, { path: '/' }, { apiType: 'mcp' }]) {
        expect(make().hosts(outer({ spec })).length).toBeGreaterThan(0)
      }
    })

    it('gives one path to the older of two APIs if they share gateway and host, else to both', () => {
      const metadata = { creationTimestamp: '2099-01-01T00:00:00Z' }
      const spec = { implementation: NESTED_SERVICE }
      for (const namespace of [outer().metadata.namespace, 'elsewhere']) {
        const younger = { name: 'younger', namespace, metadata, spec }
        const view = fullWorld().add(EXPOSED_API, rawApi(outerWords({})), rawApi(outerWords(younger)))
        const [api, other, gateway] = [outer(), outer(younger), make()]
        const hosts = gateway.hosts(api).filter((host) => make().hosts(other).includes(host))
        const meet = gateway.gatewayOf?.(api) === make().gatewayOf?.(other) && hosts.length > 0
        expect(decided(view, younger).objects.length === 0, `in namespace ${namespace}`).toBe(meet)
      }
    })

    describe.each(CASES)('%s', (which) => {
      it('gives the same result twice, from two instances', () => {
        const view = fullWorld()
        expect(renderIn(view, which)).toEqual(renderIn(view, which))
      })

      it('does not depend on the order in which objects came into the cluster', () => {
        expect(renderIn(fullWorld().rebuilt({ reversed: true }), which)).toEqual(renderIn(fullWorld(), which))
      })

      it('renders objects in the namespace, with the labels and under the control of its API', () => {
        const view = fullWorld()
        const { route } = request(requests(view), which)
        expectOwnedBy(route.api, renderIn(view, which).objects)
      })

      it('renders plain JSON of declared kinds, in the version that the cluster serves', () => {
        for (const lastVersions of [false, true]) {
          const view = fullWorld().rebuilt({ lastVersions })
          expectWritable(view, make().kinds, renderIn(view, which).objects)
        }
      })

      it('publishes an object that it renders, and renders none twice', () => {
        const { objects, published } = renderIn(fullWorld(), which)
        const names = objects.map(named)
        if (published && objects.length > 0) expect(names).toContain(named(published))
        expect(new Set(names).size).toBe(names.length)
      })

      it('reads the cluster through declared kinds and indexes only', () => {
        const view = watched(fullWorld(), make().kinds, make().indexes)
        renderIn(view, which)
      })

      it('changes nothing of what it is given', () => {
        const view = fullWorld().frozen()
        const frozen = deepFreeze(request(requests(view), which))
        expect(() => [make().render(frozen, view), make().observe(frozen, view)]).not.toThrow()
      })

      it('finds facts on RouteProgrammed and AddressAssigned only, with reasons of core', () => {
        for (const view of [fullWorld(), new World(), fullWorld().rebuilt({ unserved: kinds })]) {
          for (const { condition, reason, message } of renderIn(view, which).findings) {
            expect(['RouteProgrammed', 'AddressAssigned']).toContain(condition)
            expect(CONDITION_TYPES).toContain(condition)
            expect(Object.keys(REASONS)).toContain(reason)
            expect(message).toMatch(/\S/)
          }
        }
      })

      it('renders something or says why not, and never throws, in an empty cluster', () => {
        const { objects, findings } = renderIn(new World(), which)
        expect(objects.length + findings.length).toBeGreaterThan(0)
      })

      it('never throws while objects or the definition of one of its kinds are missing', () => {
        for (const kind of kinds) {
          expect(() => renderIn(fullWorld().rebuilt({ without: [kind] }), which), `no ${kind.kind}`).not.toThrow()
          const unserved = fullWorld().rebuilt({ without: [kind], unserved: [kind] })
          expect(() => renderIn(unserved, which), `${kind.kind} not served`).not.toThrow()
        }
      })

      it('never throws over objects with odd bodies', () => {
        for (const [what, view] of oddWorlds(fullWorld(), kinds)) {
          expect(() => renderIn(view, which), what).not.toThrow()
          for (const index of make().indexes) {
            for (const object of view.all(index.kind)) expect(() => index.values(object), what).not.toThrow()
          }
        }
      })

      it('renders no object of a kind that the cluster does not serve', () => {
        for (const kind of ownedKinds) {
          const view = fullWorld().rebuilt({ without: [kind], unserved: [kind] })
          const rendered = renderIn(view, which).objects.filter(
            (object) => kindAmong(make().kinds, object, 'own') === kind,
          )
          expect(rendered).toEqual([])
        }
      })
    })

    it('renders nothing and finds CrdMissing while the kind of its route is not served', () => {
      const { published } = renderIn(fullWorld(), 'an ordinary API')
      const kind = published && kindAmong(make().kinds, published, 'own')
      if (!kind) throw new Error('the adapter publishes no object of a declared kind')
      const { objects, findings } = renderIn(fullWorld().rebuilt({ unserved: [kind] }), 'an ordinary API')
      expect(objects).toEqual([])
      expect(findings.map(({ condition, status, reason }) => ({ condition, status, reason }))).toContainEqual({
        condition: 'RouteProgrammed',
        status: 'False',
        reason: 'CrdMissing',
      })
    })

    it('gives exactly one verdict on every requested policy, whatever the cluster serves', () => {
      for (const view of [fullWorld(), new World(), fullWorld().rebuilt({ unserved: kinds })]) {
        const verdicts = make().verdicts(outer({ spec: allPolicies }), outer({ spec: allPolicies }).policies, view)
        expect(verdicts.map(({ policy }) => policy).toSorted()).toEqual([...POLICY_NAMES].toSorted())
        for (const { reason, message } of verdicts) {
          expect(Object.keys(REASONS)).toContain(reason)
          expect(message).toMatch(/\S/)
        }
      }
      expect(make().verdicts(outer(), {}, fullWorld())).toEqual([])
    })

    for (const policy of POLICY_NAMES) {
      const asked = outer({ spec: allPolicies }).policies[policy]
      const verdict = () => make().verdicts(outer({ spec: allPolicies }), { [policy]: asked }, fullWorld())[0]?.state
      const reason = `${name} does not claim to support ${policy}`
      factIf(supports.policies.includes(policy), `enforces ${policy}, at least approximately`, reason, () => {
        expect(verdict()).toMatch(/^(Enforced|Approximate)$/)
      })
      if (supports.policies.includes(policy)) continue
      it(`does not claim to enforce ${policy}, which it does not support`, () => {
        expect(verdict()).toMatch(/^(Unsupported|Invalid)$/)
      })
    }

    it('never lets a denied route reach, or even name, the implementation', () => {
      const { objects } = renderIn(fullWorld(), 'a denied API')
      expect(objects.length, 'a denied path needs a route of its own, or a shorter one catches it').toBeGreaterThan(0)
      expect(JSON.stringify(objects.map(({ metadata: _, ...body }) => body))).not.toContain(OUTER_SERVICE)
      const nested = renderIn(fullWorld(), 'an API with a denied nested one').objects
      expect(JSON.stringify(nested.map(({ metadata: _, ...body }) => body))).not.toContain(NESTED_SERVICE)
    })

    const ownOrder = `${name} leaves nested paths to the product, which takes the longest by itself`
    factIf(supports.nestedPaths, 'gives nested paths precedence over the path above them', ownOrder, () => {
      const text = JSON.stringify(renderIn(fullWorld(), 'an API with a nested one').objects)
      const [nestedAt, ownAt] = [text.search(/\/outer\/nested\b/), text.search(/\/outer(?!\/nested)/)]
      expect(nestedAt, 'the nested path is rendered').toBeGreaterThanOrEqual(0)
      expect(nestedAt, 'before its own').toBeLessThan(ownAt)
    })

    it('shares no object between two APIs', () => {
      const view = fullWorld()
      const names = [{}, { name: 'other' }, { name: 'outer', namespace: 'elsewhere' }].flatMap((words) => {
        const route = intent(make(), outer({ spec: allPolicies, ...words }), view)
        return make()
          .render({ route, nested: [] }, view)
          .map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`)
      })
      expect(new Set(names).size).toBe(names.length)
    })

    it.each([{}, { spec: allPolicies }])(
      'settles: once its objects are stored, nothing is left to do (%j)',
      (words) => {
        const view = fullWorld().add(EXPOSED_API, rawApi(outerWords(words)), rawApi(nestedWords({})))
        const first = decided(view, words)
        store(view, make().kinds, first.objects)
        const second = decided(view, words)
        expect(first.objects.length).toBeGreaterThan(0)
        expect(second.objects).toEqual(first.objects)
        expect(second.obsolete).toEqual([])
        expect(second.status?.apiStatus?.uid).toMatch(/./)
      },
    )

    it('leaves no object of a policy behind that is asked for no longer', () => {
      const view = fullWorld().add(EXPOSED_API, rawApi(outerWords({})))
      const withPolicies = decided(view, { spec: allPolicies })
      store(view, make().kinds, withPolicies.objects)
      const without = decided(view, {})
      const nameOf = ({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind} ${metadata.name}`
      const after = new Set([...without.objects, ...without.obsolete].map(nameOf))
      expect(withPolicies.objects.map(nameOf).filter((object) => !after.has(object))).toEqual([])
    })
  })
}

function named({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}
