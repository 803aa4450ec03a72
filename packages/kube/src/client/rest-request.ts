/** One request to the API server: what it is made of, and how its answer is read. */
import type http from 'node:http'
import { ApiError, errorOfNetwork } from './api-error.ts'
import type { Credentials } from './connection.ts'

/** One request. */
export interface RequestOptions {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path on the server, already encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Default `application/json`. */
  readonly contentType?: string
  /** Limit of one attempt in ms, its answer included. Default 30,000. No limit for streams. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Whether to wait and try again when the server says so by `Retry-After`. Default true. */
  readonly retry?: boolean
  /** Asked just before each attempt is sent. On false nothing is sent, and the request fails with the reason `NotLeader`. */
  readonly mayWrite?: (() => boolean) | undefined
}

/** An answer of status 2xx. */
export interface Answer<T> {
  readonly code: number
  readonly body: T
}

/** The time limit of one attempt. A plain object: an AbortController for each request would cost more than the request. */
export class Deadline {
  #guarded: { destroy(error: Error): unknown } | undefined
  /** Why the attempt was ended, if it was. */
  passed: ApiError | undefined

  /** What is destroyed when the time is over. */
  guard(stream: { destroy(error: Error): unknown }): void {
    this.#guarded = stream
  }

  pass(error: ApiError): void {
    this.passed = error
    this.#guarded?.destroy(error)
  }
}

/** Headers of a request. */
export function headersOf(
  options: RequestOptions,
  credentials: Credentials,
  userAgent: string,
  body: string | undefined,
) {
  const headers: Record<string, string | number> = {
    Accept: 'application/json',
    'User-Agent': userAgent,
    ...credentials.headers,
  }
  if (body !== undefined) {
    headers['Content-Type'] = options.contentType ?? 'application/json'
    headers['Content-Length'] = Buffer.byteLength(body)
  }
  return headers
}

/** Reads a body to its end. */
export function readText(response: http.IncomingMessage, options: RequestOptions, limit: Deadline): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString()))
    // A body that ends early is an error too: Node destroys it with ECONNRESET.
    response.on('error', (error) => {
      if (limit.passed) reject(limit.passed)
      else reject(options.signal?.aborted ? aborted(options) : errorOfNetwork(error, name(options)))
    })
  })
}

/** The JSON of an answer. */
export function parse<T>(text: string, options: RequestOptions): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    const message = `${name(options)}: the answer is not JSON (${text.slice(0, 100)})`
    throw new ApiError({ code: 0, reason: 'InvalidResponse', message, cause })
  }
}

/** The query with its question mark, or nothing. */
export function queryString(query: RequestOptions['query']): string {
  let text = ''
  for (const key in query) {
    const value = query[key]
    if (value !== undefined) text += `${text === '' ? '?' : '&'}${key}=${encodeURIComponent(value)}`
  }
  return text
}

/** Status 2xx. */
export function isSuccess(response: http.IncomingMessage): boolean {
  const code = response.statusCode ?? 0
  return code >= 200 && code < 300
}

/** The header as it came. */
export function retryAfter(response: http.IncomingMessage): string | undefined {
  return response.headers['retry-after']
}

/** The other end closed the socket. */
export function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** For messages: `GET /api/v1/pods`. */
export function name(options: Pick<RequestOptions, 'method' | 'path'>): string {
  return `${options.method ?? 'GET'} ${options.path}`
}

/** The caller gave up, or the client is closed. */
export function aborted(options: Pick<RequestOptions, 'method' | 'path'>): ApiError {
  return new ApiError({ code: 0, reason: 'Aborted', message: `${name(options)}: aborted` })
}

/** Another replica may lead. */
export function notLeader(options: Pick<RequestOptions, 'method' | 'path'>): ApiError {
  return new ApiError({
    code: 0,
    reason: 'NotLeader',
    message: `${name(options)}: not sent, since another replica may be leading`,
  })
}

/** No answer within the limit. */
export function timedOut(options: RequestOptions, ms: number): ApiError {
  return new ApiError({ code: 0, reason: 'Timeout', message: `${name(options)}: no answer within ${ms} ms` })
}
