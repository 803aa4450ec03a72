/** Variables that begin like ours and that nobody reads: a typing error would otherwise be a setting that silently does nothing. */
import type { AnyDescriptor, Variables } from './adapter-options.ts'
import { ConfigurationError } from './error.ts'
import { didYouMean } from './nearest-name.ts'

/**
 * What Kubernetes puts into the environment of each container for each Service of its namespace (environment variables of
 * Services, Docker links): `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT_HTTP`, `NAME_PORT_80_TCP_ADDR`.
 */
const OF_A_SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_.+)$/

/** Throws a ConfigurationError for a variable with a prefix of these adapters' variables that none of them knows. */
export function refuseUnknown(variables: Variables, descriptors: readonly AnyDescriptor[]): void {
  const known = descriptors.flatMap((descriptor) =>
    Object.values<string | undefined>(descriptor.variables ?? {}).filter((name) => name !== undefined),
  )
  const prefixes = new Set(known.map((name) => name.slice(0, name.indexOf('_') + 1)))
  const unknown = Object.keys(variables).filter(
    (name) => prefixes.has(name.slice(0, name.indexOf('_') + 1)) && !known.includes(name) && !OF_A_SERVICE.test(name),
  )
  if (unknown.length === 0) return
  const problems = unknown.map((name) => {
    const alike = known.filter((other) => other.startsWith(name.slice(0, name.indexOf('_') + 1)))
    return `${name} is not a known variable; ${didYouMean(name, alike)}`
  })
  throw new ConfigurationError(problems.join('; '))
}
