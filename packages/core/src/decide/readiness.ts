/**
 * Is the implementation ready?
 *
 * Any ready endpoint in the union of all EndpointSlices of the Service counts: dual stack and more than 100 endpoints both
 * make several slices. Slices are found by the label `kubernetes.io/service-name`, so hand-made and mirrored ones count too.
 */

import type { View } from '@exposedapi/objects'
import type { Finding } from '../findings/finding.ts'
import type { Reason } from '../findings/reasons.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import { SERVICE, SLICE_BY_SERVICE } from '../model/kinds.ts'

/** Findings on `ImplementationReady`; none means ready. */
export function checkImplementation(api: ExposedApi, view: View): readonly Finding[] {
  const { namespace } = api.metadata
  const { implementation, port } = api.spec
  const name = `${namespace}/${implementation}`
  const service = view.get(SERVICE, namespace, implementation)
  if (!service) return [notReady('ServiceNotFound', `Service ${name} does not exist.`)]

  // One number may be a TCP and a UDP port; gateways speak TCP to it.
  const tcp = service.spec.ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const servicePort = tcp.find((candidate) => candidate.port === port)
  if (!servicePort) {
    const ports = tcp.map((candidate) => candidate.port).join(', ') || 'none'
    return [notReady('PortNotFound', `spec.port ${port} is no port of Service ${name}, which has ${ports}.`)]
  }
  const slices = view
    .by(SLICE_BY_SERVICE, name)
    .filter((slice) => slice.ports.some((candidate) => candidate.name === (servicePort.name ?? '')))
  // Such a Service reports its endpoints as ready always, also while they terminate.
  const ready = slices.some((slice) => (service.spec.publishNotReadyAddresses ? slice.serving : slice.ready))
  return ready ? [] : [notReady('NoReadyEndpoint', `No endpoint behind port ${port} of Service ${name} is ready.`)]
}

function notReady(reason: Reason, message: string): Finding {
  return { condition: 'ImplementationReady', status: 'False', reason, message }
}
