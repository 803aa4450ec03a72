/**
 * How a decision reads the cluster.
 *
 * There is no free-form list: every read is a name or an index value, so that the engine can remember it as a key and
 * decide again exactly those that read what has changed. Nobody writes watch mappings by hand.
 */
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

/** The cluster as the caches know it. Every call is remembered, and a change of what it returned queues the decision again. */
export interface View {
  /** The object of that name, or undefined. `namespace` is empty for cluster-scoped kinds. */
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): T | undefined
  /** Is there an object of that name? Unlike `get`, only its coming and going queues the decision again. */
  exists(kind: Kind, namespace: string, name: string): boolean
  /** All objects with that index value, in order of namespace and name. */
  by<T extends KubeObject>(index: Index<T>, value: string): readonly T[]
  /**
   * The `apiVersion` under which the cluster serves this kind right now, or undefined when it does not: a CRD may come
   * and go. Rendered objects carry this value.
   */
  serves(kind: Kind): string | undefined
}
