/** What the suite has to know about a metrics adapter. */
import type { MetricsAdapter } from '../../adapters/metrics.ts'
import type { MemoryView } from '../../cluster/memory-view.ts'
import type { OwnReasons } from '../common/declarations.ts'
import type { Skips } from '../facts.ts'
import type { Hold } from '../runs.ts'

/** A metrics adapter, and what it is held to. */
export interface MetricsContract {
  readonly name: string
  /** Makes a new instance. */
  readonly make: () => MetricsAdapter
  /**
   * Puts into the view what the adapter needs. There are already Service `components/catalog-svc` (selector and label
   * `app: catalog`, ports `http` 8080 and `admin` 8081) with ready endpoints, and `other-svc`, whose app is `other`; an
   * annotating adapter adds the Pods.
   */
  readonly world?: (view: MemoryView) => void
  readonly supports: {
    /** Does it render objects in `world`? */
    readonly objects: boolean
    /** Does it hold annotations on objects of others in `world`? */
    readonly annotations: boolean
  }
  /** Default: in `metadata.annotations`, noted in `metadata.managedFields` as server-side apply does. */
  readonly hold?: Hold
  /** The `reasons` of the descriptor. */
  readonly reasons?: OwnReasons
  /** Facts that do not hold, by name, each with the reason. They are skipped and reported. */
  readonly skip?: Skips
}
