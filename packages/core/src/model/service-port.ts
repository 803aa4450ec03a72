/** Which port of which Service an API means: asked by readiness and by everybody who scrapes. */
import type { View } from '@exposedapi/objects'
import { unseenText } from '../findings/not-readable.ts'
import type { ExposedApi } from './exposed-api.ts'
import { SERVICE, type Service, type ServicePort } from './kinds.ts'

/** The Service behind an API and its port, or why there is none. */
export type ServicePortAnswer =
  | { readonly service: Service; readonly port: ServicePort; readonly problem?: undefined }
  | {
      readonly problem: 'ServiceNotFound' | 'ExternalNameService' | 'PortNotFound' | 'NotReadable'
      readonly message: string
      /** Only a change of a spec cures it. Charts may still create the Service, and a right may be granted. */
      readonly lasting: boolean
    }

/** Looks up `spec.implementation` and `spec.port`. */
export function servicePortOf({ metadata: { namespace }, spec }: ExposedApi, view: View): ServicePortAnswer {
  const name = `${namespace}/${spec.implementation}`
  const service = view.get(SERVICE, namespace, spec.implementation)
  if (service?.spec.type === 'ExternalName') {
    return { problem: 'ExternalNameService', message: externalName(name), lasting: true }
  }
  const port = service && tcpPort(service, spec.port)
  if (port) return { service, port }
  if (!view.readable(SERVICE, namespace)) {
    const message = `${unseenText({ kind: SERVICE, namespace })} It is not known whether Service ${name} exists and has port ${spec.port}.`
    return { problem: 'NotReadable', message, lasting: false }
  }
  if (!service) return { problem: 'ServiceNotFound', message: `Service ${name} does not exist.`, lasting: false }
  const ports = tcpPorts(service)
  const others = ports.length === 0 ? 'it has none' : `it has ${ports.map((candidate) => candidate.port).join(', ')}`
  const message = `Service ${name} has no port ${spec.port} (${others})${meant(spec.port, ports)}.`
  return { problem: 'PortNotFound', message, lasting: true }
}

/** It is a DNS alias: no endpoints, so readiness cannot be known, and nothing to scrape. */
function externalName(name: string): string {
  return `Service ${name} is of type ExternalName and has no endpoints: use a Service without selector and an EndpointSlice of your own, or set spec.implementation to "<external>".`
}

/** The commonest slips: the port of the container, or that of the nodes. */
function meant(number: number, ports: readonly ServicePort[]): string {
  const behind = ports.find(({ targetPort }) => targetPort === number)
  if (behind) return `: ${number} is the target port of ${behind.port}, so write ${behind.port}`
  const outside = ports.find(({ nodePort }) => nodePort === number)
  return outside ? `: ${number} is the node port of ${outside.port}, so write ${outside.port}` : ''
}

/** The port of that number. One number may be a TCP and a UDP port; HTTP is spoken over TCP. */
export function tcpPort(service: Service, number: number): ServicePort | undefined {
  return tcpPorts(service).find(({ port }) => port === number)
}

function tcpPorts({ spec }: Service): readonly ServicePort[] {
  return spec.ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
}
