/**
 * Every difference between what our operator writes and what the reference operator wrote (test data, golden/), and why.
 *
 * `D…` and `R…` are defects and rules of the contract (contract.md §8 and §9). An entry says exactly what we write instead;
 * a difference without an entry fails the test, and so does an entry that applies more or less often than it says.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Excuse } from './reference-compare.ts'

const METRICS = ['prometheus', 'openmetrics']

type Texts = Readonly<Record<string, string>>

/** The table. */
export const DIFFERENCES: readonly Excuse[] = [
  {
    id: 'virtual-service-v1',
    kind: 'VirtualService',
    path: '.apiVersion',
    accepts: same('networking.istio.io/v1', 'networking.istio.io/v1alpha3'),
    times: 48,
    because: 'v1 is the storage version since Istio 1.27 and has the same schema (contract §3.2).',
  },
  {
    id: 'segment-safe-match',
    kind: 'VirtualService',
    path: '.spec.http[0].match',
    accepts: (ours, theirs, { api }) =>
      isDeepStrictEqual(theirs, [{ uri: { prefix: api?.spec.path } }]) &&
      isDeepStrictEqual(ours, [{ uri: { exact: api?.spec.path } }, { uri: { prefix: `${api?.spec.path}/` } }]),
    times: 48,
    because: 'D45: a plain prefix /x/v1 also captures /x/v10.',
  },
  {
    id: 'rule-name',
    kind: 'VirtualService',
    path: '.spec.http[0].name',
    accepts: (ours, theirs, { name }) => ours === `components.${name}` && theirs === undefined,
    times: 48,
    because: 'D49: rules are named so that an EnvoyFilter can find the route of an API and enforce a policy on it.',
  },
  {
    id: 'mcp-retries',
    kind: 'VirtualService',
    path: '.spec.http[0].retries',
    accepts: (ours, theirs, { api }) =>
      api?.spec.apiType === 'mcp' && theirs === undefined && isDeepStrictEqual(ours, { attempts: 0 }),
    times: 8,
    because: 'D49: a call of an MCP tool must not be repeated by the gateway.',
  },
  {
    id: 'denied-answer',
    case: 'servicemonitor-extras',
    kind: 'VirtualService',
    path: '.spec.http[0].directResponse',
    accepts: (ours, theirs, { api }) =>
      api?.spec.apiKeyVerification?.enabled === true &&
      theirs === undefined &&
      isDeepStrictEqual(ours, { status: 503, body: { string: 'policy apiKeyVerification cannot be enforced' } }),
    times: 1,
    because: 'D49: an API whose key verification nobody enforces is answered 503.',
  },
  {
    id: 'denied-route',
    case: 'servicemonitor-extras',
    kind: 'VirtualService',
    path: '.spec.http[0].route',
    accepts: (ours, theirs, { api }) =>
      api?.spec.apiKeyVerification?.enabled === true && ours === undefined && theirs !== undefined,
    times: 1,
    because: 'D49: the reference serves such an API without any key.',
  },
  {
    id: 'denied-not-ready',
    case: 'servicemonitor-extras',
    kind: 'ExposedAPI',
    path: '.status.implementation.ready',
    accepts: (ours, theirs, { api }) =>
      api?.spec.apiKeyVerification?.enabled === true && ours === false && theirs === true,
    times: 1,
    because: 'D49: an API that is answered 503 is not ready.',
  },
  {
    id: 'denied-entry',
    case: 'servicemonitor-extras',
    kind: 'Component',
    path: '.status.coreAPIs[1].ready',
    accepts: same(false, true),
    times: 1,
    because: "D49: the Component's entry says what the API says (R5).",
  },
  {
    id: 'policy-verdicts',
    case: 'servicemonitor-extras',
    kind: 'ExposedAPI',
    path: '.status.policies',
    accepts: (ours, theirs) =>
      theirs === undefined &&
      isDeepStrictEqual(
        (ours as Texts[]).map(({ policy, state }) => `${policy} ${state}`),
        [
          'cors Enforced',
          'rateLimit Unsupported',
          'quota Invalid',
          'apiKeyVerification Unsupported',
          'oasValidation Unsupported',
        ],
      ),
    times: 1,
    because: 'D49, R20: every requested policy gets a visible verdict, where the reference ignores all of them.',
  },
  {
    id: 'serving-gateway',
    kind: 'ExposedAPI',
    path: '.status.gateway',
    accepts: (ours, theirs) => theirs === undefined && isDeepStrictEqual(ours, { name: 'istio', adapter: 'istio' }),
    times: 48,
    because: 'ADR 12: of several gateways, which one serves the API.',
  },
  {
    id: 'serving-metrics',
    kind: 'ExposedAPI',
    path: '.status.metrics',
    accepts: (ours, theirs, { api }) =>
      METRICS.includes(String(api?.spec.apiType)) && theirs === undefined && Object(ours).name === Object(ours).adapter,
    times: 16,
    because: 'ADR 12: which adapter made the metrics API known; a change of mode tells by it what is left behind.',
  },
  {
    id: 'conditions',
    kind: 'ExposedAPI',
    path: '.status.conditions',
    accepts: (ours, theirs) => theirs === undefined && (ours as Texts[]).every(isCondition),
    times: 48,
    because: 'R2, R19: every reason stands in conditions beside apiStatus; D1, D2 and D24 left none.',
  },
  {
    id: 'not-ready-without-url',
    case: 'unknownmode-nolbaddr',
    kind: 'ExposedAPI',
    path: '.status.implementation.ready',
    accepts: same(false, true),
    times: 6,
    because: 'D34, D67: readers that trust ready alone break on a missing url (R4).',
  },
  {
    id: 'entry-not-ready-without-url',
    case: 'unknownmode-nolbaddr',
    kind: 'Component',
    path: '.status.*APIs[*].ready',
    accepts: same(false, true),
    times: 6,
    because: "D34, D67: the Component's entry says what the API says (R5).",
  },
  {
    id: 'monitor-selector',
    kind: 'ServiceMonitor',
    path: '.spec.selector.matchLabels',
    accepts: (ours, theirs, { api }) =>
      isDeepStrictEqual(theirs, { name: api?.spec.implementation }) &&
      isDeepStrictEqual(ours, {
        name: api?.spec.implementation,
        'oda.tmforum.org/componentName': 'ctk-productcatalogmanagement',
      }),
    times: 10,
    because: 'D50: a Service need not have a label `name`, so it is selected by the labels it has.',
  },
  {
    id: 'monitor-relabelings',
    kind: 'ServiceMonitor',
    path: '.spec.endpoints[0].relabelings',
    accepts: (ours, theirs, { api }) =>
      theirs === undefined &&
      isDeepStrictEqual(ours, [
        { action: 'keep', sourceLabels: ['__meta_kubernetes_service_name'], regex: api?.spec.implementation },
      ]),
    times: 10,
    because: 'D50: labels may fit several Services, so the monitor is narrowed to the name.',
  },
  {
    id: 'monitor-port-name',
    kind: 'ServiceMonitor',
    path: '.spec.endpoints[0].port',
    accepts: same('http', undefined),
    times: 10,
    because: 'D51: `port` names the Service port, which is what spec.port means.',
  },
  {
    id: 'monitor-target-port',
    kind: 'ServiceMonitor',
    path: '.spec.endpoints[0].targetPort',
    accepts: (ours, theirs, { api }) => ours === undefined && theirs === api?.spec.port,
    times: 10,
    because: 'D51: `targetPort` means a port that a container declares.',
  },
  {
    id: 'monitor-fallback-protocol',
    kind: 'ServiceMonitor',
    path: '.spec.fallbackScrapeProtocol',
    accepts: same('PrometheusText0.0.4', undefined),
    times: 10,
    because: 'D52: Prometheus 3 refuses an answer without content type unless the monitor names a protocol.',
  },
  {
    id: 'prometheus-every-pod',
    case: 'annot-iplb',
    kind: 'Pod',
    path: '.metadata.annotations[prometheus.io/scrape]',
    accepts: same('true', undefined),
    times: 2,
    because: 'D53, D54: all Pods of the Service are annotated, where the reference takes the first it finds.',
  },
  {
    id: 'prometheus-port',
    case: 'annot-iplb',
    kind: 'Pod',
    path: '.metadata.annotations[prometheus.io/port]',
    accepts: scraped(({ port }) => String(port)),
    times: 4,
    because: 'D56: without a port every declared port of the Pod is scraped.',
  },
  {
    id: 'prometheus-path',
    case: 'annot-iplb',
    kind: 'Pod',
    path: '.metadata.annotations[prometheus.io/path]',
    accepts: scraped(({ path }) => String(path)),
    times: 4,
    because: 'D56: without a path the scraper tries /metrics.',
  },
  {
    id: 'prometheus-scheme',
    case: 'annot-iplb',
    kind: 'Pod',
    path: '.metadata.annotations[prometheus.io/scheme]',
    accepts: scraped(() => 'http'),
    times: 4,
    because: 'D56: the set is complete, so that nothing is left to defaults of scrape jobs.',
  },
  {
    id: 'datadog-check',
    case: 'datadog-iplb',
    kind: 'Pod',
    path: '.metadata.annotations[ad.datadoghq.com/main.checks]',
    accepts: scraped(dataDogCheck),
    times: 4,
    because: 'D53, D58: every Pod is checked, each at %%host%%; the name of the Service would be a random replica.',
  },
  {
    id: 'datadog-other-spelling',
    case: 'unknownmode-nolbaddr',
    kind: 'Pod',
    path: '.metadata.annotations[ad.datadoghq.com/main.checks]',
    accepts: (ours, theirs, place) => theirs === undefined && scraped(dataDogCheck)(ours, theirs, place),
    times: 4,
    because: "Contract §7.5: the README's spelling DataDogAnnotations turned metrics off without a word (R17).",
  },
]

function isCondition(condition: Texts): boolean {
  const keys = ['lastTransitionTime', 'message', 'reason', 'status', 'type']
  return isDeepStrictEqual(Object.keys(condition).sort(), keys)
}

function same(wantOurs: unknown, wantTheirs: unknown): Excuse['accepts'] {
  return (ours, theirs) => ours === wantOurs && theirs === wantTheirs
}

/** Our annotation on a Pod of a metrics API: what follows from the spec of that API. Theirs was another or none. */
function scraped(annotation: (spec: Texts) => string): Excuse['accepts'] {
  return (ours, _theirs, place) => {
    const { impl } = Object(place.ours?.metadata.labels)
    const specs: Texts[] = place.world.filter(({ kind }) => kind === 'ExposedAPI').map(({ spec }) => spec)
    const api = specs.find(({ implementation, apiType = '' }) => implementation === impl && METRICS.includes(apiType))
    return api !== undefined && ours === annotation(api)
  }
}

function dataDogCheck({ port, path }: Texts): string {
  const instance = { openmetrics_endpoint: `http://%%host%%:${port}${path}`, namespace: 'components', metrics: ['.*'] }
  return JSON.stringify({ openmetrics: { init_config: {}, instances: [instance] } })
}
