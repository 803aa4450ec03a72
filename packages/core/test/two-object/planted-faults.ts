/** The faults that a vendor's adapter once had without anybody noticing, planted one by one, and the fact that is to notice. */
import type { Address, PolicyName, PolicyRequests, Rendered, RouteIntent, RouteRequest, View } from '../../src/index.ts'
import { type Rule, TwoObjectGateway } from './gateway.ts'
import { type Mutant, mutant } from './mutant.ts'
import { configOf, type Pluggable } from './plugins.ts'
import { UNSEEN_FAULTS } from './unseen-faults.ts'

/** About objects and what enforces policies. */
const OF_POLICIES: readonly Mutant[] = [
  mutant(
    'the route is written before its plugins',
    'renders protection before the object that it publishes',
    class extends TwoObjectGateway {
      override render(request: RouteRequest, view: View): readonly Rendered[] {
        return super.render(request, view).toReversed()
      }
    },
  ),
  mutant(
    'a policy is claimed and nothing rendered for it',
    'renders each policy that it claims, and says which object enforces it',
    class extends TwoObjectGateway {
      override verdict(policy: PolicyName, policies: PolicyRequests) {
        return super.verdict(policy === 'oasValidation' ? 'cors' : policy, policies)
      }
    },
    ['oasValidation'],
  ),
  mutant(
    'a policy is claimed, the route says that it enforces it, and nothing is rendered for it',
    'says of each object that a policy changes that it enforces the policy',
    class extends TwoObjectGateway {
      override plugins(route: RouteIntent, view: View): readonly Rendered[] {
        return super.plugins({ ...route, policies: withoutRateLimit(route.policies) }, view)
      }

      override rule(intent: RouteIntent, path: string): Rule {
        return super.rule({ ...intent, policies: withoutRateLimit(intent.policies) }, path)
      }
    },
  ),
  mutant(
    'a plugin is rendered, and the route does not name it',
    'ties an object that enforces a policy to the route, or the route to it',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        return { ...super.rule(intent, path), plugins: [] }
      }
    },
  ),
]

function withoutRateLimit({ rateLimit: _, ...policies }: PolicyRequests): PolicyRequests {
  return policies
}

/** About words that are not read. */
const OF_WORDS: readonly Mutant[] = [
  mutant(
    'the name of the key is ignored',
    'each word of apiKeyVerification makes a difference in what is rendered, or in the verdict',
    class extends TwoObjectGateway {
      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        const { in: place } = policies.apiKeyVerification?.location ?? {}
        return policy === 'apiKeyVerification'
          ? { type: policy, config: { key: place } }
          : super.plugin(policy, policies)
      }
    },
  ),
  mutant(
    'the interval of the rate is ignored',
    'each word of rateLimit makes a difference in what is rendered, or in the verdict',
    class extends TwoObjectGateway {
      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        const config = { ...configOf(policy, policies), per: 'second' }
        return policy === 'rateLimit' ? { type: policy, config } : super.plugin(policy, policies)
      }
    },
  ),
  mutant(
    'the port is ignored',
    'spec.port makes a difference in what is rendered',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        const { backend, ...rest } = super.rule(intent, path)
        return { ...rest, ...(backend && { backend: { ...backend, port: 8080 } }) }
      }
    },
  ),
  mutant(
    'the origins are written as one string',
    'lets pages of the named origins read answers, and no others',
    class extends TwoObjectGateway {
      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        const config = { ...configOf(policy, policies), origins: [policies.cors?.allowOrigins.join(', ')] }
        return policy === 'cors' ? { type: policy, config } : super.plugin(policy, policies)
      }
    },
  ),
  mutant(
    'keys in cookies are claimed, and looked for in headers',
    'each word of apiKeyVerification makes a difference in what is rendered, or in the verdict',
    class extends TwoObjectGateway {
      override verdict(policy: PolicyName, policies: PolicyRequests) {
        return super.verdict(policy === 'apiKeyVerification' ? 'cors' : policy, policies)
      }

      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        return JSON.parse(JSON.stringify(super.plugin(policy, policies)).replace('cookie:', 'header:'))
      }
    },
  ),
]

/** About paths, hosts and destinations. */
const OF_ROUTES: readonly Mutant[] = [
  mutant(
    'the path is stripped',
    'serves each request from the longest path, whole segments and nothing stripped',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        return { ...super.rule(intent, path), strip: true }
      }
    },
  ),
  mutant(
    'only the first path is rendered',
    'renders every path, also of a denied route',
    class extends TwoObjectGateway {
      override rules({ route, nested }: RouteRequest): readonly Rule[] {
        return super.rules({ nested, route: { ...route, paths: route.paths.slice(0, 1) } })
      }
    },
  ),
  mutant(
    'a denied route has no paths',
    'renders every path, also of a denied route',
    class extends TwoObjectGateway {
      override rules(request: RouteRequest): readonly Rule[] {
        return request.route.denied === undefined ? super.rules(request) : []
      }
    },
  ),
  mutant(
    'a denied route still reaches the implementation',
    'renders a denied route that does not even name the implementation',
    class extends TwoObjectGateway {
      override rule({ denied: _, ...intent }: RouteIntent, path: string): Rule {
        return super.rule(intent, path)
      }
    },
  ),
  mutant(
    'a path matches itself alone',
    'serves each request from the longest path, whole segments and nothing stripped',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        return { ...super.rule(intent, path), match: 'exact' }
      }
    },
  ),
  mutant(
    'the hosts are not rendered',
    'renders every host under which an API is served',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        return { ...super.rule(intent, path), hosts: [] }
      }
    },
  ),
  mutant(
    'a URL is published as the host',
    'publishes an address under whose host the route is served',
    class extends TwoObjectGateway {
      override address(route: RouteIntent, view: View): Address | undefined {
        const address = super.address(route, view)
        return address && { ...address, host: `https://${address.host}` }
      }
    },
  ),
]

/** All of them. */
export const PLANTED_FAULTS: readonly Mutant[] = [...OF_POLICIES, ...OF_WORDS, ...OF_ROUTES, ...UNSEEN_FAULTS]
