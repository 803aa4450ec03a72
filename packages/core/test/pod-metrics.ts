/** Metrics by an object and by annotations on Pods at once. */
import {
  type AppliedAnnotations,
  childMeta,
  type ExposedApi,
  FIELD_MANAGER_PREFIX,
  type Index,
  type Kind,
  type KubeObject,
  type MetricsAdapter,
  type MetricsObservation,
  type RenderedMetrics,
  SERVICE,
  type View,
} from '../src/index.ts'

interface Pod extends KubeObject {
  readonly holds: Readonly<Record<string, readonly string[]>>
}

interface ManagedObject {
  readonly metadata: {
    readonly managedFields?: readonly { manager: string; fieldsV1: { 'f:metadata'?: { 'f:annotations'?: object } } }[]
  }
}

/** Pods, with what our field managers hold on each. */
export const POD: Kind<Pod> = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  project: (object) => {
    const entries = (object as ManagedObject).metadata.managedFields ?? []
    const ours = entries.filter(({ manager }) => manager.startsWith(FIELD_MANAGER_PREFIX))
    const keys = ours.map(({ manager, fieldsV1 }) => {
      const annotations = Object.keys(fieldsV1['f:metadata']?.['f:annotations'] ?? {})
      return [manager.slice(FIELD_MANAGER_PREFIX.length), annotations.map((key) => key.slice(2))] as const
    })
    return { ...object, holds: Object.fromEntries(keys) }
  },
}
/** Pods by `namespace/app`. */
export const PODS_BY_APP: Index<Pod> = {
  name: 'pods.app',
  kind: POD,
  values: ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.app}`],
}
const PODS_BY_HOLDER: Index<Pod> = { name: 'pods.holder', kind: POD, values: ({ holds }) => Object.keys(holds) }
const MONITOR: Kind = {
  group: 'acme.example',
  versions: ['v2', 'v1'],
  kind: 'Monitor',
  plural: 'monitors',
  project: (object) => object,
}

/** Renders a Monitor and annotates the Pods of the Service. */
export class PodMetrics implements MetricsAdapter {
  readonly name = 'pods'
  readonly kinds = [
    { kind: POD, use: 'annotate' },
    { kind: MONITOR, use: 'own', optional: true },
  ] as const
  readonly indexes = [PODS_BY_APP, PODS_BY_HOLDER] as unknown as readonly Index[]
  readonly annotated = PODS_BY_HOLDER as unknown as Index

  render(api: ExposedApi, view: View): RenderedMetrics {
    const { namespace } = api.metadata
    const app = view.get(SERVICE, namespace, api.spec.implementation)?.spec.selector?.app
    const apiVersion = view.serves(MONITOR)
    if (app === undefined || apiVersion === undefined) return { objects: [], annotations: [] }
    const { path, port, basicAuth } = api.spec
    const annotations = view.by(PODS_BY_APP, `${namespace}/${app}`).map((object) => {
      return { kind: POD as unknown as Kind, object, annotations: { 'acme.example/scrape': `${port}${path}` } }
    })
    const spec = { app, path, port, ...(basicAuth && { basicAuth }) }
    const object = { apiVersion, kind: 'Monitor', metadata: childMeta(api), spec }
    return { objects: [{ object }], annotations }
  }

  observe(api: ExposedApi, view: View): MetricsObservation {
    const service = view.get(SERVICE, api.metadata.namespace, api.spec.implementation)
    if (service && view.serves(MONITOR) !== undefined) return { findings: [] }
    const reason = service ? 'CrdMissing' : 'ServiceNotFound'
    return { findings: [{ condition: 'MetricsConfigured', status: 'False', reason, message: `${reason} here.` }] }
  }

  applied(uid: string, view: View): readonly AppliedAnnotations[] {
    return view.by(PODS_BY_HOLDER, uid).map((object) => {
      const keys = object.holds[uid] ?? []
      const annotations = Object.fromEntries(keys.map((key) => [key, object.metadata.annotations?.[key] ?? '']))
      return { kind: POD as unknown as Kind, object, annotations }
    })
  }
}
