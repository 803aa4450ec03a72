/** What facts are stated with: each throws a plain error whose message says what is wrong, so any test runner will do. */
import { isRecord } from '@exposedapi/objects'

/** Throws unless the condition holds. The message is made only then. */
export function ensure(condition: unknown, message: string | (() => string)): asserts condition {
  if (condition) return
  throw new Error(typeof message === 'string' ? message : message())
}

/** Throws, and names the first place that differs, unless two JSON values are equal. Absent and undefined are the same. */
export function ensureSame(actual: unknown, expected: unknown, what: string): void {
  const difference = firstDifference(actual, expected, '')
  ensure(difference === undefined, () => `${what}: ${difference}`)
}

/** Throws, and shows them, if there are any of what should not be. */
export function ensureNone(found: readonly unknown[], what: string): void {
  ensure(found.length === 0, () => `${what}: ${found.map(shown).join(', ')}`)
}

/** Throws unless a value is one of some. */
export function ensureAmong(value: unknown, allowed: readonly unknown[], what: string): void {
  ensure(allowed.includes(value), () => `${what}: ${shown(value)} is none of ${allowed.map(shown).join(', ')}`)
}

/** What is wrong in one of several cases is said with the name of the case. */
export function inCase<T>(which: string, ask: () => T): T {
  try {
    return ask()
  } catch (cause) {
    throw new Error(`${which}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Where two JSON values differ first, and how; undefined if they do not. */
export function firstDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) {
    return `${path || 'the list'} has ${actual.length} entries instead of ${expected.length}`
  }
  if (isContainer(actual) && isContainer(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = firstDifference(actual[key], expected[key], path === '' ? key : `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return Object.is(actual, expected) ? undefined : `${path || 'it'} is ${shown(actual)} instead of ${shown(expected)}`
}

/** The first place where a value is not plain JSON, with what is there; undefined if all of it is. */
export function notJson(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return undefined
  if (Array.isArray(value) || (isRecord(value) && isPlain(value))) {
    for (const [key, inner] of Object.entries(value)) {
      const found = notJson(inner, `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return `${path} is ${typeof value === 'object' ? `a ${value?.constructor?.name}` : String(value)}`
}

/** A value in a message, not too long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
