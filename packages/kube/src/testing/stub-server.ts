/**
 * A small API server over `node:http` that can misbehave.
 *
 * It knows lists in pages, watches with history, streaming lists, apply, merge patch, delete and discovery. It is no
 * model of Kubernetes: validation, admission and defaulting are missing.
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { apiVersionOf } from '@exposedapi/objects'
import type { Connection } from '../client/connection.ts'
import { isWithin, StubObjects, type StubResource } from './stub-objects.ts'
import { type Recorded, readRequest, send, status } from './stub-request.ts'

/** Answers instead of the server. */
export type Fault = (response: http.ServerResponse, request: Recorded) => void

/** An open watch. */
export interface OpenWatch {
  readonly path: string
  readonly response: http.ServerResponse
}

interface Rule {
  readonly matches: (request: Recorded) => boolean
  readonly fault: Fault
  left: number
}

/** The server. */
export class StubServer {
  readonly objects = new StubObjects()
  readonly requests: Recorded[] = []
  readonly watches: OpenWatch[] = []
  /** How many sockets clients have opened so far. */
  sockets = 0
  /** Whether `sendInitialEvents` is understood. */
  streamingLists = true
  #rules: Rule[] = []
  readonly #server = http.createServer((request, response) => void this.#serve(request, response))

  /** Listens on a free port. */
  static async start(...resources: StubResource[]): Promise<StubServer> {
    const stub = new StubServer()
    stub.objects.resources.push(...resources)
    stub.objects.onEvent = (path, event) => {
      for (const watch of stub.watches)
        if (isWithin(watch.path, path, event.object) && !watch.response.writableEnded)
          watch.response.write(`${JSON.stringify(event)}\n`)
    }
    stub.#server.on('connection', () => stub.sockets++)
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve))
    return stub
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A connection without credentials. */
  connection(): Connection {
    const { port } = this.#server.address() as AddressInfo
    const requests = new http.Agent({ keepAlive: true, maxSockets: 32 })
    const watches = new http.Agent({ keepAlive: true })
    return {
      server: new URL(`http://127.0.0.1:${port}`),
      userAgent: 'test',
      credentials: async () => ({ headers: {}, requests, watches }),
      close: () => {
        requests.destroy()
        watches.destroy()
      },
    }
  }

  /** Answers the next `times` matching requests with the fault. */
  misbehave(matches: (request: Recorded) => boolean, fault: Fault, times = 1): void {
    this.#rules.push({ matches, fault, left: times })
  }

  /** Refuses matching requests for good, as RBAC does. Returns the way to allow them again. */
  forbid(matches: (request: Recorded) => boolean): () => void {
    const rule: Rule = { matches, fault: (response) => send(response, 403, status(403, 'Forbidden')), left: Infinity }
    this.#rules.push(rule)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule)
    }
  }

  /** Resets matching requests, as a broken way does. Returns the way to let them through again. */
  cut(matches: (request: Recorded) => boolean): () => void {
    const rule: Rule = { matches, fault: (response) => response.destroy(), left: Infinity }
    this.#rules.push(rule)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule)
    }
  }

  /** Back to good behaviour. */
  behave(): void {
    this.#rules = []
  }

  /** Requests since the last call. */
  take(): Recorded[] {
    return this.requests.splice(0)
  }

  /** Sends a bookmark on every watch of the collection. */
  bookmark(path: string): void {
    const object = { metadata: { resourceVersion: this.objects.version } }
    for (const watch of this.watches)
      if (watch.path === path) watch.response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
  }

  async #serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    this.requests.push(request)
    const rule = this.#rules.find((candidate) => candidate.left > 0 && candidate.matches(request))
    if (rule) {
      rule.left--
      return rule.fault(response, request)
    }
    if (request.query.watch === 'true') return this.#watch(request, response)
    if (request.method === 'GET') {
      const document = this.#discovery(request.path)
      if (document) return send(response, 200, document)
    }
    const { code, body } = this.objects.answer(request)
    send(response, code, body)
  }

  #discovery(path: string): object | undefined {
    const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path)
    const served = this.objects.resources.filter(
      (resource) => match && resource.group === (match[1] ?? '') && resource.version === match[2],
    )
    const first = served[0]
    if (!first) return undefined
    const resources = served.flatMap(({ plural, kind, namespaced = true, hasStatus }) => [
      { name: plural, kind, namespaced },
      ...(hasStatus ? [{ name: `${plural}/status`, kind, namespaced }] : []),
    ])
    return { kind: 'APIResourceList', groupVersion: apiVersionOf(first.group, first.version), resources }
  }

  #refusal(path: string, initial: boolean, from: string) {
    if (!this.objects.resourceAt(path)) return status(404, 'NotFound')
    if (initial) return this.streamingLists ? undefined : status(422, 'Invalid', 'sendInitialEvents is forbidden')
    return this.objects.isExpired(from) ? status(410, 'Expired', 'too old resource version') : undefined
  }

  #watch(request: Recorded, response: http.ServerResponse): void {
    const { path, query } = request
    const initial = query.sendInitialEvents === 'true'
    const from = query.resourceVersion ?? ''
    const refusal = this.#refusal(path, initial, from)
    if (refusal) {
      send(response, refusal.code, refusal)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    for (const event of initial ? this.objects.initialEvents(path) : this.objects.eventsSince(path, from)) {
      response.write(`${JSON.stringify(event)}\n`)
    }
    const watch = { path, response }
    this.watches.push(watch)
    response.on('close', () => {
      const at = this.watches.indexOf(watch)
      if (at >= 0) this.watches.splice(at, 1)
    })
  }
}
