/**
 * How a monitor names exactly one port.
 *
 * `port` means the name of a Service port. `targetPort` means a port that a container declares: not a Service port, and no
 * target at all if no container declares it (prometheus-operator#2515). So a Service port without a name, which `port`
 * cannot express, is left out of the monitor and picked by the number in `__address__`. That needs no watch on Pods: it
 * works whether or not a container declares the port, and costs only the label `endpoint`, which names nothing then.
 */
import { type EndpointSlice, nameOf, type Service, type ServicePort } from '@exposedapi/core'

/** The port of a Service: its name, or the numbers that its endpoints listen on. */
export type MonitorPort = { readonly name: string } | { readonly numbers: readonly number[] }

/** Why it cannot be told yet. */
export interface PortProblem {
  readonly problem: 'TargetPortUnresolved'
  readonly message: string
}

/** How a monitor names this port. `slices` is asked only where a port without a name has a target port with one. */
export function portOf(
  service: Service,
  port: ServicePort,
  slices: () => readonly EndpointSlice[],
): MonitorPort | PortProblem {
  if (port.name) return { name: port.name }
  if (typeof port.targetPort !== 'string') return { numbers: [port.targetPort || port.port] }

  // Pods may give one name to different numbers, each in a slice of its own.
  const ports = slices().flatMap((slice) => slice.ports.filter((candidate) => candidate.name === ''))
  const numbers = [...new Set(ports.flatMap((candidate) => candidate.port ?? []))].sort((a, b) => a - b)
  if (numbers.length > 0) return { numbers }
  const message = `Service ${nameOf(service)} has no endpoint yet that tells the number of its target port "${port.targetPort}".`
  return { problem: 'TargetPortUnresolved', message }
}
