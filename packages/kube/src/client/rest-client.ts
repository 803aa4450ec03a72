/**
 * Requests to the API server over HTTP/1.1 with keep-alive.
 *
 * HTTP/1.1 needs the least memory, and every watch has a socket of its own: a stalled one harms nobody else. There is
 * no client-side rate limit (the server's priority and fairness decides), but `Retry-After` is obeyed.
 */
import http from 'node:http'
import https from 'node:https'
import { type Clock, sleep, systemClock } from '../runtime/clock.ts'
import { type Logger, noLog } from '../runtime/log.ts'
import { noTelemetry, type Telemetry } from '../runtime/telemetry.ts'
import { ApiError, codeOf, errorOfNetwork, errorOfResponse } from './api-error.ts'
import type { Connection, Credentials } from './connection.ts'
import { onceConnected } from './on-wire.ts'
import { Reachability } from './reachability.ts'
import {
  type Answer,
  aborted,
  Deadline,
  headersOf,
  isReset,
  isSuccess,
  name,
  notLeader,
  parse,
  queryString,
  type RequestOptions,
  readText,
  retryAfter,
  timedOut,
} from './rest-request.ts'

/** What a RestClient needs. */
export interface RestClientOptions {
  readonly connection: Connection
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
}

const MAX_TRIES = 10
/** A server that asks for a longer wait gets no waiting request, but an error that says so. */
const LONGEST_WAIT_MS = 60_000

/** Sends requests; every failure is an ApiError. */
export class RestClient {
  readonly reachability = new Reachability()
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #log: Logger
  readonly #telemetry: Telemetry
  readonly #open = new Set<http.ClientRequest>()
  readonly #closing = new AbortController()

  constructor(options: RestClientOptions) {
    this.#connection = options.connection
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? noLog
    this.#telemetry = options.telemetry ?? noTelemetry
  }

  /** Sends a request and reads the JSON of its answer. Rejects with an ApiError. */
  async request<T>(options: RequestOptions): Promise<T> {
    return (await this.send<T>(options)).body
  }

