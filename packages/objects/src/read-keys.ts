/** The keys under which reads of a view are remembered: a change touches some of them, and so names its readers. */
import { type Kind, resourceName } from './kind.ts'

/** The key of a read by name. */
export function nameKey(kind: Kind, namespace: string, name: string): string {
  return `${resourceName(kind)}|${namespace}/${name}`
}

/** The key of a question whether an object exists. */
export function existenceKey(kind: Kind, namespace: string, name: string): string {
  return `!${nameKey(kind, namespace, name)}`
}

/** The key of a read by index value. */
export function indexKey(index: string, value: string): string {
  return `#${index}|${value}`
}

/** The key of a question whether a kind is served. */
export function servesKey(kind: Kind): string {
  return `?${resourceName(kind)}`
}

/** The key of a question whether a kind may be read, in whatever namespace: rights change seldom, and mostly in many at once. */
export function readableKey(kind: Kind): string {
  return `%${resourceName(kind)}`
}
