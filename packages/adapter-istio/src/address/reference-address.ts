/**
 * The address as the reference operator finds it: without reading the Gateway, which its role does not allow.
 *
 * The Service is found by label, the scheme is always https, and the port is that of the Service port named `http` or `http2`.
 * With ports 80 and 443, the defaults of the Canvas, the result equals the right one.
 */
import { type ExposedApi, SERVICE, type Service, type View } from '@exposedapi/core'
import type { Configuration } from '../options.ts'
import { addressFinding, configuredHosts, kept, type Located, pending } from './address.ts'
import { entriesOf, INGRESS_GATEWAY, labelledServices, noSuchService } from './gateway-service.ts'

/** The address by the reference operator's rule. Host names need no load balancer here, unlike there. */
export function referenceAddress(api: ExposedApi, options: Configuration, view: View): Located {
  const { publicScheme = 'https', publicHost, gatewayService } = options
  const configured = gatewayService && view.get(SERVICE, gatewayService.namespace, gatewayService.name)
  const services = gatewayService ? (configured ? [configured] : []) : labelledServices(view)
  const entry = kept(services.flatMap(entriesOf), api)
  const host = configuredHosts(api, options)[0] ?? entry?.value
  if (host === undefined) {
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

function httpPort(service: Service | undefined): number | undefined {
  return service?.spec.ports.find(({ name }) => name === 'http' || name === 'http2')?.port
}
