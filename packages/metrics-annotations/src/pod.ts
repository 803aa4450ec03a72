/**
 * Pods as far as annotations ask of them, and who has set which annotation.
 *
 * `metadata.managedFields` is the only place where Kubernetes says who set a key. It is far larger than the rest of what is
 * kept, so it is read once, as the object arrives, and reduced to names.
 */
import { FIELD_MANAGER_PREFIX, type Index, type Kind, type KubeObject, type ObjectMeta } from '@exposedapi/core'
import { list, record, text } from './json.ts'

/** A container: its name and the ports that it declares. */
export interface Container {
  readonly name: string
  readonly ports: readonly { readonly name?: string; readonly containerPort: number }[]
}

/** A Pod. Of its annotations only those that scrapers read. */
export interface Pod extends KubeObject {
  readonly phase: string
  /** Containers that run as long as the Pod: the ordinary ones, then init containers of restart policy Always. */
  readonly containers: readonly Container[]
  /** Has Istio's injector given it a sidecar, as a container or as an init container? */
  readonly injected: boolean
  /** Annotations that our field managers have set, by uid of the ExposedAPI. */
  readonly applied: Readonly<Record<string, readonly string[]>>
  /** Field managers of others, by annotation. */
  readonly others: Readonly<Record<string, readonly string[]>>
}

const KEPT = ['prometheus.io/', 'ad.datadoghq.com/'] as const

/** Pod of the core group. */
export const POD: Kind<Pod> = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  project: (object) => {
    const raw = record(object)
    const spec = record(raw.spec)
    const containers = list(spec.containers).map(record)
    const init = list(spec.initContainers).map(record)
    const lasting = init.filter(({ restartPolicy }) => restartPolicy === 'Always')
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: podMeta(object.metadata),
      phase: text(record(raw.status).phase),
      containers: [...containers, ...lasting].map(container),
      injected:
        [...containers, ...init].some(({ name }) => name === 'istio-proxy') ||
        object.metadata.annotations?.['sidecar.istio.io/status'] !== undefined,
      ...annotated(record(raw.metadata).managedFields),
    }
  },
}

/** Pods by `namespace/key=value` of each label. */
export const POD_BY_LABEL: Index<Pod> = {
  name: 'pods.label',
  kind: POD,
  values: (pod) => labelPairs(pod.metadata.namespace, pod.metadata.labels),
}

/** Pods by uid of the ExposedAPIs that have annotated them. */
export const POD_BY_API: Index<Pod> = {
  name: 'pods.annotated',
  kind: POD,
  values: ({ applied }) => Object.keys(applied),
}

/** `namespace/key=value` for each label. */
export function labelPairs(namespace: string | undefined, labels: ObjectMeta['labels']): readonly string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => `${namespace ?? ''}/${key}=${value}`)
}

/** Does the Pod run, or will it? Annotations on any other are read by nobody. */
export function isAlive({ phase, metadata }: Pod): boolean {
  return phase !== 'Failed' && phase !== 'Succeeded' && metadata.deletionTimestamp === undefined
}

function podMeta(meta: ObjectMeta): ObjectMeta {
  const { name, namespace = '', uid = '', resourceVersion = '', deletionTimestamp, labels } = meta
  const annotations = Object.entries(meta.annotations ?? {}).filter(([key]) => isKept(key))
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(labels && { labels }),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
  }
}

function isKept(key: string): boolean {
  return KEPT.some((prefix) => key.startsWith(prefix))
}

function container(raw: Record<string, unknown>): Container {
  const ports = list(raw.ports).flatMap((entry) => {
    const { name, containerPort } = record(entry)
    if (typeof containerPort !== 'number') return []
    return [{ containerPort, ...(typeof name === 'string' && name !== '' && { name }) }]
  })
  return { name: text(raw.name), ports }
}

/** Ours are entries of server-side apply; a manager of our name that updates is somebody else under a false name. */
function annotated(managedFields: unknown): Pick<Pod, 'applied' | 'others'> {
  // Maps: managers may call themselves what they like, `constructor` too.
  const applied = new Map<string, Set<string>>()
  const others = new Map<string, Set<string>>()
  const note = (all: Map<string, Set<string>>, name: string, item: string) =>
    all.set(name, (all.get(name) ?? new Set()).add(item))
  for (const entry of list(managedFields).map(record)) {
    const fields = record(record(record(entry.fieldsV1)['f:metadata'])['f:annotations'])
    const keys = Object.keys(fields)
      .map((field) => field.slice('f:'.length))
      .filter(isKept)
    const manager = text(entry.manager)
    const uid = manager.slice(FIELD_MANAGER_PREFIX.length)
    const isOurs = manager.startsWith(FIELD_MANAGER_PREFIX) && uid !== '' && entry.operation === 'Apply'
    for (const key of keys) {
      if (isOurs) note(applied, uid, key)
      else note(others, key, manager)
    }
  }
  return { applied: sorted(applied), others: sorted(others) }
}

function sorted(all: ReadonlyMap<string, ReadonlySet<string>>): Pod['applied'] {
  return Object.fromEntries([...all].map(([name, items]) => [name, [...items].sort()]))
}
