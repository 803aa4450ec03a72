/** One kind in the cluster: its cache, and the reflector that fills it while the kind is served. */

import { type Index, type KubeObject, resourceName } from '@exposedapi/objects'
import { Store } from '../cache/store.ts'
import type { StoreChange } from '../cache/store-change.ts'
import type { Operation } from '../managed-fields/field-ownership.ts'
import type { MergedUse } from '../objects/merged-use.ts'
import { objectPath } from '../objects/paths.ts'
import type { ReflectorHealth } from '../watch/reflector-options.ts'
import { ReflectorSet, type ReflectorSetContext } from '../watch/reflector-set.ts'
import { isSameServed, type Served } from './discovery.ts'

/** What the caches of all kinds share. */
export interface KindCacheContext extends ReflectorSetContext {
  readonly fieldManager: string
  readonly formerManagers: readonly string[]
  readonly inspect?: (raw: KubeObject) => unknown
  readonly emit: (cache: KindCache, change: StoreChange) => void
  readonly report: (resource: string, what: string, error: unknown) => void
  readonly onSynced: (cache: KindCache) => void
  readonly onMissing: (cache: KindCache) => void
  /** More or less of the kind may be read than before. */
  readonly onReadable: (cache: KindCache) => void
}

/** Cache and reflector of one kind. */
export class KindCache {
  readonly name: string
  readonly use: MergedUse
  readonly store: Store<KubeObject>
  readonly #context: KindCacheContext
  #served: Served | undefined
  /** Whether discovery has had an answer, be it `absent`. */
  #known = false
  #reflectors: ReflectorSet | undefined

  constructor(use: MergedUse, indexes: readonly Index[], context: KindCacheContext) {
    this.use = use
    this.name = resourceName(use.kind)
    this.#context = context
    const { namespaces } = context
    this.store = new Store({
      kind: use.kind,
      indexes,
      namespaces:
        use.everywhere || use.kind.namespaced === false || !namespaces
          ? undefined
          : (namespace) => namespaces.serves(namespace),
      managers: managersOf(use, context.fieldManager),
      updateEntryOf: use.owns ? { us: context.fieldManager, formerManagers: context.formerManagers } : undefined,
      inspect: context.inspect,
      emit: (change) => context.emit(this, change),
      report: (what, error) => context.report(this.name, what, error),
    })
  }

  /** How the cluster serves the kind, or undefined while it does not. */
  get served(): Served | undefined {
    return this.#served
  }

  /** Why this kind is not in step, or undefined: the start must still wait for it. */
  get missing(): string | undefined {
    if (!this.#known) return 'not yet discovered'
    if (!this.#served) return this.use.optional ? undefined : 'not served by the cluster'
    return this.#reflectors?.waiting
  }

  /** Rules of RBAC that are missing to list and watch it. */
  get forbidden(): readonly string[] {
    return this.#reflectors?.forbidden ?? []
  }

  /** Whether what is cached is all there is: in one namespace, or wherever the kind is watched. */
  isReadable(namespace?: string): boolean {
    if (!this.#known) return false
    return this.#reflectors?.isReadable(namespace) ?? true
  }

  health(): ReflectorHealth | undefined {
    return this.#reflectors?.health()
  }

  /** Path of an object of this kind under the served version. Throws when the kind is not served. */
  path(namespace: string, name: string, subresource?: string): string {
    return objectPath(this.ref(), namespace, name, subresource)
  }

  /** Takes over what discovery found. Returns whether anything changed for those who asked `serves`. */
  serve(found: Served | 'absent'): boolean {
    const served = found === 'absent' ? undefined : found
    const before = this.#served
    const first = !this.#known
    this.#known = true
    if (isSameServed(before, served)) return first
    this.#served = served
    if (before?.apiVersion !== served?.apiVersion) this.#restart(before !== undefined)
    return true
  }

  /** Stops watching; the cache stays. */
  async stop(): Promise<void> {
    await this.#reflectors?.stop()
  }

  ref() {
    if (!this.#served) throw new Error(`the cluster does not serve ${this.name}`)
    return { group: this.use.kind.group, version: this.#served.version, plural: this.use.kind.plural }
  }

  #restart(reread: boolean): void {
    void this.#reflectors?.stop()
    this.#reflectors = undefined
    if (!this.#served) {
      this.store.clear()
      return
    }
    this.store.partition(false)
    this.#reflectors = new ReflectorSet({
      name: this.name,
      use: this.use,
      namespaced: this.#served.namespaced,
      apiVersion: this.#served.apiVersion,
      ref: this.ref(),
      store: this.store,
      context: this.#context,
      reread,
      onProgress: () => this.#context.onSynced(this),
      onMissing: () => this.#context.onMissing(this),
      onReadable: () => this.#context.onReadable(this),
    })
    this.#reflectors.start()
  }
}

/** Our own objects need our fields, created or applied; foreign ones that we annotate need what anybody has applied. */
function managersOf(
  use: MergedUse,
  fieldManager: string,
): ((manager: string, operation: Operation) => boolean) | undefined {
  if (!use.annotates && !use.owns) return undefined
  return (manager, operation) => (operation === 'Apply' && use.annotates) || (use.owns && manager === fieldManager)
}
