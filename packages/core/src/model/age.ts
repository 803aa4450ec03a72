/** Which of two ExposedAPIs is older: the order in which conflicts are settled. */
import type { ExposedApi } from './exposed-api.ts'

/** Negative if `a` is older: creationTimestamp, then namespace/name. */
export function compareAge(a: ExposedApi, b: ExposedApi): number {
  const [first, second] = [ageKey(a), ageKey(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

function ageKey(api: ExposedApi): string {
  return `${api.metadata.creationTimestamp ?? ''} ${api.metadata.namespace}/${api.metadata.name}`
}
