import { CUSTOM_RESOURCE_DEFINITION, ENDPOINT_SLICE, SERVICE, sameJson } from '@exposedapi/core'
import {
  type ApiWords,
  adapterOf,
  anApi,
  aService,
  aSlice,
  MemoryView,
  type ServiceWords,
  type SliceWords,
} from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { serviceMonitor } from './index.ts'
import { MONITOR_KINDS } from './kind.ts'

const OPEN = MONITOR_KINDS['monitoring.coreos.com']
const AZURE = MONITOR_KINDS['azmonitoring.coreos.com']

interface Case {
  readonly because: string
  readonly api?: ApiWords['spec']
  readonly service?: ServiceWords | null
  readonly slices?: readonly SliceWords[]
  readonly options?: object
  /** Fields below `spec` of the served CRD. Default: it cannot be read. */
  readonly crd?: readonly string[]
  readonly prepare?: (view: MemoryView) => void
}

function render({ api, service, slices = [], options = {}, crd, prepare }: Omit<Case, 'because'>) {
  const view = new MemoryView()
  if (service !== null) view.add(SERVICE, aService(service))
  view.add(ENDPOINT_SLICE, ...slices.map(aSlice))
  if (crd) view.add(CUSTOM_RESOURCE_DEFINITION, aCrd(crd))
  prepare?.(view)
  const adapter = adapterOf(serviceMonitor, options)
  const self = anApi({ spec: { apiType: 'prometheus', ...api } })
  const objects = adapter.render(self, view).objects.map(({ object }) => object)
  const spec = objects[0]?.spec as Record<string, unknown> | undefined
  return { objects, spec, object: objects[0], ...adapter.observe(self, view) }
}

function aCrd(fields: readonly string[]) {
  const properties = Object.fromEntries(fields.map((field) => [field, {}]))
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'servicemonitors.monitoring.coreos.com' },
    spec: { versions: [{ served: true, schema: { openAPIV3Schema: { properties: { spec: { properties } } } } }] },
  }
}

const BASIC_AUTH = { username: { name: 'cred', key: 'user' }, password: { name: 'cred', key: 'pass' } }

describe('findings', () => {
  it.each<Case & { want: readonly [string, string]; says: RegExp; writes?: boolean }>([
    {
      because: 'the CRD may come later, and the route does not wait for it',
      prepare: (view) => view.unserve(OPEN).unserve(AZURE),
      want: ['False', 'CrdMissing'],
      says: /servicemonitors\.monitoring\.coreos\.com, so nothing scrapes this API\.$/,
    },
    {
      because: 'on AKS only the other group may be there, and the user must learn its name',
      prepare: (view) => view.unserve(OPEN),
      want: ['False', 'CrdMissing'],
      says: /It serves servicemonitors\.azmonitoring\.coreos\.com/,
    },
    {
      because: 'the same the other way round',
      options: { apiGroup: 'azmonitoring.coreos.com' },
      prepare: (view) => view.unserve(AZURE),
      want: ['False', 'CrdMissing'],
      says: /serve servicemonitors\.azmonitoring\.coreos\.com.* It serves servicemonitors\.monitoring\.coreos\.com/,
    },
    {
      because: 'charts may create the Service after the API',
      service: null,
      want: ['Unknown', 'ServiceNotFound'],
      says: /Service components\/catalog-svc does not exist/,
    },
    {
      because: 'a port that the Service does not have is an error of the user',
      service: {
        ports: [
          { name: 'http', port: 80 },
          { name: 'admin', port: 81 },
        ],
      },
      want: ['False', 'PortNotFound'],
      says: /Service components\/catalog-svc has no port 8080 \(it has 80, 81\)\./,
    },
    {
      because: 'a Service of type ExternalName has nothing behind it to scrape, and perhaps no ports',
      service: { ports: [], spec: { type: 'ExternalName' } },
      want: ['False', 'ExternalNameService'],
      says: /Service components\/catalog-svc is of type ExternalName/,
    },
    {
      because: 'the number behind a name is in the Pods, and there is none yet',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      want: ['Unknown', 'TargetPortUnresolved'],
      says: /target port "web"/,
    },
    {
      because: 'a slice without ports (an endpoint that serves nothing) resolves nothing either',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      slices: [{ ports: [] }, { name: 'x', ports: [{ name: '' }] }],
      want: ['Unknown', 'TargetPortUnresolved'],
      says: /has no endpoint yet/,
    },
    {
      because: 'one bad reference would make prometheus-operator drop the whole monitor',
      api: { basicAuth: { username: 'me' } },
      want: ['False', 'BasicAuthInvalid'],
      says: /spec\.basicAuth\.username/,
    },
    {
      because: 'a reference to no key has the right shape and is as bad',
      api: { basicAuth: { ...BASIC_AUTH, password: { name: 'cred', key: '' } } },
      want: ['False', 'BasicAuthInvalid'],
      says: /spec\.basicAuth\.password\.key is empty/,
    },
    {
      because: 'the empty selector works, at a price: advice, not an error',
      service: { labels: {} },
      want: ['True', 'ServiceHasNoLabels'],
      says: /Service components\/catalog-svc has no labels/,
      writes: true,
    },
  ])('$want.1: $because', ({ want, says, writes = false, ...words }) => {
    const { findings, objects } = render(words)
    expect(findings.map(({ condition, status, reason }) => [condition, status, reason])).toEqual([
      ['MetricsConfigured', ...want],
    ])
    expect(findings[0]?.message).toMatch(says)
    expect(objects).toHaveLength(writes ? 1 : 0)
  })
})

