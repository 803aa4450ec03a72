/** How the watch of each kind is doing. */
import type { KindCache } from './kind-cache.ts'

/** State of one kind. Ages are in ms. */
export interface KindHealth {
  readonly resource: string
  readonly optional: boolean
  /** `apiVersion` that the cluster serves; undefined when it serves none that we know. */
  readonly served: string | undefined
  readonly state: 'absent' | 'listing' | 'watching' | 'waiting' | 'stopped'
  readonly synced: boolean
  /** Since the last byte of the watch or the last complete list; undefined when absent. */
  readonly lastEventAgeMs: number | undefined
  /** Since the last sign of life: a byte, an attempt, or the moment for which the next attempt is planned. See Liveness. */
  readonly aliveAgeMs: number | undefined
  readonly lastError: string | undefined
  /** HTTP status of the last error; 0: there was no answer. */
  readonly lastErrorCode: number | undefined
  /** Why it is not in step: the start waits for that. Undefined when it is, or is not needed. */
  readonly waiting: string | undefined
  /** Rules of RBAC that are missing: `list and watch services in namespace x`. What they would show is not known. */
  readonly forbidden: readonly string[]
}

/** State of all kinds. */
export interface ClusterHealth {
  /** Everything that the start waits for is in the caches. */
  readonly synced: boolean
  readonly kinds: readonly KindHealth[]
  /** Rules of RBAC that are missing, of all kinds. */
  readonly forbidden: readonly string[]
  /** The rule without which some of the configured namespaces are not served at all. */
  readonly unserved?: string | undefined
}

/** The state of a kind at a moment of its clock. */
export function healthOf(cache: KindCache, now: number): KindHealth {
  const health = cache.health()
  return {
    resource: cache.name,
    optional: cache.use.optional,
    served: cache.served?.apiVersion,
    state: health?.state ?? 'absent',
    synced: health?.synced ?? false,
    lastEventAgeMs: health && now - health.heardAt,
    aliveAgeMs: health && Math.max(0, now - health.aliveAt),
    lastError: health?.lastError ?? cache.missing,
    lastErrorCode: health?.lastErrorCode,
    waiting: cache.missing,
    forbidden: cache.forbidden,
  }
}
