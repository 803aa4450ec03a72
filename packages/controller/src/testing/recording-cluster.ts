/**
 * A cluster in memory that records every write and remembers who has read what, for tests of the loops.
 *
 * It keeps the promises of the engine that the loops rely on: a write is visible at once, a new view forgets the reads of
 * the one before, and an identical apply writes nothing.
 */
import { type Kind, type KubeObject, type RenderedObject, sameJson, type View } from '@exposedapi/core'
import { MemoryView } from '@exposedapi/core/engine'
import type { ClusterInterface } from '../cluster-interface.ts'

/** A merge patch as RFC 7386 applies it. */
function patched(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = patched(result[key], value)
  }
  return result
}

/** Records writes as `apply VirtualService ns/name`, `status ExposedAPI ns/name`, `delete …`, `annotate …`. */
export class RecordingCluster implements ClusterInterface {
  readonly #raw = new Map<string, { kind: Kind; object: KubeObject }>()
  readonly #reads = new Map<string, Set<string>>()
  readonly #memory = new MemoryView()
  readonly #kinds: readonly Kind[]
  #uids = 0
  /** Every write so far, in order. */
  readonly writes: string[] = []
  /** Called before a write takes effect; may throw to refuse it, or change the cluster as others would. */
  beforeWrite: (write: string) => void = () => {}

  constructor(kinds: readonly Kind[]) {
    this.#kinds = kinds
  }

  /** Puts an object there, as a user or another program would. */
  put(kind: Kind, object: KubeObject): void {
    const metadata = { ...object.metadata, uid: object.metadata.uid ?? `uid-${++this.#uids}` }
    this.#raw.set(key(kind, object), { kind, object: { ...object, metadata } })
    this.#memory.add(kind, { ...object, metadata })
  }

  /** Takes an object away. */
  take(kind: Kind, namespace: string, name: string): void {
    this.#raw.delete(`${kind.plural} ${namespace}/${name}`)
    this.#memory.remove(kind, namespace, name)
  }

  /** The object as stored, not as projected. */
  stored(kind: Kind, namespace: string, name: string): KubeObject | undefined {
    return this.#raw.get(`${kind.plural} ${namespace}/${name}`)?.object
  }

  /** What this reader's last view was asked for, in the words of MemoryView. */
  readsOf(reader: string): ReadonlySet<string> {
    return this.#reads.get(reader) ?? new Set()
  }

  view(reader: string): View {
    const reads = new Set<string>()
    this.#reads.set(reader, reads)
    const record = <T>(read: () => T): T => {
      this.#memory.forget()
      const result = read()
      for (const entry of this.#memory.reads) reads.add(entry)
      return result
    }
    return {
      get: (kind, namespace, name) => record(() => this.#memory.get(kind, namespace, name)),
      exists: (kind, namespace, name) => record(() => this.#memory.exists(kind, namespace, name)),
      by: (index, value) => record(() => this.#memory.by(index, value)),
      serves: (kind) => record(() => this.#memory.serves(kind)),
      readable: (kind, namespace) => record(() => this.#memory.readable(kind, namespace)),
    }
  }

  forget(reader: string): void {
    this.#reads.delete(reader)
  }

  untracked(): View {
    return this.#memory
  }

  all<T extends KubeObject>(kind: Kind<T>): Iterable<T> {
    return this.#memory.all(kind)
  }

  async apply(object: RenderedObject): Promise<'created' | 'updated' | 'unchanged'> {
    const kind = this.#kinds.find((candidate) => candidate.kind === object.kind)
    if (!kind) throw new Error(`${object.kind} is not declared`)
    const before = this.#raw.get(key(kind, object))?.object
    const after = {
      ...object,
      metadata: { ...object.metadata, ...(before?.metadata.uid && { uid: before.metadata.uid }) },
    }
    if (before && sameJson(before, after)) return 'unchanged'
    this.#write(`apply ${object.kind} ${name(object)}`)
    this.put(kind, after)
    return before ? 'updated' : 'created'
  }

  async patchStatus<T extends KubeObject>(kind: Kind<T>, object: T, status: object): Promise<T> {
    this.#write(`status ${kind.kind} ${name(object)}`)
    const before = this.#raw.get(key(kind, object))?.object ?? object
    this.put(kind, patched(before, { status }) as KubeObject)
    return this.#memory.get(kind, object.metadata.namespace ?? '', object.metadata.name) as T
  }

  async applyAnnotations(
    _kind: Kind,
    object: KubeObject,
    annotations: Readonly<Record<string, string>>,
    manager: string,
  ): Promise<void> {
    this.#write(`annotate ${name(object)} ${JSON.stringify(annotations)} for ${manager}`)
  }

  async delete(kind: Kind, object: KubeObject): Promise<void> {
    this.#write(`delete ${object.kind} ${name(object)}`)
    this.take(kind, object.metadata.namespace ?? '', object.metadata.name)
  }

  /** Live reads so far; what they bring into the cache is up to the test. */
  readonly refreshed: string[] = []
  onRefresh: () => void = () => {}

  async refresh<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
    this.refreshed.push(`${kind.kind} ${namespace}/${name}`)
    this.onRefresh()
    return this.#memory.get(kind, namespace, name)
  }

  #write(write: string): void {
    this.beforeWrite(write)
    this.writes.push(write)
  }
}

function key(kind: Kind, object: KubeObject): string {
  return `${kind.plural} ${name(object)}`
}

function name({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
