/** The contract of a way to make a metrics API known to a monitoring system. */

import type { Index, Kind, KindUse, KubeObject, View } from '@exposedapi/objects'
import type { Finding } from '../findings/finding.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import type { Rendered } from './rendered.ts'

/** How the field managers begin under which annotations are applied; the uid of the ExposedAPI follows. */
export const FIELD_MANAGER_PREFIX = 'exposedapi-operator.'

/**
 * The field manager under which one ExposedAPI applies annotations to objects of others.
 *
 * One manager per API and not one for the operator: server-side apply takes the complete set of a manager, so two APIs on
 * one Pod would take each other's keys away; and what a deleted API has applied can still be told from `managedFields`. Kubernetes
 * allows 128 characters (`ApplyOptions.fieldManager`); this is 20 and a UUID.
 */
export function fieldManagerOf(uid: string): string {
  return `${FIELD_MANAGER_PREFIX}${uid}`
}

/** Annotations on an object that belongs to somebody else. Set by server-side apply, so that they can be given back. */
export interface AppliedAnnotations {
  readonly kind: Kind
  readonly object: KubeObject
  readonly annotations: Readonly<Record<string, string>>
}

/** What makes one API known to a monitoring system. */
export interface RenderedMetrics {
  /** Objects to own, in the API's namespace. What is no longer rendered is deleted. */
  readonly objects: readonly Rendered[]
  /** The complete set of annotations to apply for this API. What is no longer listed is given back. */
  readonly annotations: readonly AppliedAnnotations[]
}

/** What is true of it, now that it is written. */
export interface MetricsObservation {
  /** On `MetricsConfigured`. They never block the route. */
  readonly findings: readonly Finding[]
}

/** Makes a metrics API known to a monitoring system. Pure, like {@link GatewayAdapter}. */
export interface MetricsAdapter {
  readonly name: string
  readonly kinds: readonly KindUse[]
  readonly indexes: readonly Index[]
  /** What to write. Called for `apiType` `prometheus` and `openmetrics` only. */
  render(api: ExposedApi, view: View): RenderedMetrics
  /** What is true of it: asked on the view that contains what was written. */
  observe(api: ExposedApi, view: View): MetricsObservation
  /**
   * Objects of others on which this API has applied annotations, read from their `managedFields`. Adapters that annotate
   * nothing leave it out.
   */
  applied?(uid: string, view: View): readonly AppliedAnnotations[]
  /** Index of those objects by the uid of the API that has applied annotations to them: the sweep at start reads its values. */
  readonly annotated?: Index
}
