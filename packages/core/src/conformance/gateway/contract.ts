/** What the suite has to know about a gateway adapter. */
import type { KubeObject } from '@exposedapi/objects'
import type { GatewayAdapter } from '../../adapters/gateway.ts'
import type { MemoryView } from '../../cluster/memory-view.ts'
import type { PolicyName } from '../../policies/policies.ts'
import type { OwnReasons } from '../common/declarations.ts'
import type { Skips } from '../facts.ts'
import type { Product } from '../world.ts'

/** A gateway adapter, and what it is held to. */
export interface GatewayContract {
  readonly name: string
  /** Makes a new instance. */
  readonly make: () => GatewayAdapter
  /**
   * Puts into the view what the adapter needs to serve and to know its address: a Gateway, the Service in front of it. The Services
   * of the APIs are there already.
   */
  readonly world?: (view: MemoryView) => void
  readonly supports: {
    /** Policies that the adapter enforces, exactly or approximately, in `world`. */
    readonly policies: readonly PolicyName[]
    /** The status of answers to requests for a denied route. Default 503. */
    readonly denied?: number
  }
  /** Spec fields merged over those that ask for every policy, if the adapter needs other words: `{ template: 'gold' }`. */
  readonly policySpec?: Readonly<Record<string, unknown>>
  /** The `reasons` of the descriptor. */
  readonly reasons?: OwnReasons
  /** Plays the product, if it says anything about objects: facts about its answers are asked through it. */
  readonly answers?: Answers
  /** The objects of all APIs, read as the product reads them: facts about requests are asked through it. */
  readonly serves?: (objects: readonly KubeObject[], request: ServedRequest) => Served
  /** How many random sets of paths are routed through `serves`. Default 1000. */
  readonly samples?: number
  /** Facts that do not hold, by name, each with the reason. They are skipped and reported. */
  readonly skip?: Skips
}

/** What a product says about a stored object; an object about which it says nothing stays as it is. */
export interface Answers {
  /** The object is in force as it is now. */
  readonly yes: Product
  /** The object is refused as it is now, and why. */
  readonly no: Product
  /** Nothing has been said yet, and it will be. Absent if silence means nothing. */
  readonly notYet?: Product
  /** What has been said was yes, to an earlier generation. Absent if generations are not told. */
  readonly oldGeneration?: Product
}

/** A request to the gateway. */
export interface ServedRequest {
  readonly host: string
  readonly path: string
  readonly method: string
  /** Sent by a browser. */
  readonly origin?: string
}

/** Who answers: the gateway by itself with a status, or a Service. */
export type Served =
  | { readonly status: number }
  | {
      /** `namespace/name`. */
      readonly service: string
      readonly port: number
      /** The path that the Service is asked for. */
      readonly path: string
      /** May a page of this origin read the answer? Needed if the adapter supports `cors`. */
      readonly allowsOrigin?: boolean
    }
