/**
 * What is wrong with the type of a value, in the words of somebody who writes YAML: what it is, and what to write instead. The words of the
 * validator say neither.
 */
import { isRecord, own } from '@exposedapi/objects'
import type * as z from 'zod'

/** An issue of the validator, as far as it is read. */
export type TypeIssue = z.core.$ZodIssue

/** What fields are called in messages: `spec.resources[0].name`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => name + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`), 'spec')
}

/** Continues `spec.port …` about an issue of `spec`. `wanted` says what to write, where the type alone says too little. */
export function typeProblem(issue: TypeIssue, spec: unknown, wanted?: string): string {
  const value = issue.path.reduce<unknown>(step, spec)
  if (value === undefined) return 'is required'
  if (issue.code === 'invalid_value') return `${shown(value)} is not allowed: write ${choice(issue.values, value)}`
  const expected = issue.code === 'invalid_type' ? issue.expected : 'int'
  const right = wanted ?? WANTED[expected] ?? 'another value'
  if (value === null) return `is empty: write ${right}`
  return `${shown(value)} is ${kindOf(value, expected)}: write ${requoted(value, expected) ?? right}`
}

/** The same without the value, which may be a secret that somebody wrote in the wrong place. */
export function secretProblem(issue: TypeIssue, spec: unknown): string {
  const value = issue.path.reduce<unknown>(step, spec)
  const wanted = issue.code === 'invalid_type' ? WANTED[issue.expected] : undefined
  return value === undefined ? 'is required' : `is ${kindOf(value)}: write ${wanted ?? 'a value'}`
}

/** A value in a message: its beginning. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 66 ? `${text.slice(0, 64)}…${text.endsWith('"') ? '"' : ''}` : text
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'its fields, indented below it',
  array: 'a list',
}

function step(value: unknown, key: PropertyKey): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  return isRecord(value) ? own(value, String(key)) : undefined
}

function kindOf(value: unknown, expected?: string): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'number' && expected === 'int')
    return Number.isInteger(value) ? 'too large' : 'not a whole number'
  return `a ${typeof value}`
}

/** Quotes too many or too few are the commonest slip. */
function requoted(value: unknown, expected: string): string | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined
  const isNumber = text !== undefined && /^-?[0-9]{1,15}$/.test(text)
  if (isNumber && (expected === 'number' || expected === 'int')) return `${Number(text)} without quotes`
  if (expected === 'boolean' && /^(true|false)$/i.test(text ?? '')) return `${text?.toLowerCase()} without quotes`
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `"${value}" in quotes`
  return undefined
}

/** The one that differs by capitals alone was meant. */
function choice(values: readonly unknown[], value: unknown): string {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined
  const meant = values.find((one) => String(one).toLowerCase() === text)
  if (meant !== undefined) return `"${meant}"`
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
