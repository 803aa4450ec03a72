/** More faults of the same kinds, planted one by one. */
import {
  type Address,
  byLengthThenPath,
  type ExposedApi,
  type Finding,
  nameOf,
  type Observation,
  type PolicyRequests,
  type Rendered,
  type RouteIntent,
  type RouteRequest,
  type View,
} from '../../src/index.ts'
import { type Rule, TwoObjectGateway } from './gateway.ts'
import { PLUGIN, ROUTE, type TwoObject } from './kinds.ts'
import { kindsWith, type Mutant, mutant } from './mutant.ts'
import { configOf, type Pluggable, verdictOn } from './plugins.ts'

/** About policies and the objects that enforce them. */
const OF_POLICIES: readonly Mutant[] = [
  mutant(
    'the route names the first of its plugins only',
    'ties an object that enforces a policy to the route, or the route to it',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        const { plugins, ...rest } = super.rule(intent, path)
        return { ...rest, ...(plugins && { plugins: plugins.slice(0, 1) }) }
      }
    },
  ),
  mutant(
    'plugins are named on the path, and not on that of the developer UI',
    'answers a request without a key itself, on every path',
    class extends TwoObjectGateway {
      override rule(intent: RouteIntent, path: string): Rule {
        const { plugins, ...rest } = super.rule(intent, path)
        return path === intent.api.spec.developerUI ? rest : { ...rest, ...(plugins && { plugins }) }
      }
    },
  ),
  mutant(
    'the route does not say that it enforces what it names plugins for',
    'says of each object that a policy changes that it enforces the policy',
    class extends TwoObjectGateway {
      override render(request: RouteRequest, view: View): readonly Rendered[] {
        return super.render(request, view).map(({ enforces = [], ...one }) => (one.routes ? one : { ...one, enforces }))
      }
    },
  ),
  mutant(
    'policies are claimed where there are no plugins',
    'renders each policy that it claims, and says which object enforces it',
    class extends TwoObjectGateway {
      override verdicts(_api: ExposedApi, policies: PolicyRequests) {
        const names = Object.keys(policies) as (keyof PolicyRequests)[]
        return names.map((policy) => ({ policy, ...verdictOn(policy, policies) }))
      }

      override render(request: RouteRequest, view: View): readonly Rendered[] {
        const rendered = super.render(request, view)
        return view.serves(PLUGIN) === undefined ? rendered.map(({ object }) => ({ object })) : rendered
      }
    },
  ),
  mutant(
    'the plugins of a denied route are not rendered',
    'renders what enforces policies for a denied route as well, about which the product may say yes yet',
    class extends TwoObjectGateway {
      override plugins(route: RouteIntent, view: View): readonly Rendered[] {
        return route.denied === undefined ? super.plugins(route, view) : []
      }
    },
  ),
  mutant(
    'credentials are ignored',
    'each word of cors makes a difference in what is rendered, or in the verdict',
    class extends TwoObjectGateway {
      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        const config = { ...configOf(policy, policies), credentials: true }
        return policy === 'cors' ? { type: policy, config } : super.plugin(policy, policies)
      }
    },
  ),
]

/** About nested routes. */
const OF_NESTING: readonly Mutant[] = [
  mutant(
    'nested paths are rendered behind the path above them',
    'gives nested paths precedence over the path above them',
    class extends TwoObjectGateway {
      override rules(request: RouteRequest): readonly Rule[] {
        return [...super.rules(request)].sort((a, b) => byLengthThenPath(b.path, a.path))
      }
    },
  ),
  mutant(
    'a nested API of another namespace is looked for in that of the outer one',
    'each word of a nested route makes a difference in what is rendered',
    class extends TwoObjectGateway {
      override rules(request: RouteRequest): readonly Rule[] {
        const { namespace } = request.route.api.metadata
        return super.rules(request).map(({ backend, plugins: _, ...rule }) => {
          return { ...rule, ...(backend && { backend: { ...backend, namespace } }) }
        })
      }
    },
  ),
  mutant(
    'a copy of a denied nested route is open',
    'renders a denied nested route that does not even name its implementation',
    class extends TwoObjectGateway {
      override rules({ route, nested }: RouteRequest): readonly Rule[] {
        return super.rules({ route, nested: nested.map(({ denied: _, ...intent }) => intent) })
      }
    },
  ),
]

