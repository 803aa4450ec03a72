/** Quota. */
import * as z from 'zod'
import { policyRow, text } from './policy.ts'
import { count, type Identifier, identifier } from './words.ts'

/** A quota as asked for. The ExposedAPI has no field for its period. */
export interface QuotaPolicy {
  /** Requests per identifier, at least 1. */
  readonly limit: number
  readonly identifier: Identifier
}

/** The policy `quota`. */
export const quota = policyRow({
  field: 'quota',
  example: { limit: '100', identifier: 'IP' },
  whenUnsupported: 'Warn',
  schema: z
    .looseObject({
      identifier: text(
        'What to count requests by: IP, header:NAME or request.header.NAME. Empty: all requests together',
      ),
      limit: text('Requests per identifier. Empty: no quota is asked for'),
    })
    .optional()
    .meta({ description: 'Quota' }),
  read: (asked): QuotaPolicy | undefined =>
    asked?.limit?.trim()
      ? {
          limit: count(asked.limit, 'spec.quota.limit'),
          identifier: identifier(asked.identifier, 'spec.quota.identifier'),
        }
      : undefined,
})
