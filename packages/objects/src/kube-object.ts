/**
 * The few facts about a Kubernetes object that every decision may rely on.
 *
 * Structural types of our own: a published adapter needs no Kubernetes client library to compile.
 */

/** A reference from a child to the object that owns it (Kubernetes API conventions, `metadata.ownerReferences`). */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** At most one owner is the managing controller; it alone may change the child. */
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Metadata as the caches keep it: `managedFields` and annotations nobody reads are dropped on entry. */
export interface ObjectMeta {
  readonly name: string
  /** Empty for cluster-scoped kinds. */
  readonly namespace?: string
  /** Identity. The same name with another uid is another object. */
  readonly uid?: string
  /** Opaque to decisions. Only the engine compares it. */
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

/** An object that an adapter renders: everything it wants to own of it, and nothing else. */
export interface RenderedObject extends KubeObject {
  /** `spec`, `data`, or whatever the kind has at its top. */
  readonly [field: string]: unknown
}

/** The controller ownerReference of an object, or undefined. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/**
 * Metadata without `managedFields` and annotations: what most projections keep. Object literals in one order, so that V8
 * gives all of them one hidden class.
 */
export function slimMeta(meta: ObjectMeta): ObjectMeta {
  return {
    name: meta.name,
    ...(meta.namespace !== undefined && { namespace: meta.namespace }),
    ...(meta.uid !== undefined && { uid: meta.uid }),
    ...(meta.resourceVersion !== undefined && { resourceVersion: meta.resourceVersion }),
    ...(meta.creationTimestamp !== undefined && { creationTimestamp: meta.creationTimestamp }),
    ...(meta.deletionTimestamp !== undefined && { deletionTimestamp: meta.deletionTimestamp }),
    ...(meta.labels !== undefined && { labels: meta.labels }),
    ...(meta.ownerReferences !== undefined && { ownerReferences: meta.ownerReferences }),
    ...(meta.finalizers !== undefined && { finalizers: meta.finalizers }),
  }
}

/** `namespace/name`, or the name alone for cluster-scoped objects. How messages and keys name an object. */
export function nameOf(object: KubeObject): string {
  return object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name
}
