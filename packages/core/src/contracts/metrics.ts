/** The contract of a way to make a metrics API known to a monitoring system. */
import type { ExposedApi } from '../model/exposed-api.ts'
import type { Finding } from './finding.ts'
import type { KubeObject, RenderedObject } from './kube-object.ts'
import type { Index, Kind, KindUse, View } from './view.ts'

/** Annotations on an object that belongs to somebody else. Held by server-side apply, so that they can be given back. */
export interface HeldAnnotations {
  readonly kind: Kind
  readonly object: KubeObject
  readonly annotations: Readonly<Record<string, string>>
}

/** The result of rendering the metrics of one API. */
export interface RenderedMetrics {
  /** Objects to own, in the API's namespace. What is no longer rendered is deleted. */
  readonly objects: readonly RenderedObject[]
  /** The complete set of annotations to hold for this API. What is no longer listed is given back. */
  readonly held: readonly HeldAnnotations[]
  /** On `MetricsConfigured`. They never block the route. */
  readonly findings: readonly Finding[]
}

/** Makes a metrics API known to a monitoring system. Pure, like {@link GatewayAdapter}. */
export interface MetricsAdapter {
  readonly name: string
  readonly kinds: readonly KindUse[]
  readonly indexes: readonly Index[]
  /** Called for `apiType` `prometheus` and `openmetrics` only. Never throws for a state that a cluster can be in. */
  render(api: ExposedApi, view: View): RenderedMetrics
  /**
   * Objects of others on which this API holds annotations now, read from their `managedFields`. Adapters that annotate
   * nothing leave it out.
   */
  held?(uid: string, view: View): readonly HeldAnnotations[]
}
