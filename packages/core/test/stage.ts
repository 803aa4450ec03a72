/** Plays scenes. */
import type { Kind, KubeObject } from '@exposedapi/objects'
import type { GatewayAdapter, RouteRequest } from '../src/adapters/gateway.ts'
import type { MetricsAdapter } from '../src/adapters/metrics.ts'
import { onlyGateway, type Rules, rulesOf } from '../src/engine.ts'
import { childMeta } from '../src/model/child-meta.ts'
import { COMPONENT, ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../src/model/kinds.ts'
import {
  aService,
  aSlice,
  asStored,
  type Decision,
  decide,
  exposedApi,
  MemoryView,
  NullGateway,
  NullMetrics,
  rawApi,
} from '../src/testing/index.ts'
import type { Scene } from './scenes.ts'

const MONITOR = kindOf('AcmeMonitor', 'acmemonitors')
const ROUTE = kindOf('AcmeRoute', 'acmeroutes')
const KINDS: readonly Kind[] = [SERVICE, ENDPOINT_SLICE, COMPONENT, ROUTE, MONITOR] as readonly Kind[]

/** The last decision of a scene. */
export function played(scene: Scene): Decision {
  const view = new MemoryView()
  for (const object of scene.world ?? [aService(), aSlice()]) view.add(kindNamed(object.kind), object)
  for (const words of scene.others ?? []) view.add(EXPOSED_API, rawApi(words))
  if (scene.unserved) view.unserve(ROUTE)
  const adapter = gatewayOf(scene)
  const metrics = metricsOf(scene)
  const rules = rulesOf({ gateways: scene.entries?.(adapter) ?? [onlyGateway(adapter)], metrics })
  const before = gatewayOf(scene.verdict ? { verdict: scene.verdict } : {})
  const well = rulesOf({ gateways: [onlyGateway(before)], metrics })
  const former = scene.before && turn(rawApi(scene.before), view, well)
  const raw = { ...rawApi(scene.api), ...(former && { status: former.status }) }
  return turn(raw, view, rules, scene)
}

/** Decides, stores what is written, and decides again. */
function turn(
  raw: KubeObject,
  view: MemoryView,
  rules: Rules,
  { now = 0, grace = {}, ...fates }: Scene = {},
): Decision {
  view.add(EXPOSED_API, raw)
  const api = exposedApi(raw)
  const { objects } = decide(api, view, rules, { now, grace })
  const failures: { object: KubeObject; message: string }[] = []
  for (const object of objects) {
    const fate = (object.kind === MONITOR.kind ? fates.monitor : fates.route) ?? 'stored'
    if (typeof fate === 'object') failures.push({ object, message: fate.refused })
    else if (fate !== 'unwritten') view.add(kindNamed(object.kind), asStored(fate === 'pruned' ? bare(object) : object))
  }
  return decide(api, view, rules, { now, grace, failures })
}

function gatewayOf({ observed, verdict = UNSUPPORTED, route, throws, unserved }: Scene): GatewayAdapter {
  const plain = new NullGateway()
  return Object.assign(new NullGateway(), {
    name: 'acme',
    kinds: [{ kind: ROUTE, use: 'own' }],
    verdicts: (...asked: Parameters<NullGateway['verdicts']>) =>
      plain.verdicts(...asked).map((said) => ({ ...said, ...verdict })),
    render: ({ route: intent }: RouteRequest) => {
      if (throws === 'gateway') throw new Error('out of words')
      const { meta: metadata, policies, denied = '' } = intent
      const enforces = Object.keys(policies).map((policy) => ({ policy }))
      const body = { apiVersion: 'acme.example/v1', kind: ROUTE.kind, metadata }
      const object = { ...body, spec: { denied, policies: JSON.stringify(policies) } }
      return unserved ? [] : [{ object, enforces, routes: true, ready: () => route !== 'unready' }]
    },
    observe: (...asked: Parameters<NullGateway['observe']>) => ({ ...plain.observe(...asked), ...observed }),
  }) as GatewayAdapter
}

const UNSUPPORTED = { state: 'Unsupported', reason: 'Unsupported', message: 'Gateway acme cannot do this.' } as const

function metricsOf({ monitor, throws }: Scene): MetricsAdapter {
  return Object.assign(new NullMetrics(), {
    name: 'acme-monitors',
    kinds: [{ kind: MONITOR, use: 'own' }],
    render: (api: Parameters<MetricsAdapter['render']>[0]) => {
      if (throws === 'metrics') throw new Error('out of words')
      const object = { apiVersion: 'acme.example/v1', kind: MONITOR.kind, metadata: childMeta(api), spec: {} }
      return { objects: monitor === undefined ? [] : [{ object }], annotations: [] }
    },
  }) as MetricsAdapter
}

/** What is left of an object whose fields the API server does not know. */
function bare({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata }
}

function kindNamed(name: string): Kind {
  const found = KINDS.find(({ kind }) => kind === name)
  if (!found) throw new Error(`no kind ${name}`)
  return found
}

function kindOf(kind: string, plural: string): Kind {
  return { group: 'acme.example', versions: ['v1'], kind, plural, project: (object) => object }
}
