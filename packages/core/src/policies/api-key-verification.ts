/** Verification of API keys. */
import * as z from 'zod'
import { flag, Nonsense, policyRow, text } from './policy.ts'
import { quoted, type RequestPart, requestPart } from './words.ts'

/** Verification of API keys as asked for. */
export interface ApiKeyVerificationPolicy {
  /** Where the key is expected. */
  readonly location: RequestPart
}

/** The policy `apiKeyVerification`. A protection: a route that cannot have it is closed. */
export const apiKeyVerification = policyRow({
  field: 'apiKeyVerification',
  example: { enabled: true, location: 'header:x-api-key' },
  whenUnsupported: 'Deny',
  schema: z
    .looseObject({
      enabled: flag('(default: false) Refuse requests without a valid API key'),
      location: text(
        '(default: header) Where the key is expected: header, query, cookie, header:NAME, request.header.NAME or request.queryparam.NAME',
      ),
    })
    .optional()
    .meta({ description: 'API key verification. A route that cannot be protected as requested answers with 503' }),
  read: (asked): ApiKeyVerificationPolicy | undefined =>
    asked?.enabled ? { location: location(asked.location) } : undefined,
})

function location(text: string | undefined): RequestPart {
  const part = requestPart(text?.trim() || 'header')
  if (part) return part
  throw new Nonsense(
    `spec.apiKeyVerification.location ${quoted(text)} is not understood: write "header", "query", "cookie", "header:NAME", "request.header.NAME" or "request.queryparam.NAME"`,
  )
}
