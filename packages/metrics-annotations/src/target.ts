/** From a Service port to Pods, containers and the ports that they declare. */
import { nameOf, type Service, type ServicePort, type View } from '@exposedapi/core'
import type { Obstacle } from './convention.ts'
import { isAlive, POD_BY_LABEL, type Pod } from './pod.ts'

/** Pods of the Service that run or will, in order of their names. */
export function podsOf(service: Service, view: View): readonly Pod[] {
  const pair = mostSelectivePair(service)
  if (!pair) return []
  const candidates = view.by(POD_BY_LABEL, `${service.metadata.namespace}/${pair[0]}=${pair[1]}`)
  return candidates.filter((pod) => isAlive(pod) && selects(service, pod))
}

/** Does the full selector match? A Service without selector selects nothing. */
export function selects({ metadata, spec: { selector = {} } }: Service, pod: Pod): boolean {
  const { labels = {}, namespace } = pod.metadata
  const pairs = Object.entries(selector)
  return namespace === metadata.namespace && pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
}

/** The container that declares the target port, and the number there. The sidecar of Istio is none of the application's. */
export function containerOf(port: ServicePort, pod: Pod): { container: string; number: number } | undefined {
  const wanted = port.targetPort || port.port
  for (const { name, ports } of pod.containers) {
    if (name === 'istio-proxy') continue
    const found = ports.find(
      (declared) => (typeof wanted === 'string' ? declared.name : declared.containerPort) === wanted,
    )
    if (found) return { container: name, number: found.containerPort }
  }
  return undefined
}

/** No container declares the target port. */
export function portNotDeclared(port: ServicePort, pod: Pod): Obstacle {
  const message = `No container of Pod ${nameOf(pod)} declares port ${port.targetPort || port.port}.`
  return { status: 'False', reason: 'ContainerPortNotDeclared', message }
}

/**
 * One pair of the selector to read Pods by; the others are compared in code, since an index knows single pairs only.
 *
 * Each Pod read, of the Service or not, queues the API again when it changes: `component: metrics` may be on half of the
 * namespace. The value that begins like the Service's name is likely to be the Service's alone.
 */
function mostSelectivePair({
  metadata: { name },
  spec: { selector = {} },
}: Service): readonly [string, string] | undefined {
  const likeness = (value: string) => (name.startsWith(value) || value.startsWith(name) ? 1000 : 0) + value.length
  return Object.entries(selector).sort(([a, x], [b, y]) => likeness(y) - likeness(x) || (a < b ? -1 : 1))[0]
}
