/** The planted faults that cannot be seen in one rendered object: of what is read and said, and of what becomes of objects. */
import {
  type Address,
  type Kind,
  type KubeObject,
  type Observation,
  type PolicyRequests,
  type RouteIntent,
  type RouteRequest,
  SERVICE,
  type View,
} from '../../src/index.ts'
import { TwoObjectGateway } from './gateway.ts'
import { PLUGIN, ROUTE, type TwoObject } from './kinds.ts'
import { kindsWith, type Mutant, mutant } from './mutant.ts'
import type { Pluggable } from './plugins.ts'

const UNDECLARED: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ConfigMap',
  plural: 'configmaps',
  project: (object) => object,
}

/** About what is read, and what is said of it. */
const OF_OBSERVATION: readonly Mutant[] = [
  mutant(
    'what is observed is what is rendered, not what is stored',
    'is ready, with each supported policy in force, once all is written',
    class extends TwoObjectGateway {
      override observe(request: RouteRequest, view: View): Observation {
        const route = this.render(request, view).at(-1)?.object
        const instead: View = {
          get: (kind, namespace, name) =>
            kind.plural === ROUTE.plural && route ? (ROUTE.project(route) as never) : view.get(kind, namespace, name),
          exists: (kind, namespace, name) => view.exists(kind, namespace, name),
          by: (index, value) => view.by(index, value),
          serves: (kind) => view.serves(kind),
          readable: (kind, namespace) => view.readable(kind, namespace),
        }
        return super.observe(request, instead)
      }
    },
  ),
  mutant(
    'a route that the product refuses counts as programmed',
    'takes a no of the product to a route for a no',
    class extends TwoObjectGateway {
      override findings() {
        return []
      }
    },
  ),
  mutant(
    'a message holds the time',
    'gives the same answer at another time and with other luck',
    class extends TwoObjectGateway {
      override findings(stored: TwoObject | undefined) {
        const message = `Looked at ${new Date().toISOString()}.`
        const looked = { condition: 'RouteProgrammed', status: 'True', reason: 'ReportedByGateway', message } as const
        return [...super.findings(stored), looked]
      }
    },
  ),
  mutant(
    'an undeclared kind is read',
    'reads the cluster through declared kinds and indexes only',
    class extends TwoObjectGateway {
      override address(route: RouteIntent, view: View): Address | undefined {
        view.get(UNDECLARED, 'two-system', 'settings')
        return super.address(route, view)
      }
    },
  ),
  mutant(
    "the gateway's Service is read without scope cluster",
    'declares scope "cluster" for what it reads outside the namespaces of APIs',
    class extends TwoObjectGateway {
      override readonly kinds = new TwoObjectGateway().kinds.map((use) =>
        (use.kind as unknown) === SERVICE ? { kind: use.kind, use: use.use } : use,
      )
    },
  ),
]

/** About objects that are written and read back. */
const OF_OBJECTS: readonly Mutant[] = [
  mutant(
    'something random is rendered',
    'gives the same answer twice, from two instances',
    class extends TwoObjectGateway {
      override plugin(policy: Pluggable, policies: PolicyRequests): object {
        return { ...super.plugin(policy, policies), id: Math.random() }
      }
    },
  ),
  mutant(
    'two APIs share an object',
    'shares no object between two APIs',
    class extends TwoObjectGateway {
      override pluginName(_route: RouteIntent, policy: Pluggable): string {
        return `plugin.${policy.toLowerCase()}`
      }
    },
  ),
  mutant(
    'a name is too long',
    'gives names and labels that the API server takes, also for the longest name of an API',
    class extends TwoObjectGateway {
      override pluginName({ meta }: RouteIntent, policy: Pluggable): string {
        return `${meta.name}.plugin.${policy.toLowerCase()}`
      }
    },
  ),
  mutant(
    '`project` drops the spec',
    'keeps every field that it renders when it reads the object back: `project` drops none',
    class extends TwoObjectGateway {
      override readonly kinds = kindsWith(ROUTE, {
        project: (object) => ({ ...ROUTE.project(object), spec: undefined }),
      })
    },
  ),
  mutant(
    '`project` throws',
    'never throws over objects with odd bodies',
    class extends TwoObjectGateway {
      override readonly kinds = kindsWith(PLUGIN, {
        project: (object) => {
          const { type } = (object as KubeObject & { spec: { type: string } }).spec
          return { ...PLUGIN.project(object), words: type.trim() }
        },
      })
    },
  ),
]

/** All of them. */
export const UNSEEN_FAULTS: readonly Mutant[] = [...OF_OBSERVATION, ...OF_OBJECTS]
