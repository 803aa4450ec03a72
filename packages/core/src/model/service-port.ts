/** Which port of which Service an API means: asked by readiness and by everybody who scrapes. */
import type { View } from '@exposedapi/objects'
import type { ExposedApi } from './exposed-api.ts'
import { SERVICE, type Service, type ServicePort } from './kinds.ts'

/** The Service behind an API and its port, or why there is none. */
export type ServicePortAnswer =
  | { readonly service: Service; readonly port: ServicePort; readonly problem?: undefined }
  | { readonly problem: 'ServiceNotFound' | 'PortNotFound'; readonly message: string }

/** Looks up `spec.implementation` and `spec.port`. */
export function servicePortOf({ metadata: { namespace }, spec }: ExposedApi, view: View): ServicePortAnswer {
  const name = `${namespace}/${spec.implementation}`
  const service = view.get(SERVICE, namespace, spec.implementation)
  if (!service) return { problem: 'ServiceNotFound', message: `Service ${name} does not exist.` }
  const port = tcpPort(service, spec.port)
  if (port) return { service, port }
  const numbers = tcpPorts(service).map((candidate) => candidate.port)
  const others = numbers.length === 0 ? 'it has none' : `it has ${numbers.join(', ')}`
  return { problem: 'PortNotFound', message: `Service ${name} has no port ${spec.port} (${others}).` }
}

/** The port of that number. One number may be a TCP and a UDP port; HTTP is spoken over TCP. */
export function tcpPort(service: Service, number: number): ServicePort | undefined {
  return tcpPorts(service).find(({ port }) => port === number)
}

function tcpPorts({ spec }: Service): readonly ServicePort[] {
  return spec.ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
}
