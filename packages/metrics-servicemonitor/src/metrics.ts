/**
 * The adapter: finds the Service, decides on one port, and renders one ServiceMonitor, or says why not.
 *
 * Nothing but a monitor that can find its target is ever written: a monitor that selects nothing looks like success.
 */
import {
  CUSTOM_RESOURCE_DEFINITION,
  type ExposedApi,
  type Finding,
  isRecord,
  type KindUse,
  type MetricsAdapter,
  type MetricsObservation,
  nameOf,
  type Reason,
  type RenderedMetrics,
  SLICE_BY_SERVICE,
  servicePortOf,
  type View,
} from '@exposedapi/core'
import { crdNameOf, MONITOR_KINDS } from './kind.ts'
import { type MonitorFacts, monitor } from './monitor.ts'
import { API_GROUPS, type ServiceMonitorOptions } from './options.ts'
import { portOf } from './port.ts'
import { selectorOf } from './selector.ts'

/** The field that makes Prometheus 3 accept answers without a content type; CRDs have it since prometheus-operator 0.81. */
const FALLBACK = 'fallbackScrapeProtocol'

/** What the cluster tells about the target of a monitor. */
type Target = Pick<MonitorFacts, 'apiVersion' | 'port' | 'matchLabels'>

/** One ServiceMonitor per metrics API. */
export class ServiceMonitorMetrics implements MetricsAdapter {
  readonly name = 'ServiceMonitor'
  /** Both groups are ours: a change of `apiGroup` must delete the monitors in the other one. */
  readonly kinds: readonly KindUse[] = [
    ...API_GROUPS.map((group) => ({ kind: MONITOR_KINDS[group], use: 'own', optional: true }) as const),
    { kind: CUSTOM_RESOURCE_DEFINITION, use: 'read', scope: 'cluster', optional: true },
  ]
  readonly indexes = []
  readonly #options: ServiceMonitorOptions

  constructor(options: ServiceMonitorOptions) {
    this.#options = options
  }

  render(api: ExposedApi, view: View): RenderedMetrics {
    const target = this.#target(api, view)
    if ('problem' in target) return { objects: [], annotations: [] }
    const fallback = this.#keepsFallback(api, view)
    return { objects: [{ object: monitor({ api, fallback, ...target }, this.#options) }], annotations: [] }
  }

  observe(api: ExposedApi, view: View): MetricsObservation {
    const target = this.#target(api, view)
    if ('problem' in target) return { findings: [{ condition: 'MetricsConfigured', ...target.problem }] }
    return { findings: target.matchLabels ? [] : [noLabels(`${api.metadata.namespace}/${api.spec.implementation}`)] }
  }

  /** Where definitions may not be read, a monitor keeps the field that it has: it was written when they could be. */
  #keepsFallback({ metadata: { namespace, name } }: ExposedApi, view: View): boolean {
    const { apiGroup } = this.#options
    const isKnown = view.readable(CUSTOM_RESOURCE_DEFINITION)
    const crd = view.get(CUSTOM_RESOURCE_DEFINITION, '', crdNameOf(apiGroup))
    if (crd || isKnown) return crd?.specFields.includes(FALLBACK) ?? false
    const monitor = view.get(MONITOR_KINDS[apiGroup], namespace, name)
    return isRecord(monitor?.spec) && FALLBACK in monitor.spec
  }

  /** What a monitor is made of, or why there is none. */
  #target(api: ExposedApi, view: View): Target | { readonly problem: Omit<Finding, 'condition'> } {
    const apiVersion = view.serves(MONITOR_KINDS[this.#options.apiGroup])
    if (apiVersion === undefined) return nothing('False', 'CrdMissing', this.#crdMissing(view))
    const auth = basicAuthProblem(api)
    if (auth !== undefined) return nothing('False', 'BasicAuthInvalid', auth)
    const found = servicePortOf(api, view)
    if (found.problem) return nothing(found.lasting ? 'False' : 'Unknown', found.problem, found.message)
    const { service } = found
    const port = portOf(service, found.port, () => view.by(SLICE_BY_SERVICE, nameOf(service)))
    if ('problem' in port) return nothing('Unknown', port.problem, port.message)
    return { apiVersion, port, matchLabels: selectorOf(service.metadata.labels ?? {}) }
  }

  #crdMissing(view: View): string {
    const { apiGroup } = this.#options
    const missing = `The cluster does not serve ${crdNameOf(apiGroup)}, so nothing scrapes this API.`
    const other = API_GROUPS.find((group) => group !== apiGroup && view.serves(MONITOR_KINDS[group]) !== undefined)
    return other === undefined ? missing : `${missing} It serves ${crdNameOf(other)}: is the option apiGroup right?`
  }
}

const SECRET_WORDS = { name: 'the name of a Secret', key: 'a key in that Secret' } as const

/** A reference without name or key has the right shape, and yet makes prometheus-operator drop the whole monitor. */
function basicAuthProblem({ spec: { basicAuth, basicAuthProblem: problem } }: ExposedApi): string | undefined {
  if (problem !== undefined) return `${problem}.`
  for (const part of ['username', 'password'] as const) {
    for (const field of ['name', 'key'] as const) {
      if (basicAuth?.[part][field] === '')
        return `spec.basicAuth.${part}.${field} is empty: write ${SECRET_WORDS[field]}.`
    }
  }
  return undefined
}

function noLabels(service: string): Finding {
  const message = `Service ${service} has no labels, so its monitor has to look at every Service of the namespace.`
  return { condition: 'MetricsConfigured', status: 'True', reason: 'ServiceHasNoLabels', message }
}

function nothing(status: 'False' | 'Unknown', reason: Reason, message: string) {
  return { problem: { status, reason, message } }
}
