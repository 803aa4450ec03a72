/**
 * The `prometheus.io/*` convention.
 *
 * Room for one port and one path per Pod, and the port is the container's, not the Service's. Always the complete set:
 * without a port every declared port is scraped, without a path `/metrics`.
 */
import { nameOf, ownReason } from '@exposedapi/core'
import type { Convention, Obstacle } from './convention.ts'
import type { PrometheusOptions } from './options.ts'
import type { Pod } from './pod.ts'
import { containerOf, portNotDeclared } from './target.ts'

const TAKEN_BY_INJECTOR = ownReason('PrometheusAnnotation', 'TakenByInjector')

/** Reasons of this convention alone, with their cures. */
export const PROMETHEUS_REASONS: Readonly<Record<string, string>> = {
  [TAKEN_BY_INJECTOR]:
    'Annotate the Pod template, or use ServiceMonitor: the sidecar injector owns these annotations on running Pods.',
}

const PREFIX = 'prometheus.io/'
/** Where Istio's agent serves the metrics of application and sidecar together. */
const MERGED_PATH = '/stats/prometheus'

/** The convention under these options. */
export function prometheus({ scheme }: PrometheusOptions): Convention {
  return {
    prefix: PREFIX,
    annotations({ spec }, port, pod) {
      // A number need not be declared: scrape jobs replace the port of whatever address they find for the Pod.
      const number = typeof port.targetPort === 'string' ? containerOf(port, pod)?.number : port.targetPort || port.port
      if (number === undefined) return portNotDeclared(port, pod)
      return {
        [`${PREFIX}scrape`]: 'true',
        [`${PREFIX}port`]: String(number),
        [`${PREFIX}path`]: spec.path,
        [`${PREFIX}scheme`]: scheme,
      }
    },
    handsOff,
  }
}

function handsOff(uid: string, pod: Pod): Obstacle | undefined {
  const annotations = pod.metadata.annotations ?? {}
  const ours = pod.applied[uid] ?? []
  // The port of the merged metrics can be changed mesh-wide, so it is no part of the question.
  if (annotations[`${PREFIX}path`] === MERGED_PATH && !ours.includes(`${PREFIX}path`) && pod.injected) {
    return {
      status: 'False',
      reason: TAKEN_BY_INJECTOR,
      message:
        `Istio's sidecar injector owns the prometheus.io annotations of Pod ${nameOf(pod)}: ` +
        'annotate the Pod template, or use the mode ServiceMonitor.',
    }
  }
  if (annotations[`${PREFIX}scrape`] === 'false' && !ours.includes(`${PREFIX}scrape`)) {
    const message = `Pod ${nameOf(pod)} has the annotation prometheus.io/scrape: "false", so it is left alone.`
    return { status: 'False', reason: 'AnnotationConflict', message }
  }
  return undefined
}
