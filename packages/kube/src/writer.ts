/**
 * Writes, each of them only if it changes something, with its answer in the cache before anybody looks again.
 */
import { ConflictError, codeOf } from './api-error.ts'
import { AppliedContents, difference } from './apply.ts'
import type { Kind, KubeObject, RenderedObject } from './kind.ts'
import type { FieldSet } from './ownership.ts'
import type { Resource } from './resource.ts'
import type { RestClient } from './rest-client.ts'
import type { Telemetry } from './telemetry.ts'
import { nameKey } from './tracked-view.ts'
import { describe, includes, isGone, isOurs, outcomeOf } from './write-outcome.ts'
import type { WritesInFlight } from './writes-in-flight.ts'

/** A JSON merge patch (RFC 7386): `null` removes, lists are replaced whole. */
export type MergePatch = Readonly<Record<string, unknown>>

/** Options of a status write. */
export interface PatchStatusOptions {
  /** The reader on whose behalf we write; it is not woken by its own write. */
  readonly writer?: string | undefined
  /** Send the resourceVersion of `object`: the write fails with a ConflictError when somebody was faster. Default false. */
  readonly lock?: boolean | undefined
}

/** What a writer stands on. */
export interface WriterContext {
  readonly client: RestClient
  readonly fieldManager: string
  readonly telemetry: Telemetry
  readonly inFlight: WritesInFlight
  /** The resource of a kind that was declared. Throws otherwise. */
  readonly resourceOf: (kind: Pick<Kind, 'group' | 'plural'>) => Resource
  /** The resource of an object that was rendered. Throws when its kind was not declared. */
  readonly resourceOfObject: (object: KubeObject) => Resource
  /** The served versions may have changed. */
  readonly rediscover: () => void
  /** Tells one reader of a change that was held back. */
  readonly notify: (
    resource: Resource,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    reader: string,
  ) => void
}

const APPLY = 'application/apply-patch+yaml'
const MERGE = 'application/merge-patch+json'

