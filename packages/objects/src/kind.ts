/** Kinds of objects, what is done with them, and how Kubernetes spells their names. */
import type { KubeObject } from './kube-object.ts'

/** A kind of object that the operator watches, writes, or both. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string
  /** Versions that the operator understands, the preferred one first. The engine uses the first that the cluster serves. */
  readonly versions: readonly string[]
  readonly kind: string
  /** Lower-case plural as in the URL, `virtualservices`. */
  readonly plural: string
  /** Cluster-scoped if false. Default true. */
  readonly namespaced?: boolean
  /**
   * Keeps what somebody reads and drops the rest, for the memory of the caches. Called once on each version of an object
   * as it arrives; must not throw, whatever the object holds. The result is frozen by convention: nobody changes it. Where
   * adapters describe one resource by Kinds of their own, the cache holds what any of them keeps, and more than one asked for.
   */
  project(object: KubeObject): T
}

/** A named function from an object to the values it is found under. */
export interface Index<T extends KubeObject = KubeObject> {
  /** Unique within the operator; by convention `<plural>.<what>`. */
  readonly name: string
  readonly kind: Kind<T>
  /** Pure. An object may have no value, or several. */
  values(object: T): readonly string[]
}

/** Verbs of Kubernetes RBAC that the operator may ask for. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete'

/** What an adapter does with a kind. Watches and RBAC rules follow from it. */
export interface KindUse<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>
  /** `read`: watched. `own`: watched, created, patched and deleted. `annotate`: watched and patched. */
  readonly use: 'read' | 'own' | 'annotate'
  /**
   * Where the objects live: `apis` = the namespaces whose ExposedAPIs we serve; `cluster` = anywhere (a gateway's Service).
   * Default `apis`.
   */
  readonly scope?: 'apis' | 'cluster'
  /** An optional kind may be absent from the cluster: a CRD that comes and goes. Default false. */
  readonly optional?: boolean
}

const RESOURCE_NAMES = new WeakMap<object, string>()

/** `endpointslices.discovery.k8s.io`, `services`: how Kubernetes spells a resource; also its CRD's name. */
export function resourceName(kind: Pick<Kind, 'group' | 'plural'>): string {
  const known = RESOURCE_NAMES.get(kind)
  if (known !== undefined) return known
  const name = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  RESOURCE_NAMES.set(kind, name) // Asked at each read of each decision.
  return name
}

/** `discovery.k8s.io/v1`, or `v1` for the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** The group of an `apiVersion`: empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
