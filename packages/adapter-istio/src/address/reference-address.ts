/**
 * The address as the reference operator finds it: without reading the Gateway, which its role does not allow.
 *
 * The Service is found by label, the scheme is always https, and the port is that of the Service port named `http` or `http2`.
 * With ports 80 and 443, the defaults of the Canvas, the result equals the right one.
 */
import { type ExposedApi, notReadable, SERVICE, type Service, type Unseen, type View } from '@exposedapi/core'
import type { Configuration } from '../options.ts'
import { addressFinding, configuredHosts, kept, type Located, pending, unseenFront } from './address.ts'
import type { BlindSpots } from './blind-spots.ts'
import { entriesOf, INGRESS_GATEWAY, labelledServices, noSuchService } from './gateway-service.ts'

/** The address by the reference operator's rule. Host names need no load balancer here, unlike there. */
export function referenceAddress(
  api: ExposedApi,
  options: Configuration,
  view: View,
  { front }: Pick<BlindSpots, 'front'>,
): Located {
  const { publicScheme = 'https', publicHost, gatewayService } = options
  const configured = gatewayService && view.get(SERVICE, gatewayService.namespace, gatewayService.name)
  const services = gatewayService ? (configured ? [configured] : []) : labelledServices(view)
  const entry = kept(services.flatMap(entriesOf), api)
  const host = configuredHosts(api, options)[0] ?? entry?.value
  if (host === undefined) {
    if (front) return { findings: [unseenFront(front)] }
    const [service] = services
    const message = gatewayService
      ? noSuchService(gatewayService)
      : `No Service has the label istio=${INGRESS_GATEWAY}; name one by option gatewayService.`
    return { findings: [service ? pending(service) : addressFinding('Unknown', 'AddressPending', message)] }
  }
  const port = options.publicPort ?? publicHost?.port ?? httpPort(entry?.service ?? services[0])
  const ip = publicHost?.host ?? entry?.value
  return {
    address: {
      scheme: publicScheme,
      host,
      ...(port !== undefined && port !== 80 && port !== 443 && { port }),
      ...(ip !== undefined && { ip }),
    },
    findings: [],
  }
}

/**
 * The same where the Gateway may not be read. It may be called in another way, so core prefers what was published before; and
 * that nothing is found proves nothing.
 */
export function addressBehindUnseen(
  gateway: string,
  unseen: Unseen,
  { address, findings }: Located,
  { gatewayService }: Configuration,
): Located {
  if (address) {
    const service = gatewayService
      ? `Service ${gatewayService.namespace}/${gatewayService.name}`
      : `the Service labelled istio=${INGRESS_GATEWAY}`
    const effect = `Gateway ${gateway} is taken to serve ${address.scheme} on ${service}.`
    return { address, findings: [...findings, notReadable('AddressAssigned', unseen, effect, 'True')] }
  }
  const effect = `How Gateway ${gateway} is called is not known. ${findings.map(({ message }) => message).join(' ')}`
  return { findings: [notReadable('AddressAssigned', unseen, effect)] }
}

function httpPort(service: Service | undefined): number | undefined {
  return service?.spec.ports.find(({ name }) => name === 'http' || name === 'http2')?.port
}
