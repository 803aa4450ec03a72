/** The adapters that this operator brings, and the way to others. The only place that chooses. */
import { gatewayApi } from '@exposedapi/adapter-gateway-api'
import { istio } from '@exposedapi/adapter-istio'
import { type AdapterDescriptor, type AdapterTypes, CONTRACT } from '@exposedapi/core'
import { dataDogAnnotation, prometheusAnnotation } from '@exposedapi/metrics-annotations'
import { serviceMonitor } from '@exposedapi/metrics-servicemonitor'
import type { AnyDescriptor } from './adapter-options.ts'
import { ConfigurationError, quoted } from './error.ts'
import { nearestName } from './nearest-name.ts'

/** Every adapter that is part of the operator. */
export const BUILT_IN: readonly AnyDescriptor[] = [
  istio,
  gatewayApi,
  serviceMonitor,
  prometheusAnnotation,
  dataDogAnnotation,
]

/** Those of one type. */
export function builtIn<Type extends keyof AdapterTypes>(type: Type): readonly AdapterDescriptor<unknown, Type>[] {
  return BUILT_IN.filter((descriptor): descriptor is AdapterDescriptor<unknown, Type> => descriptor.type === type)
}

/**
 * The descriptor of that type under a name: of one that is built in, or of a package, where `package#name` chooses among several.
 * Throws a ConfigurationError that names the variable, what is known and what was found.
 */
export async function descriptorOf<Type extends keyof AdapterTypes>(
  type: Type,
  name: string,
  variable: string,
): Promise<AdapterDescriptor<unknown, Type>> {
  const known = builtIn(type).find((descriptor) => descriptor.name === name)
  if (known) return known
  const [specifier = '', wanted] = name.split('#')
  const setting = `${variable}=${quoted(name)}`
  const meant = nearestName(
    name,
    builtIn(type).map((descriptor) => descriptor.name),
  )
  if (meant !== undefined) throw new ConfigurationError(`${setting} is not known; did you mean ${meant}?`)
  const exported = await exportsOf(specifier, type, setting)
  const refused = exported.find(({ contract }) => contract !== CONTRACT)
  if (refused)
    throw new ConfigurationError(
      `${setting} was written for contract ${refused.contract} of adapters, but this operator needs ${CONTRACT}; install a matching version`,
    )
  const usable = exported.filter((descriptor) => descriptor.type === type)
  const chosen = wanted === undefined ? usable : usable.filter((descriptor) => descriptor.name === wanted)
  const [found] = chosen
  if (found && chosen.length === 1) return found as unknown as AdapterDescriptor<unknown, Type>
  const names = usable.map((descriptor) => `${specifier}#${descriptor.name}`).join(', ')
  const cure = names === '' ? choices(type) : `one of ${names}`
  throw new ConfigurationError(`${setting} exports ${found ? 'several' : 'no'} ${type} adapters; write ${cure}`)
}

async function exportsOf(specifier: string, type: keyof AdapterTypes, setting: string): Promise<AnyDescriptor[]> {
  try {
    return Object.values<unknown>(await import(specifier)).filter(isDescriptor)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new ConfigurationError(`${setting} cannot be loaded (${why}); write ${choices(type)}`, { cause })
  }
}

function choices(type: keyof AdapterTypes): string {
  const names = builtIn(type).map(({ name }) => name)
  return `one of ${names.join(', ')}, or the name of an installed package`
}

/** Anything that claims a contract: its number decides, so that an old package gets an answer that names both. */
function isDescriptor(value: unknown): value is AnyDescriptor {
  return typeof value === 'object' && value !== null && 'contract' in value && 'options' in value && 'create' in value
}
