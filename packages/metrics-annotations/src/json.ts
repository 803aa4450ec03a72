/** Reading JSON of any shape: what has an unexpected shape counts as absent. */
import { isRecord } from '@exposedapi/core'

/** The object, or an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text, or an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
