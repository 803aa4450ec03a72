/** The objects of the stub server and their history. */
import { apiVersionOf, isRecord, type KubeObject, sameJson } from '@exposedapi/objects'
import type { JsonPatchOperation } from '../managed-fields/take-over.ts'
import { type Json, mergePatch, serverSideApply } from './stub-apply.ts'
import { type Recorded, status } from './stub-request.ts'

/** A resource that the stub serves. */
export interface StubResource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced?: boolean
  /** Whether the status is a subresource. */
  hasStatus?: boolean
}

/** One event of a watch. */
export interface StubEvent {
  readonly type: string
  readonly object: Json
}

interface Target {
  readonly resource: StubResource
  readonly namespace: string
  readonly name: string | undefined
  readonly subresource: string | undefined
}

interface Answer {
  readonly code: number
  readonly body: unknown
}

/** Objects with one version counter for all of them, as in etcd. */
export class StubObjects {
  readonly resources: StubResource[] = []
  onEvent: (collection: string, event: StubEvent) => void = () => {}
  #version = 100
  #uids = 0
  #oldest = 0
  readonly #objects = new Map<string, Json>()
  readonly #history: { version: number; collection: string; event: StubEvent }[] = []

  get version(): string {
    return String(this.#version)
  }

  /** Creates or replaces an object as somebody else. */
  put(object: Json & { metadata: Json }): KubeObject {
    const resource = this.#resourceOf(object)
    const { namespace = '', name } = object.metadata
    const key = `${collection(resource)}|${namespace}/${name}`
    return this.#store(resource, key, object) as unknown as KubeObject
  }

  /** Deletes an object as somebody else. */
  remove(object: KubeObject): void {
    const resource = this.#resourceOf(object as unknown as Json)
    const { namespace = '', name } = object.metadata
    this.#delete(resource, `${collection(resource)}|${namespace}/${name}`)
  }

  /** The object as it is now. */
  get(object: { apiVersion: string; kind: string; metadata: { namespace?: string; name: string } }): Json | undefined {
    const resource = this.#resourceOf(object)
    return this.#objects.get(`${collection(resource)}|${object.metadata.namespace ?? ''}/${object.metadata.name}`)
  }

  /** Forgets all history: older versions answer 410 from now on. */
  compact(): void {
    this.#version++
    this.#oldest = this.#version
    this.#history.length = 0
  }

  isExpired(from: string): boolean {
    return from !== '' && Number(from) < this.#oldest
  }

  resourceAt(path: string): StubResource | undefined {
    return this.resources.find((resource) => collection(resource) === scopeOf(path).collection)
  }

  eventsSince(path: string, from: string): StubEvent[] {
    return this.#history
      .filter((entry) => isWithin(path, entry.collection, entry.event.object) && entry.version > Number(from))
      .map((entry) => entry.event)
  }

  initialEvents(path: string): StubEvent[] {
    const end = { resourceVersion: this.version, annotations: { 'k8s.io/initial-events-end': 'true' } }
    return [
      ...this.#list(path).map((object) => ({ type: 'ADDED', object })),
      { type: 'BOOKMARK', object: { metadata: end } },
    ]
  }

  /** Answers anything but discovery and watches. */
  answer(request: Recorded): Answer {
    const target = this.#target(request.path)
    if (!target) return notFound(request.path)
    if (request.method === 'POST') return this.#creation(request, target)
    if (target.name === undefined) return this.#listPage(request)
    const { resource, subresource } = target
    if (subresource !== undefined && !(subresource === 'status' && resource.hasStatus)) return notFound(request.path)
    const key = `${collection(resource)}|${target.namespace}/${target.name}`
    const existing = this.#objects.get(key)
    if (request.method === 'PATCH') return this.#patch(request, target, key, existing)
    if (!existing) return notFound(request.path)
    return request.method === 'DELETE'
      ? this.#deletion(request, resource, key, existing)
      : { code: 200, body: existing }
  }

  #listPage(request: Recorded): Answer {
    const all = this.#list(request.path)
    const start = Number(request.query.continue ?? 0)
    const end = request.query.limit ? start + Number(request.query.limit) : all.length
    const metadata = { resourceVersion: this.version, ...(end < all.length && { continue: String(end) }) }
    return { code: 200, body: { kind: 'List', metadata, items: all.slice(start, end) } }
  }

