/**
 * The writes there are, each of them only if it changes something.
 */

import type { Kind, KubeObject, RenderedObject } from '@exposedapi/objects'
import { ConflictError, codeOf } from '../client/api-error.ts'
import type { KindCache } from '../kinds/kind-cache.ts'
import { AppliedContents, difference } from '../managed-fields/apply-difference.ts'
import { type FieldSet, missingField } from '../managed-fields/field-ownership.ts'
import { hasSameController, takingOver } from '../managed-fields/take-over.ts'
import { collectionPath } from '../objects/paths.ts'
import { hasApplied } from './applied-annotations.ts'
import { type LiveReadOptions, readLive } from './live-read.ts'
import { describe, includes, isGone, type MergePatch, outcomeOf } from './write-outcome.ts'
import { cachedIn, type WriterContext, WriteSender } from './write-sender.ts'

/** Options of a status write. */
export interface PatchStatusOptions {
  /** The reader on whose behalf we write; it is not woken by its own write. */
  readonly writer?: string | undefined
  /** Send the resourceVersion of `object`: the write fails with a ConflictError when somebody was faster. Default false. */
  readonly lock?: boolean | undefined
}

const APPLY = 'application/apply-patch+yaml'
const MERGE = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'

/** Sends writes of one field manager. */
export class Writer {
  readonly #context: WriterContext
  readonly #sender: WriteSender
  readonly #applied = new AppliedContents()

  constructor(context: WriterContext) {
    this.#context = context
    this.#sender = new WriteSender(context)
  }