  /** Like `request`, with the status: only a 201 shows that a server-side apply has created something. */
  async send<T>(options: RequestOptions): Promise<Answer<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#authorised(options, (credentials) => this.#once<T>(options, credentials))
      } catch (error) {
        const wait = this.#waitBefore(error, attempt, options)
        if (wait === undefined) throw error
        this.#countRetry(error, options)
        await sleep(
          this.#clock,
          wait,
          AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]),
        )
        if (options.signal?.aborted || this.#closing.signal.aborted) throw aborted(options)
      }
    }
  }

  /** Opens a stream: resolves with the body once the status is 2xx. The caller reads it, sets its limits and aborts it. */
  async stream(options: RequestOptions): Promise<http.IncomingMessage> {
    return this.#authorised(options, async (credentials) => {
      const response = await this.#respond(options, credentials, credentials.watches)
      this.#count(options, String(response.statusCode))
      if (isSuccess(response)) return response
      throw await this.#errorOf(response, options)
    })
  }

  /** Aborts everything and closes all sockets. */
  close(): void {
    this.#closing.abort()
    for (const request of this.#open)
      request.destroy(new ApiError({ code: 0, reason: 'Aborted', message: 'aborted: the client is closed' }))
    this.#connection.close()
  }

  /** A 401 usually means that the token was rotated: reread it once, then the failure counts. */
  async #authorised<R>(options: RequestOptions, attempt: (credentials: Credentials) => Promise<R>): Promise<R> {
    const credentials = await this.#credentials(options)
    try {
      return await attempt(credentials)
    } catch (error) {
      if (codeOf(error) !== 401) throw error
      this.#log.debug({ path: options.path }, 'the API server rejected the credentials, reading them again')
      return attempt(await this.#credentials(options, credentials))
    }
  }

  async #credentials(options: RequestOptions, rejected?: Credentials): Promise<Credentials> {
    if (this.#closing.signal.aborted) throw aborted(options)
    try {
      return await this.#connection.credentials(rejected)
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause)
      throw new ApiError({
        code: 0,
        reason: 'Credentials',
        message: `cannot read the credentials for the API server: ${text}`,
        cause,
      })
    }
  }

  async #once<T>(options: RequestOptions, credentials: Credentials): Promise<Answer<T>> {
    const startedAt = this.#clock.now()
    const limit = new Deadline()
    const timeoutMs = options.timeoutMs ?? 30_000
    const timer = this.#clock.setTimeout(() => limit.pass(timedOut(options, timeoutMs)), timeoutMs)
    let code = '<error>'
    try {
      const response = await this.#respond(options, credentials, credentials.requests, limit)
      const text = await readText(response, options, limit)
      code = String(response.statusCode)
      if (!isSuccess(response))
        throw errorOfResponse(response.statusCode ?? 0, text, retryAfter(response), name(options))
      return { code: response.statusCode ?? 0, body: parse<T>(text, options) }
    } finally {
      timer.cancel()
      this.#count(options, code)
      const labels = { method: options.method ?? 'GET', host: this.#connection.server.host }
      this.#telemetry.observe('rest_client_request_duration_seconds', labels, (this.#clock.now() - startedAt) / 1000)
    }
  }

  /** Resolves with the head of the answer. */
  #respond(
    options: RequestOptions,
    credentials: Credentials,
    agent: http.Agent,
    limit?: Deadline,
  ): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted || this.#closing.signal.aborted) return reject(aborted(options))
      if (options.mayWrite?.() === false) return reject(notLeader(options))
      const { server } = this.#connection
      // A text, not a buffer: Node sends it together with the head, as one record.
      const body = options.body === undefined ? undefined : JSON.stringify(options.body)
      const request = (server.protocol === 'http:' ? http : https).request({
        agent,
        method: options.method ?? 'GET',
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (server.protocol === 'http:' ? 80 : 443),
        path: server.pathname.replace(/\/$/, '') + options.path + queryString(options.query),
        headers: headersOf(options, credentials, this.#connection.userAgent, body),
      })
      const fail = (error: unknown) => request.destroy(error instanceof Error ? error : aborted(options))
      const onAbort = () => fail(aborted(options))
      options.signal?.addEventListener('abort', onAbort)
      limit?.guard(request)
      this.#open.add(request)
      let answered = false
      request.on('response', (response) => {
        answered = true
        if (isSuccess(response)) this.reachability.succeeded()
        resolve(response)
      })
      // Stays for the life of the request: an error after the head reaches the body as well, and must not be unhandled.
      request.on('error', (error) => {
        // The server closed an idle socket just when we took it: nothing was sent, so nothing is lost by another try.
        if (!answered && request.reusedSocket && isReset(error) && options.method !== 'POST') {
          resolve(this.#respond(options, credentials, agent, limit))
        } else if (!answered) {
          if (!options.signal?.aborted) this.reachability.failed()
          reject(errorOfNetwork(error, name(options)))
        }
      })
      request.on('close', () => {
        this.#open.delete(request)
        options.signal?.removeEventListener('abort', onAbort)
      })
      const { mayWrite } = options
      if (!mayWrite) request.end(body)
      else onceConnected(request, () => (mayWrite() ? request.end(body) : fail(notLeader(options))))
    })
  }

  async #errorOf(response: http.IncomingMessage, options: RequestOptions): Promise<ApiError> {
    const limit = new Deadline()
    limit.guard(response)
    const timer = this.#clock.setTimeout(() => limit.pass(timedOut(options, 10_000)), 10_000)
    const text = await readText(response, options, limit).catch(() => '')
    timer.cancel()
    return errorOfResponse(response.statusCode ?? 0, text, retryAfter(response), name(options))
  }

  /** ms to wait before the next attempt, or undefined when the error is final. */
  #waitBefore(error: unknown, attempt: number, options: RequestOptions): number | undefined {
    if (options.retry === false || attempt >= MAX_TRIES || !(error instanceof ApiError)) return undefined
    const wait = error.retryAfterMs ?? (error.code === 429 ? 1000 : undefined)
    if (wait === undefined || (error.code !== 429 && error.code < 500) || wait > LONGEST_WAIT_MS) return undefined
    return wait * (1 + 0.2 * this.#clock.random())
  }

  #count(options: RequestOptions, code: string): void {
    const labels = { code, method: options.method ?? 'GET', host: this.#connection.server.host }
    this.#telemetry.count('rest_client_requests_total', labels)
  }

  #countRetry(error: unknown, options: RequestOptions): void {
    const labels = { code: String(codeOf(error)), method: options.method ?? 'GET', host: this.#connection.server.host }
    this.#telemetry.count('rest_client_request_retries_total', labels)
  }
}
