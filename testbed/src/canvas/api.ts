/** A small hand for tests and the demo: writes and reads objects, and waits for what a watch shows. */
import { ApiError, type RestClient } from '@exposedapi/kube'
import { pathOf } from './resources.ts'

/** Any object, as it comes from the API server or goes there. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly [key: string]: unknown
  }
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind.
  readonly [key: string]: any
}

/** Reads and writes as one user. Every failure is an ApiError. */
export class Api {
  readonly client: RestClient

  constructor(client: RestClient) {
    this.client = client
  }

  /** Server-side apply; creates what is missing. Status in the manifest is ignored where a subresource exists. */
  async apply(...objects: readonly Manifest[]): Promise<Manifest[]> {
    const results: Manifest[] = []
    for (const { status: _, ...object } of objects as readonly (Manifest & { status?: unknown })[]) {
      const path = this.#path(object as Manifest)
      results.push(
        await this.#send('PATCH', `${path}?fieldManager=user&force=true`, object, 'application/apply-patch+yaml'),
      )
    }
    return results
  }

  /** POST, as kubectl create does. */
  create(object: Manifest): Promise<Manifest> {
    return this.#send('POST', pathOf(object.kind, object.metadata.namespace, undefined, object.apiVersion), object)
  }

  /** JSON merge patch of one object; `status` only where there is no subresource. */
  patch(kind: string, namespace: string, name: string, patch: object): Promise<Manifest> {
    return this.#send('PATCH', pathOf(kind, namespace, name), patch, 'application/merge-patch+json')
  }

  /** JSON merge patch through the status subresource. */
  patchStatus(kind: string, namespace: string, name: string, status: object): Promise<Manifest> {
    return this.#send('PATCH', `${pathOf(kind, namespace, name)}/status`, { status }, 'application/merge-patch+json')
  }

  /** One object, or undefined. */
  async get(kind: string, namespace: string, name: string): Promise<Manifest | undefined> {
    try {
      return await this.#send('GET', pathOf(kind, namespace, name))
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined
      throw error
    }
  }

  /** All objects of a kind, in one namespace or all; none if the kind is not served. */
  async list(kind: string, namespace?: string): Promise<Manifest[]> {
    try {
      const { items } = await this.client.request<{ items: Manifest[] }>({ path: pathOf(kind, namespace) })
      return items
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return []
      throw error
    }
  }

  /** Deletes; resolves as well when it is gone already. */
  async delete(kind: string, namespace: string, name: string): Promise<void> {
    try {
      await this.#send('DELETE', pathOf(kind, namespace, name), {
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
      })
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error
    }
  }

  /**
   * Waits for a state of one object (undefined: it does not exist) by watching it, and resolves with it.
   * Rejects after `timeoutMs` with the last state that was seen.
   */
  async until(
    kind: string,
    namespace: string,
    name: string,
    holds: (object: Manifest | undefined) => boolean,
    timeoutMs = 10_000,
  ): Promise<Manifest | undefined> {
    const deadline = AbortSignal.timeout(timeoutMs)
    let last: Manifest | undefined
    try {
      const list = await this.client.request<{ items: Manifest[]; metadata: { resourceVersion: string } }>({
        path: pathOf(kind, namespace),
        query: { fieldSelector: `metadata.name=${name}` },
        signal: deadline,
      })
      last = list.items[0]
      if (holds(last)) return last
      for await (const { type, object } of this.#watch(
        kind,
        namespace,
        name,
        list.metadata.resourceVersion,
        deadline,
      )) {
        last = type === 'DELETED' ? undefined : object
        if (holds(last)) return last
      }
    } catch (cause) {
      if (!deadline.aborted) throw cause
    }
    throw new Error(
      `${kind} ${namespace}/${name} did not reach the expected state within ${timeoutMs / 1000} s; last seen: ${JSON.stringify(last)}`,
    )
  }

  async *#watch(kind: string, namespace: string, name: string, resourceVersion: string, signal: AbortSignal) {
    const query = { watch: true, fieldSelector: `metadata.name=${name}`, resourceVersion }
    const stream = await this.client.stream({ path: pathOf(kind, namespace), query, signal })
    let rest = ''
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield JSON.parse(line) as { type: string; object: Manifest }
    }
  }

  #path({ apiVersion, kind, metadata: { namespace, name } }: Manifest): string {
    return pathOf(kind, namespace, name, apiVersion)
  }

  #send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    contentType?: string,
  ): Promise<Manifest> {
    const [pathname = '', search = ''] = path.split('?')
    const query = Object.fromEntries(new URLSearchParams(search))
    return this.client.request<Manifest>({
      method,
      path: pathname,
      query,
      ...(body && { body }),
      ...(contentType && { contentType }),
    })
  }
}
