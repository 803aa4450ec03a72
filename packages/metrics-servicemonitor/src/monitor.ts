/**
 * The ServiceMonitor of one metrics API.
 *
 * Only fields that the CRD keeps as they are written may appear here: lists are compared whole, so a field that an old CRD
 * prunes, or a default that it adds to an entry, would be written again for ever.
 */
import { childMeta, type ExposedApi, type RenderedObject } from '@exposedapi/core'
import type { ServiceMonitorOptions } from './options.ts'
import type { MonitorPort } from './port.ts'

/** Azure managed Prometheus asks for these limits on each monitor. */
const AZURE_LIMITS = { labelLimit: 63, labelNameLengthLimit: 511, labelValueLengthLimit: 1023 }

/** What has been found out about the API and the cluster. */
export interface MonitorFacts {
  readonly api: ExposedApi
  readonly apiVersion: string
  /** Labels to select the Service by; undefined selects every Service of the namespace. */
  readonly matchLabels: Readonly<Record<string, string>> | undefined
  readonly port: MonitorPort
  /** Does the served CRD keep `fallbackScrapeProtocol`? */
  readonly fallback: boolean
}

/** The ServiceMonitor, named as the ExposedAPI: the test kit of ODA Canvas looks for it there. */
export function monitor(facts: MonitorFacts, options: ServiceMonitorOptions): RenderedObject {
  const { api, apiVersion, matchLabels, fallback } = facts
  const meta = childMeta(api)
  const labels = { ...meta.labels, ...options.labels }
  return {
    apiVersion,
    kind: 'ServiceMonitor',
    metadata: { ...meta, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: {
      selector: matchLabels ? { matchLabels } : {},
      // Prometheus 3 refuses an answer of blank or unknown content type without it.
      ...(fallback && { fallbackScrapeProtocol: 'PrometheusText0.0.4' }),
      ...(options.apiGroup === 'azmonitoring.coreos.com' && AZURE_LIMITS),
      endpoints: [endpoint(facts, options)],
    },
  }
}

function endpoint({ api, port }: MonitorFacts, options: ServiceMonitorOptions): object {
  const { path, implementation, basicAuth } = api.spec
  return {
    ...('name' in port && { port: port.name }),
    path,
    scheme: options.scheme,
    interval: options.interval,
    relabelings: [
      // Siblings share labels; without this rule they would be scraped too, each sample twice (loki#1726).
      keep('__meta_kubernetes_service_name', escaped(implementation)),
      // Not on __meta_kubernetes_endpointslice_port: the default discovery role, Endpoints, does not have it.
      ...('numbers' in port ? [keep('__address__', `.+:${alternatives(port.numbers)}`)] : []),
    ],
    ...(basicAuth && {
      basicAuth: { username: secretKey(basicAuth.username), password: secretKey(basicAuth.password) },
    }),
  }
}

/** Prometheus anchors the expression at both ends. */
function keep(label: string, regex: string): object {
  return { action: 'keep', sourceLabels: [label], regex }
}

function alternatives(numbers: readonly number[]): string {
  return numbers.length === 1 ? `${numbers[0]}` : `(${numbers.join('|')})`
}

/** Other keys that a user may have put beside are pruned by the CRD. */
function secretKey({ name, key }: { readonly name: string; readonly key: string }): object {
  return { name, key }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
