/** What the answer to a write means. */

import { isRecord, type KubeObject, sameJson } from '@exposedapi/objects'
import { ApiError, codeOf } from '../client/api-error.ts'
import { changedElsewhere } from '../managed-fields/apply-difference.ts'

/** A JSON merge patch (RFC 7386): `null` removes, lists are replaced whole. */
export type MergePatch = Readonly<Record<string, unknown>>

/** Nothing but our own write happened between the two versions. What we created is ours as a whole. */
export function isOurs(before: KubeObject | undefined, after: KubeObject | undefined, written: unknown): boolean {
  if (!after) return false
  if (!before) return true
  return before.metadata.uid === after.metadata.uid && !changedElsewhere(before, after, written)
}

/** 409 "uid mismatch" and 422 "uid is immutable" mean that the object is another one or none. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  if (error.code === 404) return true
  const isConflictOfFields = error.details?.causes?.some((cause) => cause.reason === 'FieldManagerConflict') ?? false
  return (error.code === 409 && !isConflictOfFields) || (error.code === 422 && error.message.includes('uid'))
}

/** Whether an answer shows the status that was sent. */
export function includes(answer: KubeObject, status: MergePatch): boolean {
  return shows((answer as KubeObject & { status?: unknown }).status, status)
}

function shows(actual: unknown, patch: MergePatch): boolean {
  if (!isRecord(actual)) return false
  return Object.entries(patch).every(([key, value]) => {
    if (value === null) return actual[key] === undefined
    return isRecord(value) ? shows(actual[key], value) : sameJson(actual[key], value)
  })
}

/** The label of a metric. */
export function outcomeOf(error: unknown): string {
  const code = codeOf(error)
  if (code === 409) return 'conflict'
  if (code === 404) return 'not_found'
  return 'error'
}

/** For messages: `Thing default/a`. */
export function describe(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`
}
