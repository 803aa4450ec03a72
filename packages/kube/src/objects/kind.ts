/**
 * The shapes that the engine and its user share.
 *
 * They are plain structural types: whoever declares kinds and indexes need not import this package to do so.
 */

/** A reference from a child to the object that owns it (`metadata.ownerReferences`). */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** At most one owner is the managing controller. */
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Metadata as the caches keep it. */
export interface ObjectMeta {
  readonly name: string
  /** Empty or absent for cluster-scoped kinds. */
  readonly namespace?: string
  /** Identity. The same name with another uid is another object. */
  readonly uid?: string
  readonly resourceVersion?: string
  /** RFC 3339, one-second resolution. */
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
}

/** Any Kubernetes object as plain JSON. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** An object to be applied: everything its owner wants of it, and nothing else. */
export interface RenderedObject extends KubeObject {
  readonly spec?: unknown
  readonly data?: unknown
}

/** A kind of object that is watched, written, or both. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string
  /** Versions that the user understands, the preferred one first. The engine uses the first that the cluster serves. */
  readonly versions: readonly string[]
  readonly kind: string
  /** Lower-case plural as in the URL, `virtualservices`. */
  readonly plural: string
  /** Cluster-scoped if false. Default true. */
  readonly namespaced?: boolean
  /** Keeps what somebody reads and drops the rest. Called once on each version of an object as it arrives. */
  project(object: KubeObject): T
}

/** A named function from an object to the values it is found under. Pure. */
export interface Index<T extends KubeObject = KubeObject> {
  /** Unique within the cluster; by convention `<plural>.<what>`. */
  readonly name: string
  readonly kind: Kind<T>
  values(object: T): readonly string[]
}

/** What is done with a kind. Watches follow from it. */
export interface KindUse<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>
  /** `read`: watched. `own`: watched, created, patched and deleted. `annotate`: watched and patched. */
  readonly use: 'read' | 'own' | 'annotate'
  /** `apis`: only namespaces that `ClusterOptions.namespaces` accepts. `cluster`: anywhere. Default `apis`. */
  readonly scope?: 'apis' | 'cluster'
  /** An optional kind may be absent from the cluster: a CRD that comes and goes. Default false. */
  readonly optional?: boolean
}

/** The cluster as the caches know it. */
export interface View {
  /** The object of that name, or undefined. `namespace` is empty for cluster-scoped kinds. */
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): T | undefined
  /** Whether there is an object of that name: a reader that need not be woken by each of its changes. */
  exists(kind: Kind, namespace: string, name: string): boolean
  /** All objects with that index value, in order of namespace and name. */
  by<T extends KubeObject>(index: Index<T>, value: string): readonly T[]
  /** The `apiVersion` under which the cluster serves this kind right now, or undefined when it does not. */
  serves(kind: Kind): string | undefined
}

/**
 * One object was added (`new` alone), changed (both) or removed (`old` alone). With neither, the cluster began or ceased
 * to serve the kind, or serves another version of it.
 */
export interface Change {
  readonly kind: Kind
  readonly old?: KubeObject
  readonly new?: KubeObject
}

const RESOURCE_NAMES = new WeakMap<object, string>()

/** `virtualservices.networking.istio.io`, `services`: how Kubernetes spells a resource; also its CRD's name. */
export function resourceName(kind: Pick<Kind, 'group' | 'plural'>): string {
  const known = RESOURCE_NAMES.get(kind)
  if (known !== undefined) return known
  const name = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  RESOURCE_NAMES.set(kind, name) // Asked at each read of each decision.
  return name
}

/** `networking.istio.io/v1`, or `v1` for the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** The group of an `apiVersion`: empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
