/** The Leases of an API server, in memory: versions, conflicts and watches, and answers that fail on demand. */
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { ApiError } from '../client/api-error.ts'
import type { RequestOptions } from '../client/rest-request.ts'
import type { Lease, LeaseSpec } from '../leader-election/lease-object.ts'

/** What happens to a request instead. `lost`: it takes effect, but the answer never comes. `hangs`: neither. */
export type LeaseFault = number | 'lost' | 'hangs' | undefined

/** One Lease and the client to it. */
export class FakeLeases {
  lease: Lease | undefined
  /** `PUT a`: method and the holder that was written. */
  readonly requests: string[] = []
  /** Decides about each request. */
  fault: (request: RequestOptions) => LeaseFault = () => undefined
  /** 403 when false. */
  canWatch = false
  #version = 100
  readonly #watches = new Set<PassThrough>()

  /** Writes as somebody else; undefined deletes. */
  put(spec: LeaseSpec | undefined, labels?: object): void {
    const before = this.lease
    const metadata = { ...this.#metadata(before), ...(labels && { labels }) }
    this.lease = spec && { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
    const object = this.lease ?? { ...before, metadata }
    for (const watch of this.#watches) {
      watch.write(`${JSON.stringify({ type: spec ? 'MODIFIED' : 'DELETED', object })}\n`)
    }
  }

  /** Requests since the last call. */
  take(): string[] {
    return this.requests.splice(0)
  }

  /** The client of one candidate. */
  client() {
    return {
      request: async <T>(request: RequestOptions) => (await this.#request(request)) as T,
      stream: (request: RequestOptions) => this.#stream(request),
    }
  }

  async #request(request: RequestOptions): Promise<Lease> {
    const { method = 'GET', body } = request
    const written = body as Lease | undefined
    this.requests.push(written ? `${method} ${written.spec?.holderIdentity}` : method)
    const fault = this.fault(request)
    if (typeof fault === 'number') throw failure(fault)
    if (fault !== 'hangs') {
      const answer = this.#answer(method, written)
      if (fault === undefined) return answer
    }
    throw new ApiError({ code: 0, reason: 'Timeout', message: 'no answer' })
  }

  #answer(method: string, written: Lease | undefined): Lease {
    const current = this.lease
    if (method === 'POST') {
      if (current) throw failure(409)
    } else if (!current) throw failure(404)
    else if (method === 'PUT' && written?.metadata.resourceVersion !== current.metadata.resourceVersion) {
      throw failure(409)
    }
    if (written) this.put(written.spec)
    return structuredClone(this.lease as Lease)
  }

  async #stream({ signal }: RequestOptions): Promise<IncomingMessage> {
    if (!this.canWatch) throw failure(403)
    const watch = new PassThrough()
    this.#watches.add(watch)
    signal?.addEventListener('abort', () => {
      this.#watches.delete(watch)
      watch.destroy(failure(0))
    })
    return watch as unknown as IncomingMessage
  }

  #metadata(before: Lease | undefined): Lease['metadata'] {
    const resourceVersion = String(++this.#version)
    return {
      namespace: 'canvas',
      name: 'operator',
      uid: before?.metadata.uid ?? `uid-${resourceVersion}`,
      resourceVersion,
    }
  }
}

function failure(code: number): ApiError {
  return new ApiError({ code, reason: `HTTP${code}`, message: `the server says ${code}` })
}
