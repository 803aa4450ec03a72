/** Server-side apply and merge patch, as far as the tests need them: lists are atomic, `ownerReferences` too. */
import { isRecord } from '@exposedapi/objects'
import type { FieldSet } from '../managed-fields/field-ownership.ts'

/** A JSON object. */
export type Json = Record<string, unknown>

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Json = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

/** Forced apply: sets what is applied, removes what the manager applied before and does not apply now. */
export function serverSideApply(target: Json | undefined, applied: Json, manager: string): Json {
  const metadata = isRecord(target?.metadata) ? target.metadata : {}
  const entries = (metadata.managedFields ?? []) as Json[]
  const mine = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply')
  const fields = fieldsOf(applied)
  const kept = mine ? (removed(target, mine.fieldsV1 as FieldSet, fields) as Json) : target
  const result = mergePatch(kept, applied) as Json
  const entry = { manager, operation: 'Apply', apiVersion: applied.apiVersion, fieldsV1: fields }
  const others = entries.filter((other) => other !== mine)
  const isEmpty = Object.keys(fields).length === 0
  return {
    ...result,
    metadata: { ...(result.metadata as Json), managedFields: isEmpty ? others : [...others, entry] },
  }
}

function fieldsOf(applied: Json): FieldSet {
  const { apiVersion: _v, kind: _k, metadata, ...rest } = applied
  const { name: _n, namespace: _ns, uid: _u, ...meta } = (metadata ?? {}) as Json
  return tree(Object.keys(meta).length > 0 ? { ...rest, metadata: meta } : rest)
}

function tree(value: Json): FieldSet {
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [`f:${key}`, isRecord(child) ? tree(child) : {}]),
  )
}

function removed(value: unknown, before: FieldSet, now: FieldSet): unknown {
  if (!isRecord(value)) return value
  const result = { ...value }
  for (const step of Object.keys(before)) {
    const key = step.slice(2)
    const [old, fresh] = [before[step] as FieldSet, now[step]]
    if (fresh) result[key] = removed(result[key], old, fresh)
    else if (Object.keys(old).length === 0) delete result[key]
    else result[key] = removed(result[key], old, {})
  }
  return result
}
