/** Cross-origin resource sharing. */
import * as z from 'zod'
import { flag, Nonsense, policyRow, text } from './policy.ts'
import { csv, HEADER_NAME, quoted } from './words.ts'

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

/** HTTP methods that gateways let a CORS policy name: those of RFC 9110 and 5789; some refuse every other word. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*'])
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/((\*\.)?[A-Za-z0-9.-]{1,253}|\[[0-9a-f:]+\])(:[0-9]{1,5})?$|^null$/
const DEFAULT_HEADERS =
  'Origin, Accept, X-Requested-With, Content-Type, Access-Control-Request-Method, Access-Control-Request-Headers'
const DEFAULT_METHODS = 'GET, POST, HEAD, OPTIONS'
const DEFAULT_MAX_AGE_SECONDS = 1800

const preflight = z.looseObject({
  enabled: flag('(default: true) Let the gateway answer preflight requests'),
  allowHeaders: text(`(default: ${DEFAULT_HEADERS}) Comma-separated request headers`),
  allowMethods: text(`(default: ${DEFAULT_METHODS}) Comma-separated methods`),
  maxAge: z
    .int32()
    .optional()
    .meta({ description: `(default: ${DEFAULT_MAX_AGE_SECONDS}) Seconds for which browsers may cache the answer` }),
})

/** The policy `cors`. */
export const cors = policyRow({
  field: 'CORS',
  example: { enabled: true, allowCredentials: true, allowOrigins: 'https://a.example, https://*.b.example' },
  whenUnsupported: 'Warn',
  schema: z
    .looseObject({
      enabled: flag('(default: false) Cross-origin resource sharing'),
      allowCredentials: flag('(default: false) Allow browsers to send credentials'),
      allowOrigins: text('(default: *) Comma-separated origins: https://host, https://*.host or *'),
      handlePreflightRequests: preflight.optional().meta({ description: 'Preflight requests' }),
    })
    .optional()
    .meta({ description: 'Cross-origin resource sharing' }),
  read: (asked): CorsPolicy | undefined => {
    if (!asked?.enabled) return undefined
    const preflight = asked.handlePreflightRequests
    return {
      allowOrigins: csv(asked.allowOrigins, '*').map(origin),
      allowCredentials: asked.allowCredentials ?? false,
      preflight: {
        enabled: preflight?.enabled ?? true,
        allowHeaders: csv(preflight?.allowHeaders, DEFAULT_HEADERS).map(headerName),
        allowMethods: csv(preflight?.allowMethods, DEFAULT_METHODS).map(method),
        maxAgeSeconds: Math.max(0, preflight?.maxAge ?? DEFAULT_MAX_AGE_SECONDS),
      },
    }
  },
})

function origin(text: string): string {
  if (text === '*' || ORIGIN.test(text)) return text
  throw new Nonsense(
    `spec.CORS.allowOrigins ${quoted(text)} is not an origin: write "https://host", "https://*.host" or "*"`,
  )
}

function headerName(text: string): string {
  if (HEADER_NAME.test(text)) return text
  throw new Nonsense(
    `spec.CORS.handlePreflightRequests.allowHeaders ${quoted(text)} is not a header name: write names such as "Content-Type", separated by commas`,
  )
}

function method(text: string): string {
  const upper = text.toUpperCase()
  if (METHODS.has(upper)) return upper
  throw new Nonsense(
    `spec.CORS.handlePreflightRequests.allowMethods ${quoted(text)} is not an HTTP method: write some of ${[...METHODS].join(', ')}, separated by commas`,
  )
}