/** Sends writes of one field manager. */
export class Writer {
  readonly #context: WriterContext
  readonly #applied = new AppliedContents()

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Server-side apply, forced, if it would change anything. */
  async apply(object: RenderedObject, writer?: string): Promise<'created' | 'updated' | 'unchanged'> {
    const resource = this.#context.resourceOfObject(object)
    const { namespace = '', name } = object.metadata
    const cached = resource.store.get(namespace, name)
    const content = JSON.stringify(object)
    const owned = resource.store.ownership(namespace, name).get(this.#context.fieldManager)
    if (!difference(object, cached, owned) || (cached && this.#applied.has(cached, content))) return 'unchanged'
    const { code, raw } = await this.#write(resource, 'apply', object, object, writer, () =>
      this.#context.client.send<KubeObject>({
        method: 'PATCH',
        path: resource.path(namespace, name),
        query: { fieldManager: this.#context.fieldManager, force: true },
        contentType: APPLY,
        body: object,
      }),
    )
    this.#applied.add(raw, content)
    if (code === 201) return 'created'
    return raw.metadata.resourceVersion === cached?.metadata.resourceVersion ? 'unchanged' : 'updated'
  }

  /** Merge patch of the status, wherever the cluster keeps it. */
  async patchStatus<T extends KubeObject>(
    kind: Kind<T>,
    object: T,
    status: MergePatch,
    { writer, lock = false }: PatchStatusOptions = {},
  ): Promise<T> {
    const resource = this.#context.resourceOf(kind)
    const { uid, resourceVersion } = object.metadata
    const metadata = { ...(uid !== undefined && { uid }), ...(lock && { resourceVersion }) }
    const body = { metadata, status }
    try {
      const { raw } = await this.#write(resource, 'patch_status', object, { status }, writer, () =>
        this.#sendStatus(resource, object, body),
      )
      // A status subresource ignores the uid that we sent. The other object has been told a lie; its own decision,
      // woken by this change, will put it right.
      if (uid !== undefined && raw.metadata.uid !== uid)
        throw new ConflictError(`status of ${describe(object)}: it is another object now`)
      return (this.#held(resource, object) ?? resource.use.kind.project(raw)) as T
    } catch (error) {
      // 422: the uid is another one, so this is another object of that name.
      if (codeOf(error) !== 409 && codeOf(error) !== 422) throw error
      await this.refresh(kind, object.metadata.namespace ?? '', object.metadata.name)
      if (codeOf(error) === 422 && this.#held(resource, object)?.metadata.uid === uid) throw error
      throw new ConflictError(`status of ${describe(object)}: somebody else was faster`, { cause: error })
    }
  }

  /** Holds annotations on an object of somebody else. Resolves when it is gone; rejects (409) when they belong to others. */
  async hold(
    kind: Kind,
    object: KubeObject,
    annotations: Readonly<Record<string, string>>,
    manager: string,
  ): Promise<void> {
    const resource = this.#context.resourceOf(kind)
    const { namespace, name, uid } = object.metadata
    if (this.#holds(resource, object, annotations, manager)) return
    const { apiVersion } = resource.served ?? object
    const metadata = {
      name,
      ...(namespace && { namespace }),
      uid,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    }
    const rendered = { apiVersion, kind: kind.kind, metadata }
    try {
      await this.#write(resource, 'hold', object, rendered, undefined, () =>
        this.#context.client.send<KubeObject>({
          method: 'PATCH',
          path: resource.path(namespace ?? '', name),
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
    const resource = this.#context.resourceOf(kind)
    const { namespace = '', name, uid } = object.metadata
    const count = (outcome: string) => this.#count(resource, 'delete', outcome)
    try {
      const answer = await this.#context.client.request<
        KubeObject & { metadata: { deletionGracePeriodSeconds?: number } }
      >({
        method: 'DELETE',
        path: resource.path(namespace, name),
        body: { ...(uid && { preconditions: { uid } }), propagationPolicy: 'Background' },
      })
      count('success')
      // Some kinds answer with the object: it stays while finalizers or a grace period hold it.
      const meta = answer.kind === 'Status' ? undefined : answer.metadata
      const stays = (meta?.finalizers?.length ?? 0) > 0 || (meta?.deletionGracePeriodSeconds ?? 0) > 0
      if (stays) resource.store.answered(answer)
      else resource.store.deleted(object)
    } catch (error) {
      count(outcomeOf(error))
      if (codeOf(error) === 404) resource.store.deleted(object)
      else if (codeOf(error) === 409) await this.refresh(kind, namespace, name)
      else throw error
    }
  }

  /** Reads the object from the API server into the cache. */
  async refresh<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
    const resource = this.#context.resourceOf(kind)
    const before = resource.store.get(namespace, name)
    try {
      const raw = await this.#context.client.request<KubeObject>({ path: resource.path(namespace, name) })
      return resource.store.answered(raw) as T | undefined
    } catch (error) {
      if (codeOf(error) !== 404) throw error
      // An object that came or changed while we asked is newer than this answer.
      if (before && resource.store.get(namespace, name) === before) resource.store.deleted(before)
      return resource.store.get(namespace, name) as T | undefined
    }
  }

  /** Forgets what is remembered of a deleted object. */
  forget(uid: string | undefined): void {
    this.#applied.delete(uid)
  }

  async #write(
    resource: Resource,
    verb: string,
    object: KubeObject,
    written: unknown,
    writer: string | undefined,
    send: () => Promise<{ code: number; body: KubeObject }>,
  ): Promise<{ code: number; raw: KubeObject }> {
    const { inFlight, notify } = this.#context
    const key = objectKey(resource, object)
    const write = inFlight.begin(key, writer ?? '', this.#held(resource, object))
    let raw: KubeObject | undefined
    try {
      const { code, body } = await send()
      raw = body
      this.#count(resource, verb, 'success')
      resource.store.answered(raw)
      return { code, raw }
    } catch (error) {
      this.#count(resource, verb, outcomeOf(error))
      if (codeOf(error) === 404) this.#context.rediscover()
      throw error
    } finally {
      inFlight.end(key, write)
      const after = this.#held(resource, object)
      const onlyOurs =
        raw?.metadata.resourceVersion === after?.metadata.resourceVersion && isOurs(write.before, after, written)
      if (writer !== undefined && write.held && !onlyOurs) notify(resource, write.before, after, writer)
    }
  }

  async #sendStatus(
    resource: Resource,
    object: KubeObject,
    body: { status: MergePatch },
  ): Promise<{ code: number; body: KubeObject }> {
    const { namespace = '', name } = object.metadata
    const send = (subresource: string | undefined) =>
      this.#context.client.send<KubeObject>({
        method: 'PATCH',
        path: resource.path(namespace, name, subresource),
        contentType: MERGE,
        body,
        query: { fieldManager: this.#context.fieldManager },
      })
    const first = resource.served?.hasStatus ? 'status' : undefined
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

  #holds(
    resource: Resource,
    object: KubeObject,
    annotations: Readonly<Record<string, string>>,
    manager: string,
  ): boolean {
    // Ownership is kept only for kinds that are declared to be annotated.
    if (!resource.use.annotates) return false
    const { namespace = '', name, uid } = object.metadata
    const cached = resource.store.get(namespace, name)
    if (cached?.metadata.uid !== uid) return false
    const fields = resource.store.ownership(namespace, name).get(manager)
    const held = fields?.['f:metadata']?.['f:annotations'] ?? ({} as FieldSet)
    const names = Object.keys(held)
      .filter((step) => step !== '.')
      .map((step) => step.slice(2))
    if (names.length !== Object.keys(annotations).length) return false
    return names.every(
      (key) => annotations[key] !== undefined && cached?.metadata.annotations?.[key] === annotations[key],
    )
  }

  #held(resource: Resource, object: KubeObject): KubeObject | undefined {
    return resource.store.get(object.metadata.namespace ?? '', object.metadata.name)
  }

  #count(resource: Resource, verb: string, outcome: string): void {
    this.#context.telemetry.count('writes_total', { resource: resource.name, verb, outcome })
  }
}

/** The key under which writes of an object are known. */
export function objectKey(resource: Resource, object: KubeObject): string {
  return nameKey(resource.use.kind, object.metadata.namespace ?? '', object.metadata.name)
}