  /** Creates the object, or server-side apply, forced, if that would change anything. */
  async apply(object: RenderedObject, writer?: string): Promise<'created' | 'updated' | 'unchanged'> {
    const cache = this.#context.cacheOfObject(object)
    const cached = cachedIn(cache, object)
    if (!cached) return this.#create(cache, object, writer)
    const owned = this.#owned(cache, object)
    if (!difference(object, cached, owned) || this.#applied.has(cached, object)) return 'unchanged'
    // An apply leaves alone what an update has set.
    const leaves = owned ? missingField(owned, object) !== undefined : hasSameController(object, cached)
    if (leaves) await this.#takeOver(cache, cached)
    const { namespace = '', name } = object.metadata
    const { code, raw } = await this.#sender.send({ cache, verb: 'apply', object, written: object, writer }, () =>
      this.#sender.request({
        method: 'PATCH',
        path: cache.path(namespace, name),
        query: { fieldManager: this.#context.fieldManager, force: true },
        contentType: APPLY,
        body: object,
      }),
    )
    this.#remember(cache, object, raw)
    if (code === 201) return 'created'
    return raw.metadata.resourceVersion === cached.metadata.resourceVersion ? 'unchanged' : 'updated'
  }

  /** Merge patch of the status, wherever the cluster keeps it. */
  async patchStatus<T extends KubeObject>(
    kind: Kind<T>,
    object: T,
    status: MergePatch,
    { writer, lock = false }: PatchStatusOptions = {},
  ): Promise<T> {
    const cache = this.#context.cacheOf(kind)
    const { uid, resourceVersion } = object.metadata
    const metadata = { ...(uid !== undefined && { uid }), ...(lock && { resourceVersion }) }
    const body = { metadata, status }
    try {
      const { raw } = await this.#sender.send(
        { cache, verb: 'patch_status', object, written: { status }, writer },
        () => this.#sendStatus(cache, object, body),
      )
      // A status subresource ignores the uid that we sent, so another object of that name has got this status. The
      // decision about that object, woken by this change, will correct it.
      if (uid !== undefined && raw.metadata.uid !== uid)
        throw new ConflictError(`status of ${describe(object)}: it was deleted, and created again`)
      return (cachedIn(cache, object) ?? cache.use.kind.project(raw)) as T
    } catch (error) {
      // 422: the uid is another one, so this is another object of that name.
      if (codeOf(error) !== 409 && codeOf(error) !== 422) throw error
      await this.refresh(kind, object.metadata.namespace ?? '', object.metadata.name)
      if (codeOf(error) === 422 && cachedIn(cache, object)?.metadata.uid === uid) throw error
      throw new ConflictError(`status of ${describe(object)}: somebody else has changed it`, { cause: error })
    }
  }

  /** Applies annotations to an object of somebody else. Resolves when it is gone; rejects (409) when they belong to others. */
  async applyAnnotations(
    kind: Kind,
    object: KubeObject,
    annotations: Readonly<Record<string, string>>,
    manager: string,
  ): Promise<void> {
    const cache = this.#context.cacheOf(kind)
    const { namespace, name, uid } = object.metadata
    if (hasApplied(cache, object, annotations, manager)) return
    const { apiVersion } = cache.served ?? object
    const metadata = {
      name,
      ...(namespace && { namespace }),
      uid,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    }
    const rendered = { apiVersion, kind: kind.kind, metadata }
    try {
      await this.#sender.send({ cache, verb: 'apply_annotations', object, written: rendered }, () =>
        this.#sender.request({
          method: 'PATCH',
          path: cache.path(namespace ?? '', name),
          query: { fieldManager: manager, force: false },
          contentType: APPLY,
          body: rendered,
        }),
      )
    } catch (error) {
      if (!isGone(error)) throw error
      await this.refresh(kind, namespace ?? '', name)
    }
  }

  /** Deletes this very object, no other of its name. Resolves when it is gone already. */
  async delete(kind: Kind, object: KubeObject): Promise<void> {
    const cache = this.#context.cacheOf(kind)
    const { namespace = '', name, uid } = object.metadata
    const count = (outcome: string) => this.#sender.count(cache, 'delete', outcome)
    try {
      const { body: answer } = await this.#sender.request<
        KubeObject & { metadata: { deletionGracePeriodSeconds?: number } }
      >({
        method: 'DELETE',
        path: cache.path(namespace, name),
        body: { ...(uid && { preconditions: { uid } }), propagationPolicy: 'Background' },
      })
      count('success')
      // Some kinds answer with the object: it stays while finalizers or a grace period hold it.
      const meta = answer.kind === 'Status' ? undefined : answer.metadata
      const stays = (meta?.finalizers?.length ?? 0) > 0 || (meta?.deletionGracePeriodSeconds ?? 0) > 0
      if (stays) cache.store.answered(answer)
      else cache.store.deleted(object)
      this.#context.unconfirmed.expect(cache, object)
    } catch (error) {
      count(outcomeOf(error))
      if (codeOf(error) === 404) cache.store.deleted(object)
      else if (codeOf(error) === 409) await this.refresh(kind, namespace, name)
      else throw error
    }
  }

  /** Reads the object from the API server into the cache. */
  refresh<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    options?: LiveReadOptions,
  ): Promise<T | undefined> {
    return readLive<T>(this.#context.client, this.#context.cacheOf(kind), namespace, name, options)
  }

  /** Forgets what is remembered of a deleted object. */
  forget(uid: string | undefined): void {
    this.#applied.delete(uid)
  }

  /**
   * Not by an apply: that would take over an object of somebody else which the cache does not show yet, and costs the API
   * server more. Rejects with a ConflictError when there is one.
   */
  async #create(cache: KindCache, object: RenderedObject, writer: string | undefined): Promise<'created'> {
    const { namespace = '', name } = object.metadata
    try {
      const { raw } = await this.#sender.send({ cache, verb: 'create', object, written: object, writer }, () =>
        this.#sender.request({
          method: 'POST',
          path: collectionPath(cache.ref(), namespace),
          query: { fieldManager: this.#context.fieldManager },
          body: object,
        }),
      )
      this.#remember(cache, object, raw)
      return 'created'
    } catch (error) {
      if (codeOf(error) !== 409) throw error
      await this.refresh(cache.use.kind, namespace, name)
      throw new ConflictError(`create ${describe(object)}: it already exists`, { cause: error })
    }
  }

  /** A server that prunes or defaults what we send would get the same apply for ever. */
  #remember(cache: KindCache, object: RenderedObject, answer: KubeObject): void {
    if (difference(object, cachedIn(cache, object), this.#owned(cache, object))) this.#applied.add(answer, object)
  }

  /** Fields that an update has set become those of our applies: what the program before us set, or our own creation. */
  async #takeOver(cache: KindCache, object: KubeObject): Promise<void> {
    const { namespace = '', name, resourceVersion = '' } = object.metadata
    const { fieldManager } = this.#context
    const entry = cache.store.updateEntry(namespace, name)
    if (!entry) return
    try {
      await this.#sender.send({ cache, verb: 'take_over', object, written: {} }, () =>
        this.#sender.request({
          method: 'PATCH',
          path: cache.path(namespace, name),
          query: { fieldManager },
          contentType: JSON_PATCH,
          body: takingOver(entry, resourceVersion, fieldManager),
        }),
      )
    } catch (error) {
      // 422: the test on the resourceVersion has failed.
      if (codeOf(error) !== 409 && codeOf(error) !== 422) throw error
      await this.refresh(cache.use.kind, namespace, name)
      throw new ConflictError(`take over ${describe(object)}: somebody else has changed it`, { cause: error })
    }
  }

  async #sendStatus(
    cache: KindCache,
    object: KubeObject,
    body: { status: MergePatch },
  ): Promise<{ code: number; body: KubeObject }> {
    const { namespace = '', name } = object.metadata
    const send = (subresource: string | undefined) =>
      this.#sender.request({
        method: 'PATCH',
        path: cache.path(namespace, name, subresource),
        contentType: MERGE,
        body,
        query: { fieldManager: this.#context.fieldManager },
      })
    const first = cache.served?.hasStatus ? 'status' : undefined
    const second = first === undefined ? 'status' : undefined
    try {
      const answer = await send(first)
      // A CRD that has gained the subresource since: the main resource drops the status and says 200.
      if (first === 'status' || includes(answer.body, body.status)) return answer
      this.#context.rediscover()
      return await send(second).catch((error: unknown) => {
        if (codeOf(error) === 404) return answer
        throw error
      })
    } catch (error) {
      if (codeOf(error) !== 404 || first !== 'status') throw error
      this.#context.rediscover()
      return await send(second)
    }
  }

  #owned(cache: KindCache, { metadata: { namespace = '', name } }: KubeObject): FieldSet | undefined {
    return cache.store.ownership(namespace, name).get(this.#context.fieldManager)
  }
}
