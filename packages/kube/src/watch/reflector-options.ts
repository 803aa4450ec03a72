/** What a reflector needs and what it reports. */

import type { KubeObject } from '@exposedapi/objects'
import type { ListTransaction } from '../cache/store.ts'
import type { ApiError } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import type { GrantedRights } from './granted-rights.ts'

/** Where the objects go. */
export interface Sink {
  beginList(): ListTransaction
  put(object: KubeObject): void
  remove(object: KubeObject): void
  bookmark(resourceVersion: string): void
}

/** What a reflector needs. */
export interface ReflectorOptions {
  readonly client: RestClient
  /** `endpointslices.discovery.k8s.io`: for logs and metrics. */
  readonly resource: string
  /** `apiVersion` and `kind` of the objects; items of a list carry neither for some kinds. */
  readonly apiVersion: string
  readonly kind: string
  /** Path of the collection. */
  readonly path: string
  readonly sink: Sink
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** Called after the first complete list. */
  readonly onSynced: () => void
  /** Called on each 404 of the collection: the kind may be gone. */
  readonly onMissing: () => void
  /** Called when an attempt failed, with its error. */
  readonly onFailure?: (error: ApiError) => void
  /** Called when the server allows what it has forbidden before. */
  readonly onAdmitted?: () => void
  /** Where others tell of rights that have been granted, and where it tells of its own. */
  readonly rights?: GrantedRights
  /** Ask for the initial state as a stream (WatchList). Falls back to the paged list. Default true. */
  readonly streamingList?: boolean
  /** ms without a byte after which a watch counts as dead. Default 70,000. */
  readonly inactivityMs?: number
}

/** State of a reflector, for health and debugging. */
export interface ReflectorHealth {
  readonly state: 'listing' | 'watching' | 'waiting' | 'stopped'
  readonly synced: boolean
  /** When the last byte, complete list or attempt was seen, in ms of the clock: a reflector without any of them is dead. */
  readonly aliveAt: number
  /** When the last byte of a watch or the last complete list arrived. */
  readonly heardAt: number
  /** Why the last attempt failed; undefined since the last success. */
  readonly lastError: string | undefined
  readonly lastErrorCode: number | undefined
}
