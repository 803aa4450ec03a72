/** Rate limit. */
import * as z from 'zod'
import { flag, Nonsense, policyRow, text } from './policy.ts'
import { count, type Identifier, identifier, quoted } from './words.ts'

/** A rate limit as asked for. */
export interface RateLimitPolicy {
  /** Requests per interval and identifier, at least 1. */
  readonly limit: number
  readonly interval: 'second' | 'minute'
  readonly identifier: Identifier
}

/** The policy `rateLimit`. */
export const rateLimit = policyRow({
  field: 'rateLimit',
  example: { enabled: true, limit: '6', interval: 'pm', identifier: 'IP' },
  whenUnsupported: 'Warn',
  schema: z
    .looseObject({
      enabled: flag('(default: false) Limit the rate of requests'),
      identifier: text(
        'What to count requests by: IP, header:NAME or request.header.NAME. Empty: all requests together',
      ),
      limit: text('Requests per interval and identifier, a whole number'),
      interval: text('(default: ps) ps for a second, pm for a minute'),
    })
    .optional()
    .meta({ description: 'Rate limit' }),
  read: (asked): RateLimitPolicy | undefined =>
    asked?.enabled
      ? {
          limit: count(asked.limit, 'spec.rateLimit.limit'),
          interval: interval(asked.interval),
          identifier: identifier(asked.identifier, 'spec.rateLimit.identifier'),
        }
      : undefined,
})

function interval(text: string | undefined): 'second' | 'minute' {
  const value = text?.trim() || 'ps'
  if (value === 'ps') return 'second'
  if (value === 'pm') return 'minute'
  throw new Nonsense(
    `spec.rateLimit.interval ${quoted(text)} is not understood: write "ps" (per second) or "pm" (per minute)`,
  )
}
