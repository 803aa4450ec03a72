/**
 * The gateway policies of an ExposedAPI in canonical form: CSV strings split, `limit` a number, `location` and `identifier`
 * trees, documented defaults applied once. Adapters never read the raw spec.
 *
 * A policy is here only if it is asked for: `enabled: false`, and the empty strings of shipped charts, ask for nothing.
 * The vocabulary is Apigee's (spike arrest `6pm`, `request.header.x`), so doubtful values are read as Apigee reads them.
 */
import type { RawSpec } from '../model/schema.ts'

/** CORS as asked for. Lists are trimmed and without duplicates. */
export interface CorsPolicy {
  /** Origins: `*`, `https://a.example`, or `https://*.example` for all subdomains. */
  readonly allowOrigins: readonly string[]
  readonly allowCredentials: boolean
  readonly preflight: {
    /** Shall the gateway answer preflight requests itself? If not, OPTIONS goes to the implementation. */
    readonly enabled: boolean
    readonly allowHeaders: readonly string[]
    /** HTTP methods in capitals, or `*`. */
    readonly allowMethods: readonly string[]
    /** Seconds; 0 means: no caching asked for. */
    readonly maxAgeSeconds: number
  }
}

/** Where something is found in a request. Without a name the gateway's default name is meant. */
export interface RequestPart {
  readonly in: 'header' | 'query' | 'cookie'
  readonly name?: string
}

/** What requests are counted by. */
export type Identifier =
  | { readonly by: 'ip' }
  | { readonly by: 'api' }
  | { readonly by: 'part'; readonly part: RequestPart }

/** A rate limit as asked for. */
export interface RateLimitPolicy {
  /** Requests per interval and identifier, at least 1. */
  readonly limit: number
  readonly interval: 'second' | 'minute'
  readonly identifier: Identifier
}

/** A quota as asked for. The ExposedAPI has no field for its period. */
export interface QuotaPolicy {
  readonly limit: number
  readonly identifier: Identifier
}

/** Validation against the OpenAPI document as asked for; at least one of request and response is true. */
export interface OasValidationPolicy {
  readonly request: boolean
  readonly response: boolean
  readonly allowUnspecifiedHeaders: boolean
  readonly allowUnspecifiedQueryParams: boolean
  readonly allowUnspecifiedCookies: boolean
}

/** All policies that one ExposedAPI asks for, by name. Absent means: not asked for. */
export interface PolicyRequests {
  readonly cors?: CorsPolicy
  readonly rateLimit?: RateLimitPolicy
  readonly quota?: QuotaPolicy
  readonly apiKeyVerification?: { readonly location: RequestPart }
  readonly oasValidation?: OasValidationPolicy
  readonly template?: { readonly name: string }
}

/** A policy that is asked for in words that make no sense: named field, value and cure. */
export type InvalidPolicies = { readonly [Name in keyof PolicyRequests]?: string }

/** The outcome of reading the policy fields. A policy is in at most one of the two. */
export interface ParsedPolicies {
  readonly requests: PolicyRequests
  readonly invalid: InvalidPolicies
}

/** HTTP methods that gateways let a CORS policy name (Istio's webhook refuses every other word). */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*'])
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/((\*\.)?[A-Za-z0-9.-]{1,253}|\[[0-9a-f:]+\])(:[0-9]{1,5})?$|^null$/
const DEFAULT_HEADERS =
  'Origin, Accept, X-Requested-With, Content-Type, Access-Control-Request-Method, Access-Control-Request-Headers'
const DEFAULT_METHODS = 'GET, POST, HEAD, OPTIONS'
const DEFAULT_MAX_AGE_SECONDS = 1800

/** Says what is wrong with a value; thrown and caught inside this file only, so that each reader stays one expression. */
class Nonsense extends Error {}

/** Reads the policy fields of a spec whose types are right. Never throws. */
export function parsePolicies(spec: RawSpec): ParsedPolicies {
  const requests: Record<string, unknown> = {}
  const invalid: Record<string, string> = {}
  for (const [name, read] of Object.entries(READERS)) {
    try {
      const value = read(spec)
      if (value !== undefined) requests[name] = value
    } catch (error) {
      if (!(error instanceof Nonsense)) throw error
      invalid[name] = error.message
    }
  }
  return { requests, invalid }
}

