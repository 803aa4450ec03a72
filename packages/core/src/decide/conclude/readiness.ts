/**
 * Is the implementation ready?
 *
 * Any ready endpoint in the union of all EndpointSlices of the Service counts: dual stack and more than 100 endpoints both
 * make several slices. Slices are found by the label `kubernetes.io/service-name`, so hand-made and mirrored ones count too.
 */

import { nameOf, type View } from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import { notReadable } from '../../findings/not-readable.ts'
import type { Reason } from '../../findings/reasons.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { ENDPOINT_SLICE, SLICE_BY_SERVICE } from '../../model/kinds.ts'
import { servicePortOf } from '../../model/service-port.ts'

/** Findings on `ImplementationReady`; none means ready. */
export function checkImplementation(api: ExposedApi, view: View): readonly Finding[] {
  const found = servicePortOf(api, view)
  if (found.problem) return [notReady(found.problem, found.message)]
  const { service, port } = found
  const name = nameOf(service)
  const slices = view
    .by(SLICE_BY_SERVICE, name)
    .filter((slice) => slice.ports.some((candidate) => candidate.name === (port.name ?? '')))
  // Such a Service reports its endpoints as ready always, also while they terminate.
  const ready = slices.some((slice) => (service.spec.publishNotReadyAddresses ? slice.serving : slice.ready))
  if (ready) return []
  const { namespace } = api.metadata
  if (!view.readable(ENDPOINT_SLICE, namespace)) {
    const effect = `It is not known whether Service ${name} has a ready endpoint.`
    return [notReadable('ImplementationReady', { kind: ENDPOINT_SLICE, namespace }, effect)]
  }
  return [notReady('NoReadyEndpoint', `Service ${name} has no ready endpoint for port ${port.port}.`)]
}

function notReady(reason: Reason, message: string): Finding {
  const status = reason === 'NotReadable' ? 'Unknown' : 'False'
  return { condition: 'ImplementationReady', status, reason, message }
}
