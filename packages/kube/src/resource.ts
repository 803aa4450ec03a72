/** One kind in the cluster: its cache, and the reflector that fills it while the kind is served. */
import type { ApiError } from './api-error.ts'
import type { Clock } from './clock.ts'
import { CRD_KIND } from './crd-facts.ts'
import { isSameServed, type Served } from './discovery.ts'
import { type Index, type Kind, type KindUse, type KubeObject, resourceName } from './kind.ts'
import type { Logger } from './log.ts'
import { collectionPath, objectPath } from './paths.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorHealth } from './reflector-contract.ts'
import type { RestClient } from './rest-client.ts'
import { Store, type StoreChange } from './store.ts'
import type { Telemetry } from './telemetry.ts'

/** The uses of one kind by everybody, merged. */
export interface MergedUse {
  readonly kind: Kind
  readonly owns: boolean
  readonly annotates: boolean
  readonly everywhere: boolean
  readonly optional: boolean
}

/** What resources share. */
export interface ResourceContext {
  readonly client: RestClient
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly fieldManager: string
  readonly namespaces: ((namespace: string) => boolean) | undefined
  readonly inspect?: (raw: KubeObject) => unknown
  readonly emit: (resource: Resource, change: StoreChange) => void
  readonly report: (resource: string, what: string, error: unknown) => void
  readonly onSynced: (resource: Resource) => void
  readonly onMissing: (resource: Resource) => void
}

/** Merges uses by kind. Throws when two Kind objects describe the same resource differently. */
export function mergeUses(uses: readonly KindUse[]): MergedUse[] {
  const merged = new Map<string, MergedUse>()
  for (const { kind, use, scope = 'apis', optional = false } of uses) {
    const name = resourceName(kind)
    const known = merged.get(name)
    if (known && known.kind !== kind && known.kind.project !== kind.project) {
      throw new Error(
        `two different Kind objects describe ${name}: there is one cache for each resource, so share one Kind`,
      )
    }
    merged.set(name, {
      kind: known?.kind ?? kind,
      owns: (known?.owns ?? false) || use === 'own',
      annotates: (known?.annotates ?? false) || use === 'annotate',
      everywhere: (known?.everywhere ?? false) || scope === 'cluster',
      optional: (known?.optional ?? true) && optional,
    })
  }
  return [...merged.values()]
}

/** CRDs are always watched, since they tell when a kind comes and goes. */
export function withCrds(uses: MergedUse[]): MergedUse[] {
  return uses.some((use) => resourceName(use.kind) === resourceName(CRD_KIND)) ? uses : [...uses, WATCHED_CRDS]
}

/** The engine's own use of CRDs: nobody else hears of their changes. */
export const WATCHED_CRDS: MergedUse = {
  kind: CRD_KIND,
  owns: false,
  annotates: false,
  everywhere: true,
  optional: true,
}

/** Cache and reflector of one kind. */
export class Resource {
  readonly name: string
  readonly use: MergedUse
  readonly store: Store<KubeObject>
  readonly #context: ResourceContext
  #served: Served | undefined
  /** Whether discovery has had an answer, be it `absent`. */
  #known = false
  #reflector: Reflector | undefined

  constructor(use: MergedUse, indexes: readonly Index[], context: ResourceContext) {
    this.use = use
    this.name = resourceName(use.kind)
    this.#context = context
    this.store = new Store({
      kind: use.kind,
      indexes,
      namespaces: use.everywhere || use.kind.namespaced === false ? undefined : context.namespaces,
      managers: managersOf(use, context.fieldManager),
      inspect: context.inspect,
      emit: (change) => context.emit(this, change),
      report: (what, error) => context.report(this.name, what, error),
    })
  }

  /** How the cluster serves the kind, or undefined while it does not. */
  get served(): Served | undefined {
    return this.#served
  }

  /** Why the start must still wait for this resource, or undefined. */
  get missing(): string | undefined {
    if (!this.#known) return 'not yet discovered'
    if (!this.#served) return this.use.optional ? undefined : 'not served by the cluster'
    const health = this.health()
    if (health?.synced) return undefined
    // An optional kind that we may not list is as good as absent; it must not hold up everything else.
    if (this.use.optional && health?.lastErrorCode === 403) return undefined
    return health?.lastError ?? 'not yet listed'
  }

  health(): ReflectorHealth | undefined {
    return this.#reflector?.health()
  }

  /** Path of an object of this kind under the served version. Throws when the kind is not served. */
  path(namespace: string, name: string, subresource?: string): string {
    return objectPath(this.ref(), namespace, name, subresource)
  }

  /** Takes over what discovery found. Returns whether anything changed for those who asked `serves`. */
  serve(found: Served | 'absent'): boolean {
    const served = found === 'absent' ? undefined : found
    const former = this.#served
    const first = !this.#known
    this.#known = true
    if (isSameServed(former, served)) return first
    this.#served = served
    if (former?.apiVersion !== served?.apiVersion) this.#restart(former !== undefined)
    return true
  }

  /** Stops watching; the cache stays. */
  async stop(): Promise<void> {
    await this.#reflector?.stop()
  }

  ref() {
    if (!this.#served) throw new Error(`the cluster does not serve ${this.name}`)
    return { group: this.use.kind.group, version: this.#served.version, plural: this.use.kind.plural }
  }

  #restart(reread: boolean): void {
    void this.#reflector?.stop()
    this.#reflector = undefined
    if (!this.#served) {
      this.store.clear()
      return
    }
    const { client, clock, log, telemetry, onSynced, onMissing } = this.#context
    const { store } = this
    let first = reread
    const reflector = new Reflector({
      client,
      clock,
      log,
      telemetry,
      resource: this.name,
      apiVersion: this.#served.apiVersion,
      kind: this.use.kind.kind,
      path: collectionPath(this.ref()),
      sink: {
        beginList: () => store.beginList(first),
        put: (object) => store.put(object),
        remove: (object) => store.remove(object),
        bookmark: (version) => store.bookmark(version),
      },
      onSynced: () => {
        first = false
        onSynced(this)
      },
      onMissing: () => onMissing(this),
      onFailure: (error: ApiError) => this.#explain(error),
    })
    this.#reflector = reflector
    reflector.start()
  }

  #explain(error: ApiError): void {
    if (error.code !== 403) return
    this.#context.log.error(
      { resource: this.name, err: error.message },
      'forbidden: the role of this operator lacks list or watch',
    )
    if (this.use.optional) this.#context.onSynced(this)
  }
}

/** Our own objects need our fields; foreign ones that we annotate need those of whoever holds annotations. */
function managersOf(use: MergedUse, fieldManager: string): ((manager: string) => boolean) | undefined {
  if (use.annotates) return () => true
  return use.owns ? (manager) => manager === fieldManager : undefined
}