const READERS: { readonly [Name in keyof PolicyRequests]-?: (spec: RawSpec) => PolicyRequests[Name] | undefined } = {
  cors: ({ CORS: cors }) => {
    if (!cors?.enabled) return undefined
    const preflight = cors.handlePreflightRequests
    return {
      allowOrigins: csv(cors.allowOrigins, '*').map(origin),
      allowCredentials: cors.allowCredentials ?? false,
      preflight: {
        enabled: preflight?.enabled ?? true,
        allowHeaders: csv(preflight?.allowHeaders, DEFAULT_HEADERS).map(headerName),
        allowMethods: csv(preflight?.allowMethods, DEFAULT_METHODS).map(method),
        maxAgeSeconds: Math.max(0, preflight?.maxAge ?? DEFAULT_MAX_AGE_SECONDS),
      },
    }
  },
  rateLimit: ({ rateLimit }) =>
    rateLimit?.enabled
      ? {
          limit: count(rateLimit.limit, 'spec.rateLimit.limit'),
          interval: interval(rateLimit.interval),
          identifier: identifier(rateLimit.identifier, 'spec.rateLimit.identifier'),
        }
      : undefined,
  quota: ({ quota }) =>
    quota?.limit?.trim()
      ? {
          limit: count(quota.limit, 'spec.quota.limit'),
          identifier: identifier(quota.identifier, 'spec.quota.identifier'),
        }
      : undefined,
  apiKeyVerification: ({ apiKeyVerification: key }) =>
    key?.enabled ? { location: location(key.location) } : undefined,
  oasValidation: ({ OASValidation: oas }) =>
    oas?.requestEnabled || oas?.responseEnabled
      ? {
          request: oas.requestEnabled ?? false,
          response: oas.responseEnabled ?? false,
          allowUnspecifiedHeaders: oas.allowUnspecifiedHeaders ?? false,
          allowUnspecifiedQueryParams: oas.allowUnspecifiedQueryParams ?? false,
          allowUnspecifiedCookies: oas.allowUnspecifiedCookies ?? false,
        }
      : undefined,
  template: ({ template }) => (template?.trim() ? { name: template.trim() } : undefined),
}

/** The entries of a list. A blank list is like an absent one: shipped charts write empty strings for "not set". */
function csv(text: string | undefined, absent: string): readonly string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim())
  const named = entries.filter((entry) => entry !== '')
  return named.length > 0 ? [...new Set(named)] : csv(absent, absent)
}

function origin(text: string): string {
  if (text === '*' || ORIGIN.test(text)) return text
  throw new Nonsense(
    `spec.CORS.allowOrigins: ${quoted(text)} is no origin; write "https://host", "https://*.host" or "*"`,
  )
}

function headerName(text: string): string {
  if (HEADER_NAME.test(text)) return text
  throw new Nonsense(`spec.CORS.handlePreflightRequests.allowHeaders: ${quoted(text)} is no header name`)
}

function method(text: string): string {
  const upper = text.toUpperCase()
  if (METHODS.has(upper)) return upper
  throw new Nonsense(
    `spec.CORS.handlePreflightRequests.allowMethods: ${quoted(text)} is none of ${[...METHODS].join(', ')}`,
  )
}

function count(text: string | undefined, field: string): number {
  const value = /^[0-9]{1,9}$/.test(text?.trim() ?? '') ? Number(text) : 0
  if (value > 0) return value
  throw new Nonsense(`${field}: ${quoted(text)} is no number of requests; write a whole number from 1, such as "6"`)
}

function interval(text: string | undefined): 'second' | 'minute' {
  const value = text?.trim() || 'ps'
  if (value === 'ps') return 'second'
  if (value === 'pm') return 'minute'
  throw new Nonsense(`spec.rateLimit.interval: ${quoted(text)} is neither "ps" (per second) nor "pm" (per minute)`)
}

function identifier(text: string | undefined, field: string): Identifier {
  const value = text?.trim() ?? ''
  if (value === '') return { by: 'api' }
  if (/^(ip|client\.ip)$/i.test(value)) return { by: 'ip' }
  const part = requestPart(value)
  if (part?.name !== undefined) return { by: 'part', part }
  throw new Nonsense(`${field}: ${quoted(text)} is not understood; write "IP", "header:NAME" or "request.header.NAME"`)
}

function location(text: string | undefined): RequestPart {
  const part = requestPart(text?.trim() || 'header')
  if (part) return part
  throw new Nonsense(
    `spec.apiKeyVerification.location: ${quoted(text)} is not understood; write "header", "query", "cookie", "header:NAME", "request.header.NAME" or "request.queryparam.NAME"`,
  )
}

/** `header`, `header:x-key`, `request.header.x-key`, `request.queryparam.key` and their like. */
function requestPart(text: string): RequestPart | undefined {
  const match = /^(?:request\.)?(header|query|queryparam|cookie)(?:[:.](.+))?$/.exec(text)
  if (!match) return undefined
  const place = match[1] === 'queryparam' ? 'query' : (match[1] as RequestPart['in'])
  const name = match[2]
  if (name === undefined) return { in: place }
  return HEADER_NAME.test(name) ? { in: place, name } : undefined
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'nothing' : JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
}