describe('the monitor', () => {
  it.each<Case & { want: object }>([
    {
      because: 'spec.port is a Service port; its name is what `port` means, whatever the container listens on',
      api: { port: 80 },
      service: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      want: { port: 'http' },
    },
    {
      because: 'the name of a target port matters only to a Service port without name',
      service: { ports: [{ name: 'http', port: 8080, targetPort: 'web' }] },
      want: { port: 'http' },
    },
    {
      because: 'metrics are HTTP, also where one number is open for UDP too',
      service: {
        ports: [
          { name: 'dns-udp', port: 8080, protocol: 'UDP' },
          { name: 'http', port: 8080, protocol: 'TCP' },
        ],
      },
      want: { port: 'http' },
    },
    { because: 'basicAuth goes through', api: { basicAuth: BASIC_AUTH }, want: { basicAuth: BASIC_AUTH } },
    {
      because: 'the path is the full public path: nothing is rewritten',
      api: { path: '/a/metrics/' },
      want: { path: '/a/metrics/', scheme: 'http', interval: '15s' },
    },
    {
      because: 'options',
      options: { scheme: 'https', interval: '1m30s' },
      want: { scheme: 'https', interval: '1m30s' },
    },
  ])('endpoint: $because', ({ want, ...words }) => {
    const endpoints = (render(words).spec?.endpoints ?? []) as object[]
    expect(endpoints).toEqual([expect.objectContaining(want)])
    expect(endpoints[0], 'a Service port must never end up there').not.toHaveProperty('targetPort')
  })

  it.each<Case & { regex: string }>([
    { because: 'an absent target port is the port', service: { ports: [{ port: 8080 }] }, regex: '.+:8080' },
    {
      because: 'Service 80 → container 8080',
      api: { port: 80 },
      service: { ports: [{ port: 80, targetPort: 8080 }] },
      regex: '.+:8080',
    },
    {
      because: 'endpoints know the number behind a name',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      slices: [{ ports: [{ port: 9090 }] }],
      regex: '.+:9090',
    },
    {
      because: 'two Deployments may give one name to two numbers',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      slices: [
        { name: 'a', ports: [{ port: 9091 }] },
        { name: 'b', ports: [{ port: 9090 }] },
        { name: 'c', ports: [{ port: 9090 }] },
      ],
      regex: '.+:(9090|9091)',
    },
  ])('a port without name is picked by address: $because', ({ regex, ...words }) => {
    const [endpoint] = (render(words).spec?.endpoints ?? []) as Record<string, unknown>[]
    expect(endpoint).not.toHaveProperty('port')
    expect(endpoint?.relabelings).toContainEqual({ action: 'keep', sourceLabels: ['__address__'], regex })
  })

  it.each<{ because: string; labels: Record<string, string>; want: object }>([
    { because: 'all stable labels', labels: { b: '2', a: '1' }, want: { matchLabels: { a: '1', b: '2' } } },
    {
      because: 'labels of the chart change at each upgrade',
      labels: {
        app: 'x',
        'helm.sh/chart': 'x-1.0',
        'app.kubernetes.io/version': '1',
        heritage: 'Helm',
        release: 'x',
        'app.kubernetes.io/managed-by': 'Helm',
      },
      want: { matchLabels: { app: 'x' } },
    },
    {
      because: 'labels that change are better than none',
      labels: { 'helm.sh/chart': 'x-1.0' },
      want: { matchLabels: { 'helm.sh/chart': 'x-1.0' } },
    },
    { because: 'without labels only the empty selector finds it', labels: {}, want: {} },
  ])('selector: $because', ({ labels, want }) => {
    expect(render({ service: { labels } }).spec?.selector).toEqual(want)
  })

  it.each<Case & { want: boolean }>([
    { because: 'the served CRD has the field', crd: ['endpoints', 'fallbackScrapeProtocol'], want: true },
    { because: 'an old CRD would prune it, and we would write for ever', crd: ['endpoints'], want: false },
    { because: 'reading the CRD may be forbidden', want: false },
    ...[true, false].map((has) => ({
      because: `the CRD may not be read any more, and the monitor ${has ? 'has' : 'lacks'} the field`,
      prepare: (view: MemoryView) => {
        const spec = { endpoints: [], ...(has && { fallbackScrapeProtocol: 'PrometheusText0.0.4' }) }
        const metadata = { name: 'catalog', namespace: 'components' }
        view.forbid(CUSTOM_RESOURCE_DEFINITION)
        view.add(OPEN, { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata, ...{ spec } })
      },
      want: has,
    })),
  ])('fallbackScrapeProtocol is written: $want: $because', ({ want, ...words }) => {
    expect('fallbackScrapeProtocol' in (render(words).spec ?? {})).toBe(want)
  })

  it('escapes the name of the Service: a pattern must not find a sibling', () => {
    const endpoints = render({ api: { implementation: 'a.b' }, service: { name: 'a.b' } }).spec?.endpoints
    expect(endpoints).toMatchObject([{ relabelings: [{ action: 'keep', regex: String.raw`a\.b` }] }])
  })

  it('has name, labels and owner of its API, and the labels that a Prometheus selects', () => {
    const { object } = render({ options: { labels: { release: 'kube-prometheus-stack' } } })
    expect(object?.metadata).toMatchObject({
      name: 'catalog',
      namespace: 'components',
      labels: { release: 'kube-prometheus-stack' },
      ownerReferences: [{ kind: 'ExposedAPI', uid: 'uid-components-catalog', controller: true }],
    })
  })

  it('is as the CRD keeps it: what comes back is what was written', () => {
    const { object } = render({
      api: { basicAuth: { ...BASIC_AUTH, username: { ...BASIC_AUTH.username, note: 'x' } } },
    })
    const stored = OPEN.project({ ...(object as object), status: { bindings: [] } } as never)
    expect(sameJson(stored, object)).toBe(true)
    expect(JSON.stringify(object)).not.toContain('note')
  })
})

describe('options', () => {
  it.each([
    { because: 'no unit', options: { interval: '15' } },
    { because: 'Prometheus knows no fractions', options: { interval: '1.5s' } },
    { because: 'zero', options: { interval: '0s' } },
    { because: 'empty', options: { interval: '' } },
    { because: 'the API server refuses the label', options: { labels: { release: 'a b' } } },
    { because: 'the API server refuses the key', options: { labels: { '-x': 'a' } } },
    { because: 'a typo must not be silence', options: { intervall: '15s' } },
    { because: 'no group that serves monitors', options: { apiGroup: 'monitoring.googleapis.com' } },
  ])('refuses $options: $because', ({ options }) => {
    expect(() => adapterOf(serviceMonitor, options)).toThrow()
  })
})
