/**
 * One write: sent, counted, and its answer in the cache before anybody decides again.
 */

import { type Kind, type KubeObject, nameKey } from '@exposedapi/objects'
import { ApiError, codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { Answer, RequestOptions } from '../client/rest-request.ts'
import type { KindCache } from '../kinds/kind-cache.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { readLive } from './live-read.ts'
import type { OwnEchoes } from './own-echoes.ts'
import type { UnconfirmedWrites } from './unconfirmed-writes.ts'
import { isOurs, outcomeOf } from './write-outcome.ts'

/** What writes need. */
export interface WriterContext {
  readonly client: RestClient
  /** Asked just before each write is sent. */
  readonly mayWrite?: (() => boolean) | undefined
  readonly fieldManager: string
  readonly telemetry: Telemetry
  readonly echoes: OwnEchoes
  readonly unconfirmed: Pick<UnconfirmedWrites, 'expect'>
  /** The cache of a kind that was declared. Throws otherwise. */
  readonly cacheOf: (kind: Pick<Kind, 'group' | 'plural'>) => KindCache
  /** The cache of the kind of an object that was rendered. Throws when that kind was not declared. */
  readonly cacheOfObject: (object: KubeObject) => KindCache
  /** The served versions may have changed. */
  readonly rediscover: () => void
  /** Wakes one reader for a change that was muted while its own write was under way. */
  readonly notify: (
    cache: KindCache,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    reader: string,
  ) => void
}

/** A write to be sent. */
export interface Write {
  readonly cache: KindCache
  /** For the metric. */
  readonly verb: string
  readonly object: KubeObject
  /** What is sent of it: its leaves and lists are ours. */
  readonly written: unknown
  /** The reader on whose behalf we write; it is not woken by its own write. */
  readonly writer?: string | undefined
}

/**
 * By default the API server reads each write a second time to warn of fields that it does not know, which costs it a few per
 * cent of its CPU time. Whether it keeps what we send we see in its answer. The schema is checked in any case.
 */
const VALIDATION = { fieldValidation: 'Ignore' } as const

/** Sends writes. */
export class WriteSender {
  readonly #context: WriterContext

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** A request that is sent only while we may write. */
  request<T = KubeObject>(options: RequestOptions): Promise<Answer<T>> {
    const { client, mayWrite } = this.#context
    const query = { ...options.query, ...(options.method !== 'DELETE' && VALIDATION) }
    return client.send<T>({ ...options, query, mayWrite })
  }

  /** Sends one write by `send` and resolves with its answer. */
  async send(
    { cache, verb, object, written, writer }: Write,
    send: () => Promise<Answer<KubeObject>>,
  ): Promise<{ code: number; raw: KubeObject }> {
    const { echoes, notify, unconfirmed, rediscover } = this.#context
    const key = objectKey(cache, object)
    const write = echoes.begin(key, writer ?? '', cachedIn(cache, object))
    let raw: KubeObject | undefined
    try {
      const { code, body } = await send()
      raw = body
      this.count(cache, verb, 'success')
      cache.store.answered(raw)
      unconfirmed.expect(cache, raw)
      return { code, raw }
    } catch (error) {
      this.count(cache, verb, outcomeOf(error))
      if (codeOf(error) === 404) rediscover()
      if (error instanceof ApiError && error.ambiguous) await this.#readAgain(cache, object)
      throw error
    } finally {
      echoes.end(key, write)
      const after = cachedIn(cache, object)
      const onlyOurs =
        raw?.metadata.resourceVersion === after?.metadata.resourceVersion && isOurs(write.before, after, written)
      if (writer !== undefined && write.muted && !onlyOurs) notify(cache, write.before, after, writer)
    }
  }

  /** Counts a write by its outcome. */
  count(cache: KindCache, verb: string, outcome: string): void {
    this.#context.telemetry.count('writes_total', { resource: cache.name, verb, outcome })
  }

  /** After a write of unknown outcome: only the API server knows what the object is now. */
  async #readAgain(cache: KindCache, object: KubeObject): Promise<void> {
    const { namespace = '', name } = object.metadata
    const limits = { timeoutMs: 5000, retry: false } as const
    // If this fails as well, the watch will show it; the key is tried again in any case.
    await readLive(this.#context.client, cache, namespace, name, limits).catch(() => {})
  }
}

/** What is cached under the name of an object. */
export function cachedIn(cache: KindCache, object: KubeObject): KubeObject | undefined {
  return cache.store.get(object.metadata.namespace ?? '', object.metadata.name)
}

/** The key under which writes of an object are known. */
export function objectKey(cache: KindCache, object: KubeObject): string {
  return nameKey(cache.use.kind, object.metadata.namespace ?? '', object.metadata.name)
}
