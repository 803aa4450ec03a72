/** A gateway template by name. */
import { policyRow, text } from './policy.ts'

/** A template as asked for. */
export interface TemplatePolicy {
  readonly name: string
}

/** The policy `template`. */
export const template = policyRow({
  field: 'template',
  example: 'gold',
  whenUnsupported: 'Warn',
  schema: text('Name of a gateway template that the operator is configured with. Nothing is ever downloaded'),
  read: (asked): TemplatePolicy | undefined => (asked?.trim() ? { name: asked.trim() } : undefined),
})
