/** A metrics adapter on the bench. */
import { type Index, isRecord, type KubeObject, nameOf } from '@exposedapi/objects'
import { type AppliedAnnotations, fieldManagerOf, type MetricsAdapter } from '../../adapters/metrics.ts'
import { onlyGateway } from '../../decide/rules/gateway-entry.ts'
import { type Rules, rulesOf } from '../../decide/rules/rules.ts'
import { childMeta } from '../../model/child-meta.ts'
import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../../model/kinds.ts'
import { type ApiWords, anApi, aService, aSlice, rawApi } from '../../testing/builders.ts'
import { NullGateway } from '../../testing/null-gateway.ts'
import type { Answer, Asking, Probe } from '../common/probe.ts'
import { type Hold, Runs } from '../runs.ts'
import { deepFreeze, isSameResource, type Product, World } from '../world.ts'
import type { MetricsContract } from './contract.ts'

const CASES: Readonly<Record<string, ApiWords>> = {
  'an ordinary metrics API': {},
  'an openmetrics API': { spec: { apiType: 'openmetrics' } },
  'a metrics API at the root': { spec: { path: '/' } },
  'a metrics API in another namespace': { namespace: 'elsewhere' },
  'a metrics API on another port': { spec: { port: 8081 } },
  'a metrics API with credentials': { spec: { basicAuth: credentials('user') } },
  'a metrics API with malformed credentials': { spec: { basicAuth: 'me:secret' } },
  'a metrics API on a port that the Service lacks': { spec: { port: 9 } },
  'a metrics API without a Service': { spec: { implementation: 'absent' } },
}

/** Asks a metrics adapter. */
export class MetricsBench implements Probe<MetricsAdapter> {
  readonly contract: MetricsContract
  readonly cases = Object.keys(CASES)
  readonly main = ['an ordinary metrics API', 'a metrics API with credentials', 'a metrics API without a Service']
  readonly hold: Hold
  readonly product: Product = (object) => object

  constructor(contract: MetricsContract) {
    this.contract = contract
    this.hold = contract.hold ?? holdOnMetadata
  }

  make(): MetricsAdapter {
    return this.contract.make()
  }

  indexes(): readonly Index[] {
    const { indexes, annotated } = this.make()
    return [...new Set([...indexes, ...(annotated ? [annotated] : [])])]
  }

  world(): World {
    return World.of((view) => {
      const ports = ['http', 'admin'].map((name, at) => ({ name, port: 8080 + at, targetPort: 8080 + at }))
      for (const app of ['catalog', 'other']) {
        const [name, labels] = [`${app}-svc`, { app }]
        view.add(SERVICE, aService({ name, labels, selector: labels, ports }))
        view.add(ENDPOINT_SLICE, aSlice({ service: name, ports }))
      }
      view.add(EXPOSED_API, rawApi(metricsWords({})))
      this.contract.world?.(view)
    })
  }

  ask(which: string, world = this.world(), asking: Asking<MetricsAdapter> = {}): Answer {
    return this.#answer(CASES[which] ?? {}, world, asking)
  }

  askAbout(words: ApiWords, world = this.world()): Answer {
    return this.#answer(words, world, {})
  }

  /** The world once these annotations are held for an API. */
  holding(annotations: readonly AppliedAnnotations[], world = this.world(), uid = uidOf({})): World {
    return world.rebuilt({
      map: (kind, object) => {
        const entry = annotations.find((one) => isSameResource(one.kind, kind) && nameOf(one.object) === nameOf(object))
        return entry ? this.hold(object, entry.annotations, fieldManagerOf(uid)) : object
      },
    })
  }

  rules(): Rules {
    return rulesOf({ gateways: [onlyGateway(new NullGateway())], metrics: this.make() })
  }

  /** Runs of a metrics API of these words. */
  runs(words: ApiWords = {}): Runs {
    const runs = new Runs(this.world(), this.rules(), rawApi(metricsWords(words)))
    runs.circumstances = { hold: this.hold }
    return runs
  }

  #answer(words: ApiWords, world: World, asking: Asking<MetricsAdapter>): Answer {
    const { adapter = this.make(), through = (view) => view, frozen, unwritten } = asking
    const built = anApi(metricsWords(words))
    const [api, seen] = frozen ? [deepFreeze(built), world.frozen()] : [built, world]
    const { objects: rendered, annotations } = adapter.render(api, through(seen))
    const objects = rendered.map(({ object }) => object)
    const held = unwritten ? seen : this.holding(annotations, seen, uidOf(words))
    const written = unwritten ? seen : held.store(adapter.kinds, objects)
    const view = through(frozen ? written.frozen() : written)
    const { findings } = adapter.observe(api, view)
    const applied = adapter.applied?.(api.metadata.uid ?? '', view) ?? []
    const all = { objects, annotations: annotations.map(told), findings, applied: applied.map(told) }
    return { api, meta: childMeta(api), rendered, annotations, findings, all }
  }
}

/** A metrics API with some words of its own. */
export function metricsWords(words: ApiWords): ApiWords {
  return {
    ...words,
    metadata: { labels: { 'oda.tmforum.org/componentName': 'shop', team: 'blue' }, ...words.metadata },
    spec: { apiType: 'prometheus', path: '/catalog/metrics', implementation: 'catalog-svc', ...words.spec },
  }
}

/** The uid of the API of these words. */
export function uidOf(words: ApiWords): string {
  return anApi(metricsWords(words)).metadata.uid ?? ''
}

/** Credentials in a Secret. */
export function credentials(key: string): object {
  return { username: { name: 'secret', key }, password: { name: 'secret', key: 'word' } }
}

/** Annotations as they are compared: of which object, and which. */
export function told({ object, annotations }: AppliedAnnotations): object {
  return { object: `${object.kind} ${nameOf(object)}`, annotations }
}

/** As server-side apply does it: the whole set of one manager, without the keys that it had and has no more. */
function holdOnMetadata(
  object: KubeObject,
  annotations: Readonly<Record<string, string>>,
  manager: string,
): KubeObject {
  const { managedFields = [], ...meta } = object.metadata as KubeObject['metadata'] & {
    managedFields?: readonly unknown[]
  }
  const isOurs = (entry: unknown) => isRecord(entry) && entry.manager === manager
  const before = managedFields.filter(isOurs).flatMap(keysOf)
  const kept = Object.entries(meta.annotations ?? {}).filter(([key]) => !before.includes(key))
  const fields = Object.fromEntries(Object.keys(annotations).map((key) => [`f:${key}`, {}]))
  const entry = {
    manager,
    operation: 'Apply',
    apiVersion: object.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:annotations': fields } },
  }
  const managed = [...managedFields.filter((one) => !isOurs(one)), ...(Object.keys(fields).length > 0 ? [entry] : [])]
  const metadata = { ...meta, annotations: { ...Object.fromEntries(kept), ...annotations }, managedFields: managed }
  return { ...object, metadata }
}

function keysOf(entry: unknown): readonly string[] {
  const fields = (entry as { fieldsV1: { 'f:metadata': { 'f:annotations': object } } }).fieldsV1['f:metadata']
  return Object.keys(fields['f:annotations']).map((key) => key.slice(2))
}