/** About what the product says. */
const OF_ANSWERS: readonly Mutant[] = [
  mutant(
    'a yes to an earlier generation counts as a yes',
    'takes a yes to an old generation for no answer',
    class extends TwoObjectGateway {
      override readonly kinds = kindsWith(ROUTE, {
        project: (object) => {
          const { status } = object as TwoObject & { readonly status?: { readonly accepted?: unknown } }
          const route = ROUTE.project(object)
          return { ...route, state: status?.accepted === true ? 'yes' : route.state }
        },
      })
    },
  ),
  mutant(
    'silence counts as a yes',
    'claims nothing while the product has said nothing',
    class extends TwoObjectGateway {
      override readonly kinds = kindsWith(PLUGIN, {
        project: (object) => {
          const plugin = PLUGIN.project(object)
          return { ...plugin, state: plugin.state === 'waiting' ? 'yes' : plugin.state }
        },
      })
    },
  ),
  mutant(
    'a plugin that the product refuses is said to be waited for',
    'takes a no of the product to an object for one to the policies that it enforces',
    class extends TwoObjectGateway {
      override observe(request: RouteRequest, view: View): Observation {
        const { policies = [], ...rest } = super.observe(request, view)
        return { ...rest, policies: policies.filter(({ state }) => state === 'Enforced') }
      }
    },
  ),
  mutant(
    'a finding has a reason that nobody knows',
    'finds facts on RouteProgrammed and AddressAssigned only, with reasons of core or of its own, and in words',
    class extends TwoObjectGateway {
      override findings(stored: TwoObject | undefined): readonly Finding[] {
        const looked = { condition: 'RouteProgrammed', status: 'True', reason: 'TwoObjectLooked', message: 'Looked.' }
        return [...super.findings(stored), looked as Finding]
      }
    },
  ),
]

/** About what an adapter may not do at all. */
const OF_PURITY: readonly Mutant[] = [
  mutant(
    'what was rendered for an API is remembered',
    'remembers nothing: an instance that has answered before answers as a new one',
    class extends TwoObjectGateway {
      readonly #rules = new Map<string, readonly Rule[]>()

      override rules(request: RouteRequest): readonly Rule[] {
        const name = nameOf(request.route.api)
        const rules = this.#rules.get(name) ?? super.rules(request)
        this.#rules.set(name, rules)
        return rules
      }
    },
  ),
  mutant(
    'the paths of the request are sorted in place',
    'changes nothing of what it is given',
    class extends TwoObjectGateway {
      override rules(request: RouteRequest): readonly Rule[] {
        ;(request.route.paths as string[]).sort(byLengthThenPath)
        return super.rules(request)
      }
    },
  ),
]

/** About objects, names and hosts. */
const OF_OBJECTS: readonly Mutant[] = [
  mutant(
    'kinds are declared in the reverse order',
    'declares the kinds that it owns in the order in which it renders them',
    class extends TwoObjectGateway {
      override readonly kinds = new TwoObjectGateway().kinds.toReversed()
    },
  ),
  mutant(
    'long names are cut off, so that two become one',
    'shares no object between two APIs',
    class extends TwoObjectGateway {
      override pluginName({ meta }: RouteIntent, policy: Pluggable): string {
        return `${policy.toLowerCase()}.${meta.name}`.slice(0, 253).replace(/[-.]+$/, '')
      }
    },
  ),
  mutant(
    'objects are named as the API, whatever the gateway',
    'shares no object between two gateways of one operator',
    class extends TwoObjectGateway {
      override pluginName({ api }: RouteIntent, policy: Pluggable): string {
        return super.pluginName({ api, meta: api.metadata } as unknown as RouteIntent, policy)
      }
    },
  ),
  mutant(
    'a label has the name of the API as its value',
    'gives names and labels that the API server takes, also for the longest name of an API',
    class extends TwoObjectGateway {
      override plugins(route: RouteIntent, view: View): readonly Rendered[] {
        return super.plugins(route, view).map(({ object, ...rest }) => {
          const labels = { ...object.metadata.labels, 'two.example/api': route.api.metadata.name }
          return { ...rest, object: { ...object, metadata: { ...object.metadata, labels } } }
        })
      }
    },
  ),
  mutant(
    'a version is rendered that the cluster need not serve',
    'renders plain JSON of kinds that it declares to own, in the version that the cluster serves',
    class extends TwoObjectGateway {
      override plugins(route: RouteIntent, view: View): readonly Rendered[] {
        const fixed = { apiVersion: 'two.example/v2' }
        return super.plugins(route, view).map(({ object, ...rest }) => ({ ...rest, object: { ...object, ...fixed } }))
      }
    },
  ),
  mutant(
    'an address has a host under which the route is not served',
    'publishes an address under whose host the route is served',
    class extends TwoObjectGateway {
      override address(route: RouteIntent, view: View): Address | undefined {
        const address = super.address(route, view)
        return address && { ...address, host: address.ip ?? address.host }
      }
    },
  ),
]

/** All of them. */
export const OWN_FAULTS: readonly Mutant[] = [...OF_POLICIES, ...OF_NESTING, ...OF_ANSWERS, ...OF_PURITY, ...OF_OBJECTS]
