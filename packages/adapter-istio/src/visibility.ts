/**
 * Can the gateway see our VirtualService?
 *
 * `exportTo` is a field that we do not render, so a server-side apply leaves it to whoever set it. istiod gives a route to
 * the namespaces that it lists only: `.` is its own, `*` is all, `~` is none.
 */
import { type Finding, nameOf, SERVICE, type View } from '@exposedapi/core'
import { gatewayServices, labelledServices } from './gateway-service.ts'
import { GATEWAY, type VirtualService } from './kinds.ts'
import type { Configuration } from './options.ts'

/**
 * A finding on `RouteProgrammed` if somebody keeps the route from the pods of the gateway (`namespace/name`): requests are
 * answered 404 then. Advice only, where it is not known in which namespace the pods are.
 */
export function checkExport(
  own: VirtualService | undefined,
  gateway: string,
  options: Configuration,
  view: View,
): readonly Finding[] {
  if (!own || own.foreign || own.exportTo.length === 0) return []
  const exports = own.exportTo.map((entry) => (entry === '.' ? (own.metadata.namespace ?? '') : entry))
  if (exports.includes('*')) return []
  const pods = podNamespaces(gateway, options, view)
  const blind = pods.filter((namespace) => !exports.includes(namespace))
  if (pods.length > 0 && blind.length === 0) return []
  const set = `Somebody has set exportTo of VirtualService ${nameOf(own)} to ${[...own.exportTo].sort().join(', ')}`
  const effect =
    blind.length > 0
      ? `the gateway in namespace ${blind.join(', ')} does not see the route. Remove exportTo, or add ${blind.join(', ')}`
      : 'a gateway in another namespace does not see the route. Remove exportTo, or add the namespace of the gateway'
  const status = blind.length > 0 ? 'False' : 'True'
  return [{ condition: 'RouteProgrammed', status, reason: 'HiddenFromGateway', message: `${set}: ${effect}.` }]
}

/** A Service selects pods of its own namespace only, so where it is, they are. */
function podNamespaces(name: string, options: Configuration, view: View): readonly string[] {
  const [namespace = '', gatewayName = ''] = name.split('/', 2)
  const gateway = view.serves(GATEWAY) === undefined ? undefined : view.get(GATEWAY, namespace, gatewayName)
  const configured = options.gatewayService
  const services = gateway
    ? gatewayServices(gateway, options, view)
    : configured
      ? [view.get(SERVICE, configured.namespace, configured.name)]
      : labelledServices(view)
  return [...new Set(services.map((service) => service?.metadata.namespace ?? ''))].filter(Boolean).sort()
}
