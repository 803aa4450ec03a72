/**
 * What may not be read of what an address is found by.
 *
 * Asked once for each answer: whoever then says that something does not exist has looked here first. For what is not asked here,
 * such as Pods and Nodes, core doubts bad news by itself.
 */
import { type Kind, SERVICE, type Unseen, type View } from '@exposedapi/core'
import { GATEWAY } from '../objects/kinds.ts'
import type { Configuration } from '../options.ts'

/** Nothing, in the ordinary case. */
export interface BlindSpots {
  /** The Gateway itself. */
  readonly gateway: Unseen | undefined
  /** The Services that may be in front of it. */
  readonly front: Unseen | undefined
}

/** The blind spots of an answer about an API on `gateway`, a `namespace/name`. */
export function blindSpots(gateway: string, { gatewayService }: Configuration, view: View): BlindSpots {
  const unseen = (kind: Kind, namespace?: string): Unseen | undefined =>
    view.readable(kind, namespace) ? undefined : { kind, namespace }
  return {
    gateway: unseen(GATEWAY, gateway.slice(0, gateway.indexOf('/'))),
    front: unseen(SERVICE, gatewayService?.namespace),
  }
}
