/** What one policy is: its field in the spec, how the field is read, and what happens to a route that cannot have it. */
import * as z from 'zod'

/** One policy. Every table about policies is derived from a list of these rows (`policies.ts`). */
export interface PolicyRow<Field extends string, Schema extends z.ZodType, Request> {
  /** The key below `spec`. */
  readonly field: Field
  /** An ordinary value of the field that asks for the policy. The contract asks every gateway what it makes of it. */
  readonly example: z.input<Schema>
  /** Schema of the field. The custom resource definition is made from it. */
  readonly schema: Schema
  /**
   * What is asked for, in canonical form; undefined if nothing is: `enabled: false`, and the empty strings of shipped charts, ask
   * for nothing. Throws {@link Nonsense} for words that make no sense.
   */
  read(value: z.infer<Schema>): Request | undefined
  /** What becomes of the route where the gateway cannot enforce the policy, unless the administrator decides otherwise. */
  readonly whenUnsupported: 'Deny' | 'Warn'
}

/** Checks a row and keeps its types. */
export function policyRow<Field extends string, Schema extends z.ZodType, Request>(
  row: PolicyRow<Field, Schema, Request>,
): PolicyRow<Field, Schema, Request> {
  return row
}

/** Says what is wrong with a value: field, value and cure. Thrown by readers, caught where policies are parsed. */
export class Nonsense extends Error {}

/** Schema of a text. */
export function text(description: string) {
  return z.string().optional().meta({ description })
}

/** Schema of a yes or no. */
export function flag(description: string) {
  return z.boolean().optional().meta({ description })
}
