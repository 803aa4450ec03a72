/** A gateway adapter on the bench: what it makes of requests and words, in worlds that may differ. */
import type { Index, KubeObject } from '@exposedapi/objects'
import type { GatewayAdapter, Observation, RouteRequest } from '../../adapters/gateway.ts'
import { judge } from '../../decide/plan/judgement.ts'
import { onlyGateway } from '../../decide/rules/gateway-entry.ts'
import { type Rules, rulesOf } from '../../decide/rules/rules.ts'
import type { Settings } from '../../decide/rules/settings.ts'
import { ENDPOINT_SLICE, SERVICE } from '../../model/kinds.ts'
import { POLICIES, POLICY_EXAMPLES, type PolicyName } from '../../policies/policies.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { type ApiWords, aService, aSlice } from '../../testing/builders.ts'
import { NullMetrics } from '../../testing/null-gateway.ts'
import { type Answer, type Asking, identityOf, type Probe } from '../common/probe.ts'
import { deepFreeze, type Product, World } from '../world.ts'
import type { GatewayContract } from './contract.ts'
import {
  intent,
  NESTED_SERVICE,
  OTHER_SERVICE,
  OUTER_SERVICE,
  outer,
  request,
  routeRequests,
  WARN_FOR_ALL,
} from './requests.ts'

/** What a gateway adapter makes of one request. */
export interface GatewayAnswer extends Answer {
  readonly request: RouteRequest
  readonly verdicts: readonly PolicyVerdict[]
  readonly observation: Observation
}

/** Asks a gateway adapter. */
export class GatewayBench implements Probe<GatewayAdapter> {
  readonly contract: GatewayContract
  readonly cases: readonly string[]
  readonly main: readonly string[]
  /** Spec fields that ask for every policy. */
  readonly policies: Readonly<Record<string, unknown>>
  /** Spec fields that ask for those that are supported. */
  readonly supported: Readonly<Record<string, unknown>>

  #published: { readonly identity: string | undefined } | undefined

  constructor(contract: GatewayContract) {
    this.contract = contract
    this.policies = { ...POLICY_EXAMPLES, ...contract.policySpec }
    this.supported = this.fieldsOf(contract.supports.policies)
    this.cases = Object.keys(routeRequests(contract.make(), this.policies, new World()))
    this.main = this.cases.filter((which) => which === 'an ordinary API' || which.endsWith('every policy'))
  }

  make(): GatewayAdapter {
    return this.contract.make()
  }

  indexes(): readonly Index[] {
    return this.make().indexes
  }

  /** The object that is published of the outer API. */
  get published(): string | undefined {
    this.#published ??= { identity: identityOfPublished(this.askPlainly({})) }
    return this.#published.identity
  }

  get product(): Product {
    return this.contract.answers?.yes ?? ((object) => object)
  }

  /** The spec fields that ask for these policies. */
  fieldsOf(names: readonly PolicyName[]): Readonly<Record<string, unknown>> {
    const fields = names.map((name): string => POLICIES[name].field)
    return Object.fromEntries(Object.entries(this.policies).filter(([field]) => fields.includes(field)))
  }

  world(): World {
    return World.of((view) => {
      const ports = [8080, 8081].map((port) => ({ name: `http-${port}`, port, targetPort: port }))
      for (const namespace of ['components', 'elsewhere']) {
        for (const name of [OUTER_SERVICE, NESTED_SERVICE, OTHER_SERVICE]) {
          view.add(SERVICE, aService({ name, namespace, ports, labels: { app: name }, selector: { app: name } }))
          view.add(ENDPOINT_SLICE, aSlice({ service: name, namespace, ports }))
        }
      }
      this.contract.world?.(view)
    })
  }

  ask(which: string, world = this.world(), asking: Asking<GatewayAdapter> = {}): GatewayAnswer {
    const adapter = asking.adapter ?? this.make()
    const view = asking.through?.(world) ?? world
    return this.#answer(request(routeRequests(adapter, this.policies, view), which), world, { ...asking, adapter })
  }

  askAbout(words: ApiWords, world = this.world()): GatewayAnswer {
    return this.askFor(this.intentOf({ ...words, spec: { ...this.supported, ...words.spec } }, world), world)
  }

  /** About an outer API of these words, with nothing that it does not ask for. */
  askPlainly(words: ApiWords, world = this.world()): GatewayAnswer {
    return this.askFor(this.intentOf(words, world), world)
  }

  /** About a request that core could make. */
  askFor(asked: RouteRequest, world = this.world()): GatewayAnswer {
    return this.#answer(asked, world, {})
  }

  /** What core would ask for an outer API of these words, with nothing nested. */
  intentOf(words: ApiWords, world = this.world()): RouteRequest {
    return { route: intent(this.make(), outer(words), world), nested: [] }
  }

  rules(settings: Settings): Rules {
    return rulesOf({ gateways: [onlyGateway(this.make())], metrics: new NullMetrics(), settings })
  }

  #answer(asked: RouteRequest, world: World, asking: Asking<GatewayAdapter>): GatewayAnswer {
    const { adapter = this.make(), through = (view) => view, frozen, unwritten } = asking
    const [given, seen] = frozen ? [deepFreeze(asked), world.frozen()] : [asked, world]
    const { verdicts } = judge(given.route.api, adapter, through(seen), WARN_FOR_ALL)
    const rendered = adapter.render(given, through(seen))
    const objects = rendered.map(({ object }) => object)
    const written = unwritten ? seen : seen.rebuilt().store(adapter.kinds, objects, this.product)
    const observation = adapter.observe(given, through(frozen ? written.frozen() : written))
    const { findings } = observation
    const all = { verdicts, rendered: rendered.map(({ ready: _, ...rest }) => rest), observation }
    const { api, meta } = given.route
    return { api, meta, request: given, rendered, annotations: [], findings, verdicts, observation, all }
  }
}

function identityOfPublished({ observation: { published } }: GatewayAnswer): string | undefined {
  return published && identityOf(published)
}

/** What is said of an object apart from whose it is: the text that tells whether something occurs in it. */
export function bodyText({ metadata, ...body }: KubeObject): string {
  const { annotations } = metadata
  return JSON.stringify({ ...body, ...(annotations && { annotations }) })
}
