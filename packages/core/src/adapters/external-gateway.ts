/**
 * The contract of a gateway that is configured through an API of its own (Apigee, Azure API Management), and the only one
 * that does I/O. No adapter in this repository implements it yet; it is here so that the model does not grow against it.
 */

import type { View } from '@exposedapi/objects'
import type { RouteRequest } from './gateway.ts'

/** What should exist behind the external API: any JSON value. Equal values mean: nothing to do. */
export type ExternalPlan = Readonly<Record<string, unknown>>

/** What the gateway needs to find its configuration again after a restart. At most 1 KB of JSON, kept in the status. */
export type ExternalRef = Readonly<Record<string, unknown>>

/** How far an asynchronous gateway has come. */
export type Progress =
  | { readonly state: 'done'; readonly reference: ExternalRef }
  | { readonly state: 'pending'; readonly reference: ExternalRef; readonly retryAfterMs: number }
  | { readonly state: 'failed'; readonly message: string; readonly permanent: boolean }

/** A gateway that is configured through an API of its own. */
export interface ExternalGateway {
  readonly name: string
  /** Pure: what should exist. */
  plan(request: RouteRequest, view: View): ExternalPlan
  /** Idempotent, and never waits: long work answers `pending`. */
  apply(plan: ExternalPlan, previous: ExternalRef | undefined, signal: AbortSignal): Promise<Progress>
  /** Idempotent: removing what is gone is `done`. */
  remove(reference: ExternalRef, signal: AbortSignal): Promise<Progress>
}
