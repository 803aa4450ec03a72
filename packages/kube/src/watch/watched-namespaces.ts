/**
 * The namespaces to watch where the cluster as a whole may not be watched.
 *
 * Names are known from the setting. Globs need to know which namespaces exist: they are watched, if that is allowed, from
 * the moment somebody follows.
 */

import type { KubeObject } from '@exposedapi/objects'
import type { ApiError } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import type { GrantedRights } from './granted-rights.ts'
import type { NamespaceSet } from './namespace-patterns.ts'
import { Reflector } from './reflector.ts'
import type { Sink } from './reflector-options.ts'

/** What it needs. */
export interface WatchedNamespacesOptions {
  readonly set: NamespaceSet
  readonly client: RestClient
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly rights: GrantedRights
  /** Called when `waiting` may have changed. */
  readonly onProgress: () => void
}

/** Knows the namespaces of a setting, one by one. */
export class WatchedNamespaces {
  readonly #options: WatchedNamespacesOptions
  readonly #existing = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #reflector: Reflector | undefined
  #isForbidden = false

  constructor(options: WatchedNamespacesOptions) {
    this.#options = options
  }

  /** Those of the setting and, for kinds that are wanted everywhere, those that are also read. */
  toWatch(everywhere: boolean): ReadonlySet<string> {
    const { includes, names, alsoRead } = this.#options.set
    return new Set([...names, ...(everywhere ? alsoRead : []), ...[...this.#existing].filter(includes)])
  }

  /** Whether objects of the namespace are served, and not only read. */
  serves(namespace: string): boolean {
    return this.#options.set.includes(namespace)
  }

  /** Calls `listener` whenever `toWatch` changes; begins to watch Namespaces if globs need it. */
  follow(listener: () => void): void {
    this.#listeners.add(listener)
    if (this.#options.set.globs.length > 0) this.#reflector ??= this.#watch()
  }

  /** Ends what `follow` began. */
  unfollow(listener: () => void): void {
    this.#listeners.delete(listener)
  }

  /** Why it is not known yet which namespaces there are. */
  get waiting(): string | undefined {
    if (!this.#reflector || this.#isForbidden || this.#reflector.health().synced) return undefined
    return `namespaces: ${this.#reflector.health().lastError ?? 'not yet listed'}`
  }

  /** The rule without which some of the namespaces are not served, if it is missing. */
  get forbidden(): string | undefined {
    const { globs } = this.#options.set
    return this.#isForbidden && this.#listeners.size > 0
      ? `list and watch namespaces, needed for the namespace patterns ${globs.join(' ')}`
      : undefined
  }

  async stop(): Promise<void> {
    await this.#reflector?.stop()
  }

  #watch(): Reflector {
    const { client, clock, log, telemetry, rights, onProgress } = this.#options
    const reflector = new Reflector({
      client,
      clock,
      log,
      telemetry,
      rights,
      resource: 'namespaces',
      apiVersion: 'v1',
      kind: 'Namespace',
      path: '/api/v1/namespaces',
      sink: this.#sink(),
      onSynced: onProgress,
      onMissing: () => {},
      onFailure: (error) => this.#failed(error),
      onAdmitted: () => this.#changed(),
    })
    reflector.start()
    return reflector
  }

  #sink(): Sink {
    const add = ({ metadata: { name } }: KubeObject) => {
      if (this.#existing.has(name)) return
      this.#existing.add(name)
      this.#changed()
    }
    return {
      beginList: () => {
        const listed = new Set<string>()
        return {
          add: ({ metadata: { name } }) => void listed.add(name),
          commit: () => {
            this.#existing.clear()
            for (const name of listed) this.#existing.add(name)
            this.#changed()
          },
        }
      },
      put: add,
      remove: ({ metadata: { name } }) => {
        if (this.#existing.delete(name)) this.#changed()
      },
      bookmark: () => {},
    }
  }

  #changed(): void {
    this.#isForbidden = false
    for (const listener of [...this.#listeners]) listener()
    this.#options.onProgress()
  }

  #failed(error: ApiError): void {
    if (error.code !== 403 || this.#isForbidden) return
    this.#isForbidden = true
    const { set, log, onProgress } = this.#options
    log.error(
      { globs: set.globs, missing: 'list and watch namespaces' },
      'no permission to list and watch namespaces: serving only those that are named exactly',
    )
    onProgress()
  }
}
