/**
 * Can the gateway see a VirtualService?
 *
 * istiod gives a route to the namespaces that its `exportTo` lists only: `.` is its own, `*` is all, `~` is none. In ours we
 * do not render the field, so a server-side apply leaves it to whoever set it.
 */
import { type Finding, nameOf, SERVICE, type View } from '@exposedapi/core'
import { gatewayServices, labelledServices } from '../address/gateway-service.ts'
import { GATEWAY, type VirtualService } from '../objects/kinds.ts'
import type { Configuration } from '../options.ts'

/**
 * A finding on `RouteProgrammed` if somebody keeps the route from the pods of the gateway (`namespace/name`): requests are
 * answered 404 then. Advice only, where it is not known for sure in which namespace the pods are.
 */
export function checkExport(
  own: VirtualService | undefined,
  gateway: string,
  options: Configuration,
  view: View,
): readonly Finding[] {
  const exports = own && !own.foreign ? exportedTo(own) : undefined
  if (!own || exports === undefined) return []
  const { namespaces: pods, isGuess } = podNamespaces(gateway, options, view)
  const blind = pods.filter((namespace) => !exports.includes(namespace))
  if (pods.length > 0 && blind.length === 0) return []
  const set = `VirtualService ${nameOf(own)} has exportTo [${[...own.exportTo].sort().join(', ')}]`
  const effect =
    blind.length > 0
      ? `the gateway in namespace ${blind.join(', ')} does not see the route; remove exportTo, or add ${blind.join(', ')}`
      : 'a gateway in another namespace does not see the route; remove exportTo, or add the namespace of the gateway'
  const status = blind.length > 0 && !isGuess ? 'False' : 'True'
  return [{ condition: 'RouteProgrammed', status, reason: 'HiddenFromGateway', message: `${set}, so ${effect}.` }]
}

/**
 * Tells whether the pods of the gateway (`namespace/name`) see a VirtualService. Where it is not known in which namespace
 * they are, they may. They are looked for at most once, and only if somebody limits an export.
 */
export function visibility(gateway: string, options: Configuration, view: View): (of: VirtualService) => boolean {
  let pods: readonly string[] | undefined
  return (of) => {
    const exports = exportedTo(of)
    if (exports === undefined) return true
    if (exports.length === 0) return false
    pods ??= podNamespaces(gateway, options, view).namespaces
    return pods.length === 0 || pods.some((namespace) => exports.includes(namespace))
  }
}

/** The namespaces that see a VirtualService, as far as it says so itself; undefined for all. */
function exportedTo({ exportTo, metadata: { namespace = '' } }: VirtualService): readonly string[] | undefined {
  if (exportTo.length === 0 || exportTo.includes('*')) return undefined
  return exportTo.filter((entry) => entry !== '~').map((entry) => (entry === '.' ? namespace : entry))
}

interface PodNamespaces {
  readonly namespaces: readonly string[]
  /** Found by label, since the Gateway is not there, or may not be read. */
  readonly isGuess: boolean
}

/** A Service selects pods of its own namespace only, so where it is, they are. */
function podNamespaces(name: string, options: Configuration, view: View): PodNamespaces {
  const [namespace = '', gatewayName = ''] = name.split('/', 2)
  const gateway = view.serves(GATEWAY) === undefined ? undefined : view.get(GATEWAY, namespace, gatewayName)
  const configured = options.gatewayService
  const services = gateway
    ? gatewayServices(gateway, options, view)
    : configured
      ? [view.get(SERVICE, configured.namespace, configured.name)]
      : labelledServices(view)
  const namespaces = [...new Set(services.map((service) => service?.metadata.namespace ?? ''))].filter(Boolean).sort()
  return { namespaces, isGuess: !gateway && !configured }
}
