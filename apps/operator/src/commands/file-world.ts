/** Manifests as a cluster would hold them, for decisions without a cluster. */
import { EXPOSED_API, type ExposedApi, type Kind, type KubeObject, nameOf, type RenderedObject } from '@exposedapi/core'
import { type ExposedApiStatus, hasContent, kindOf, MemoryView, type World } from '@exposedapi/core/engine'

/** The world that files describe. */
export class FileWorld implements World {
  readonly view = new MemoryView()
  readonly #kinds: readonly Kind[]
  readonly #apis = new Map<string, KubeObject>()
  readonly #written = new Map<string, RenderedObject>()

  constructor(kinds: readonly Kind[]) {
    this.#kinds = kinds
  }

  /** Returns whether the object plays a part. */
  put(object: KubeObject): boolean {
    const kind = kindOf(object, this.#kinds)
    if (!kind) return false
    const stored = placed(object, kind)
    if (kind === EXPOSED_API) this.#apis.set(nameOf(stored), stored)
    this.view.add(kind, stored)
    return true
  }

  apis(): readonly ExposedApi[] {
    return [...this.view.all(EXPOSED_API)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  }

  write(object: RenderedObject): boolean {
    const kind = kindOf(object, this.#kinds)
    if (!kind || hasContent(this.#written.get(idOf(object)), object)) return false
    this.#written.set(idOf(object), object)
    this.view.add(kind, object)
    return true
  }

  remove(object: KubeObject): void {
    const kind = kindOf(object, this.#kinds)
    this.#written.delete(idOf(object))
    if (kind) this.view.remove(kind, object.metadata.namespace ?? '', object.metadata.name)
  }

  say(api: ExposedApi, status: ExposedApiStatus): void {
    const raw = this.#apis.get(nameOf(api))
    if (!raw) return
    const stored = { ...raw, status }
    this.#apis.set(nameOf(api), stored)
    this.view.add(EXPOSED_API, stored)
  }
}

function idOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`
}

/** What an API server would add: a namespace, and an identity. */
function placed(object: KubeObject, kind: Kind): KubeObject {
  const { metadata } = object
  const namespace = kind.namespaced === false ? undefined : (metadata.namespace ?? 'default')
  const uid = metadata.uid ?? `${object.kind}/${namespace ?? ''}/${metadata.name}`
  return { ...object, metadata: { ...metadata, uid, ...(namespace !== undefined && { namespace }) } }
}
