/** One object that an adapter wants to be in the cluster. */
import type { KubeObject, RenderedObject } from '@exposedapi/objects'
import type { PolicyName } from '../policies/policies.ts'

/** A policy that an object puts into force. */
export interface Enforcement {
  readonly policy: PolicyName
  /** `namespace/name` of the nested API whose copy carries it; absent: the API that the object belongs to. */
  readonly api?: string
}

/** An object with what core has to know about it. */
export interface Rendered {
  readonly object: RenderedObject
  /**
   * Policies that this object puts into force. A policy counts as enforced only while each object that enforces it is stored as
   * rendered and ready.
   */
  readonly enforces?: readonly Enforcement[]
  /**
   * Does the object carry traffic, whatever policies it also enforces? An object that enforces policies and carries no traffic may be
   * refused without costing the route; its loss is told by the verdicts. Default: only an object that enforces nothing does.
   */
  readonly routes?: boolean
  /** What follows in write order waits until this holds of the stored object. Default: as soon as it is stored. */
  readonly ready?: (stored: KubeObject) => boolean
}