  #patch(
    request: Recorded,
    { resource, subresource, namespace, name }: Target,
    key: string,
    existing: Json | undefined,
  ): Answer {
    const body = request.body ?? {}
    const metadata = (body.metadata ?? {}) as Json
    const current = existing?.metadata as Json | undefined
    const isApply = request.contentType === 'application/apply-patch+yaml'
    if (!existing && !isApply) return notFound(request.path)
    if (metadata.uid !== undefined && metadata.uid !== current?.uid)
      return { code: 409, body: status(409, 'Conflict', 'uid mismatch') }
    const version = metadata.resourceVersion
    if (version !== undefined && version !== current?.resourceVersion)
      return { code: 409, body: status(409, 'Conflict', 'object has been modified') }
    if (Array.isArray(request.body)) return this.#jsonPatch(request.body as never, resource, key, existing as Json)
    const patched = isApply
      ? serverSideApply(existing, body, request.query.fieldManager ?? '')
      : (mergePatch(existing, body) as Json)
    const kept = subresource === 'status' ? { ...existing, status: patched.status } : patched
    if (resource.hasStatus && subresource === undefined) kept.status = existing?.status
    if (existing && sameJson(kept, existing)) return { code: 200, body: existing }
    const full = { ...kept, metadata: { ...(kept.metadata as Json), name, ...(namespace && { namespace }) } }
    return { code: existing ? 200 : 201, body: this.#store(resource, key, full) }
  }

  /** Only what take-overs send, and 422 as Kubernetes says when a test fails. */
  #jsonPatch(operations: JsonPatchOperation[], resource: StubResource, key: string, existing: Json): Answer {
    const copy = structuredClone(existing)
    for (const { op, path, value } of operations) {
      const steps = path.split('/').slice(1)
      const last = steps.pop() ?? ''
      const parent = steps.reduce((object, step) => object[step] as Json, copy)
      if (op === 'test' && parent[last] !== value) return { code: 422, body: status(422, 'Invalid', 'test failed') }
      if (op === 'replace') parent[last] = value
      if (op === 'remove') (parent as unknown as unknown[]).splice(Number(last), 1)
    }
    return { code: 200, body: this.#store(resource, key, copy) }
  }

  #creation({ body = {}, query }: Recorded, { resource, namespace }: Target): Answer {
    const metadata = body.metadata as Json
    const key = `${collection(resource)}|${namespace}/${metadata.name}`
    if (this.#objects.has(key)) return { code: 409, body: status(409, 'AlreadyExists', 'it exists already') }
    const { metadata: applied } = serverSideApply(undefined, body, query.fieldManager ?? '') as { metadata: Json }
    const managedFields = (applied.managedFields as Json[]).map((entry) => ({ ...entry, operation: 'Update' }))
    const full = { ...body, metadata: { ...metadata, managedFields, ...(namespace && { namespace }) } }
    return { code: 201, body: this.#store(resource, key, full) }
  }

  #deletion(request: Recorded, resource: StubResource, key: string, existing: Json): Answer {
    const wanted = isRecord(request.body?.preconditions) ? request.body.preconditions.uid : undefined
    const { uid } = existing.metadata as Json
    if (wanted !== undefined && wanted !== uid)
      return { code: 409, body: status(409, 'Conflict', 'the UID in the precondition does not match') }
    this.#delete(resource, key)
    return { code: 200, body: { kind: 'Status', status: 'Success', details: { uid } } }
  }

  #list(path: string): Json[] {
    const { collection, namespace } = scopeOf(path)
    const prefix = namespace === '' ? `${collection}|` : `${collection}|${namespace}/`
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    return keys.map((key) => this.#objects.get(key) as Json)
  }

  #store(resource: StubResource, key: string, object: Json): Json {
    const before = this.#objects.get(key)?.metadata as Json | undefined
    const uid = before?.uid ?? `uid-${++this.#uids}`
    const metadata = { ...(object.metadata as Json), uid, resourceVersion: String(++this.#version) }
    const stored = {
      ...object,
      apiVersion: apiVersionOf(resource.group, resource.version),
      kind: resource.kind,
      metadata,
    }
    this.#objects.set(key, stored)
    this.#record(resource, { type: before ? 'MODIFIED' : 'ADDED', object: stored })
    return stored
  }

  #delete(resource: StubResource, key: string): void {
    const object = this.#objects.get(key)
    if (!object) return
    this.#objects.delete(key)
    const metadata = { ...(object.metadata as Json), resourceVersion: String(++this.#version) }
    this.#record(resource, { type: 'DELETED', object: { ...object, metadata } })
  }

  #record(resource: StubResource, event: StubEvent): void {
    this.#history.push({ version: this.#version, collection: collection(resource), event })
    this.onEvent(collection(resource), event)
  }

  #resourceOf(object: Json): StubResource {
    const found = this.resources.find(
      ({ group, version, kind }) => apiVersionOf(group, version) === object.apiVersion && kind === object.kind,
    )
    if (!found) throw new Error(`the stub serves no ${object.apiVersion} ${object.kind}`)
    return found
  }

  #target(path: string): Target | undefined {
    const match =
      /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path)
    if (!match) return undefined
    const [, group = '', version, namespace = '', plural, name, subresource] = match
    const resource = this.resources.find((r) => r.group === group && r.version === version && r.plural === plural)
    return resource && { resource, namespace, name, subresource }
  }
}

/** Whether the collection at a path, of one namespace or of all, holds an object. */
export function isWithin(path: string, of: string, object: Json): boolean {
  const scope = scopeOf(path)
  return scope.collection === of && (scope.namespace === '' || scope.namespace === (object.metadata as Json).namespace)
}

function scopeOf(path: string): { collection: string; namespace: string } {
  const match = /^(.*)\/namespaces\/([^/]+)(\/[^/]+)$/.exec(path)
  return match
    ? { collection: `${match[1]}${match[3]}`, namespace: match[2] ?? '' }
    : { collection: path, namespace: '' }
}

function collection({ group, version, plural }: StubResource): string {
  return `${group === '' ? '/api' : `/apis/${group}`}/${version}/${plural}`
}

function notFound(path: string): Answer {
  return { code: 404, body: status(404, 'NotFound', `${path} not found`) }
}
