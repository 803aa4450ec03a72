/**
 * Everything that can go wrong with a request, as one type.
 *
 * A `Status` body, an HTML page of a load balancer, a reset socket and truncated JSON all end here: callers need one
 * `catch`, and none of them can crash the process.
 */
import { isRecord } from '@exposedapi/objects'

/** `details` of a Status. */
export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]
  readonly retryAfterSeconds?: number
}

/** The fields of an ApiError. */
export interface ApiErrorFields {
  /** HTTP status; 0 when there was no usable answer. */
  readonly code: number
  /** `reason` of the Status, else the code of the network error (`ECONNREFUSED`), `Timeout`, `Aborted`, `NotLeader` or `InvalidResponse`. */
  readonly reason: string
  readonly message: string
  readonly details?: StatusDetails | undefined
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** A failed request. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined
  /** How long the server asked us to wait. */
  readonly retryAfterMs: number | undefined

  constructor(fields: ApiErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.reason = fields.reason
    this.details = fields.details
    this.retryAfterMs = fields.retryAfterMs
  }

  /** The request may or may not have taken effect. A refused connection is certain: nothing happened. */
  get ambiguous(): boolean {
    if (this.code === 0)
      return !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'NotLeader', 'Credentials'].includes(this.reason)
    return this.code === 504 || this.code === 500 || this.code === 502
  }
}

/** Somebody else changed the object first. The cache holds the fresh object: decide again and write again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
}

/** The `code` of an ApiError, 0 for anything else. */
export function codeOf(error: unknown): number {
  return error instanceof ApiError ? error.code : 0
}

/** The history that a watch or list asked for is gone (410), or not yet there ("Too large resource version"). */
export function isExpired(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  if (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone') return true
  return error.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false
}

/** Reads an answer that is not 2xx. */
export function errorOfResponse(code: number, body: string, retryAfter: string | undefined, what: string): ApiError {
  const status = parseStatus(body)
  const message = status?.message || `${what}: HTTP ${code}${status ? '' : excerpt(body)}`
  return new ApiError({
    code,
    reason: status?.reason || `HTTP${code}`,
    message,
    details: status?.details,
    retryAfterMs: retryAfterMs(retryAfter) ?? secondsToMs(status?.details?.retryAfterSeconds),
  })
}

/** Reads the Status that an `ERROR` frame of a watch carries. */
export function errorOfStatus(status: unknown): ApiError {
  const read = isRecord(status) ? (status as Status) : {}
  return new ApiError({
    code: typeof read.code === 'number' ? read.code : 500,
    reason: read.reason || 'WatchError',
    message: read.message || 'the API server ended the watch with an error',
    details: read.details,
    retryAfterMs: secondsToMs(read.details?.retryAfterSeconds),
  })
}

/** Wraps what a socket threw. */
export function errorOfNetwork(error: unknown, what: string): ApiError {
  if (error instanceof ApiError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'NetworkError'
  const text = error instanceof Error ? error.message : String(error)
  return new ApiError({ code: 0, reason: code, message: `${what}: ${text || code}`, cause: error })
}

interface Status {
  readonly kind?: string
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: StatusDetails
}

function parseStatus(body: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isRecord(value) && value.kind === 'Status' ? (value as Status) : undefined
  } catch {
    return undefined
  }
}

function excerpt(body: string): string {
  const text = body.replace(/\s+/g, ' ').trim().slice(0, 200)
  return text === '' ? '' : ` (${text})`
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined
}

/** `Retry-After` in its numeric form, the only one that Kubernetes sends. */
function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : undefined
}
