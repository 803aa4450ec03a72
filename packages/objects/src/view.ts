/**
 * How a decision reads the cluster.
 *
 * There is no free-form list: every read is a name or an index value, so that the engine can remember it as a key and
 * decide again exactly those that read what has changed. Nobody writes watch mappings by hand.
 */
import type { Index, Kind } from './kind.ts'
import type { KubeObject } from './kube-object.ts'

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
  /**
   * Is what this view shows of a kind all there is: in this namespace, or, without one, wherever the kind is declared to be read?
   * False where it may not be read, or has not been read yet. What the view lacks there may well exist, so its absence is no
   * evidence of anything bad; what it shows is the last that was known. True for a kind that is not served.
   */
  readable(kind: Kind, namespace?: string): boolean
}

/**
 * One object was added (`new` alone), changed (both) or removed (`old` alone). With neither, the cluster began or ceased
 * to serve the kind, serves another version of it, or lets more or less of it be read.
 */
export interface Change {
  readonly kind: Kind
  readonly old?: KubeObject
  readonly new?: KubeObject
}
