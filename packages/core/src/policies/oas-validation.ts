/** Validation against the OpenAPI document. */
import * as z from 'zod'
import { flag, policyRow } from './policy.ts'

/** Validation as asked for; at least one of request and response is true. */
export interface OasValidationPolicy {
  readonly request: boolean
  readonly response: boolean
  readonly allowUnspecifiedHeaders: boolean
  readonly allowUnspecifiedQueryParams: boolean
  readonly allowUnspecifiedCookies: boolean
}

/** The policy `oasValidation`. */
export const oasValidation = policyRow({
  field: 'OASValidation',
  example: { requestEnabled: true },
  whenUnsupported: 'Warn',
  schema: z
    .looseObject({
      requestEnabled: flag('(default: false) Validate requests'),
      responseEnabled: flag('(default: false) Validate responses'),
      allowUnspecifiedHeaders: flag('(default: false) Accept request headers that the document does not name'),
      allowUnspecifiedQueryParams: flag('(default: false) Accept query parameters that the document does not name'),
      allowUnspecifiedCookies: flag('(default: false) Accept cookies that the document does not name'),
    })
    .optional()
    .meta({ description: 'Validation against the OpenAPI document' }),
  read: (asked): OasValidationPolicy | undefined =>
    asked?.requestEnabled || asked?.responseEnabled
      ? {
          request: asked.requestEnabled ?? false,
          response: asked.responseEnabled ?? false,
          allowUnspecifiedHeaders: asked.allowUnspecifiedHeaders ?? false,
          allowUnspecifiedQueryParams: asked.allowUnspecifiedQueryParams ?? false,
          allowUnspecifiedCookies: asked.allowUnspecifiedCookies ?? false,
        }
      : undefined,
})
