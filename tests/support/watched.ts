/** What watches of our own show: the truth against which the operator is measured, and the time at which it came true. */
import { type Api, type Manifest, pathOf } from '@exposedapi/testbed/canvas'

/** One event of a watch. */
export interface Sighting {
  readonly kind: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Manifest
  /** By `performance.now()`. */
  readonly at: number
}

/** All objects of some kinds, as they are and as they were. */
export class Watched implements AsyncDisposable {
  readonly #api: Api
  readonly #end = new AbortController()
  readonly #objects = new Map<string, Map<string, Manifest>>()
  readonly #looks = new Set<() => void>()
  /** Everything since the start, oldest first. */
  readonly history: Sighting[] = []
  #failure: unknown

  private constructor(api: Api) {
    this.#api = api
  }

  /** Begins to watch; resolves when what exists is known. */
  static async start(api: Api, ...kinds: readonly string[]): Promise<Watched> {
    const watched = new Watched(api)
    await Promise.all(kinds.map((kind) => watched.#begin(kind)))
    return watched
  }

  /** One object, or undefined. */
  get(kind: string, namespace: string, name: string): Manifest | undefined {
    return this.#objects.get(kind)?.get(`${namespace}/${name}`)
  }

  /** All objects of a kind, in one namespace or all. */
  all(kind: string, namespace?: string): readonly Manifest[] {
    const objects = [...(this.#objects.get(kind)?.values() ?? [])]
    return namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace)
  }

  /** Resolves with the time at which the question held. Rejects at the deadline with what `missing` says. */
  until(
    holds: () => boolean,
    timeoutMs = 10_000,
    missing: () => unknown = () => 'the expected state',
  ): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const end = (settle: () => void) => {
      clearTimeout(timer)
      this.#looks.delete(look)
      settle()
    }
    const look = () => {
      if (this.#failure !== undefined) end(() => reject(this.#failure))
      else if (holds()) end(() => resolve(performance.now()))
    }
    const timer = setTimeout(() => {
      end(() => reject(new Error(`not within ${timeoutMs} ms: ${JSON.stringify(missing())}`)))
    }, timeoutMs)
    this.#looks.add(look)
    look()
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
  }

  async #begin(kind: string): Promise<void> {
    const path = pathOf(kind)
    const { client } = this.#api
    const list = await client.request<{ items: Manifest[]; metadata: { resourceVersion: string } }>({ path })
    const objects = new Map(list.items.map((item) => [nameOf(item), item]))
    this.#objects.set(kind, objects)
    const query = { watch: true, resourceVersion: list.metadata.resourceVersion }
    void this.#follow(kind, await client.stream({ path, query, signal: this.#end.signal }), objects).catch((error) => {
      if (this.#end.signal.aborted) return
      this.#failure = error
      for (const look of [...this.#looks]) look()
    })
  }

  async #follow(kind: string, stream: AsyncIterable<unknown>, objects: Map<string, Manifest>): Promise<void> {
    let rest = ''
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      const at = performance.now()
      for (const line of lines) {
        if (line === '') continue
        const { type, object } = JSON.parse(line) as Omit<Sighting, 'kind' | 'at'>
        if (type === 'DELETED') objects.delete(nameOf(object))
        else objects.set(nameOf(object), object)
        this.history.push({ kind, type, object, at })
      }
      for (const look of [...this.#looks]) look()
    }
    if (!this.#end.signal.aborted) throw new Error(`the watch of ${kind} ended`)
  }
}

function nameOf({ metadata: { namespace, name } }: Manifest): string {
  return `${namespace}/${name}`
}
