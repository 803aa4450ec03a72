/**
 * What Prometheus would scrape: the relabeling that prometheus-operator generates from a monitor, applied to a namespace.
 *
 * Rows of metrics.md §9.1 that "cannot happen". The rules are those of generateServiceMonitorConfig, under both discovery
 * roles: matchLabels become unescaped regular expressions, `port` compares the endpoint port's name, and without `port` and
 * `targetPort` every endpoint port and every other declared container port is a target.
 */
import { ENDPOINT_SLICE, SERVICE, type ServicePort } from '@exposedapi/core'
import { adapterOf, anApi, aService, aSlice, MemoryView } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { serviceMonitor } from './index.ts'

interface Workload {
  readonly service: string
  readonly labels: Record<string, string>
  readonly ports: readonly ServicePort[]
  /** Number of the endpoint port behind each Service port, in their order. */
  readonly endpoints: readonly number[]
  /** Ports that containers declare and the Service does not name: a sidecar's. */
  readonly declared?: readonly number[]
  readonly ip: string
}

interface Spec {
  readonly selector: { readonly matchLabels?: Record<string, string> }
  readonly endpoints: readonly {
    port?: string
    path: string
    relabelings: readonly { sourceLabels: string[]; regex: string }[]
  }[]
}

function whole(regex: string): RegExp {
  return new RegExp(`^(?:${regex})$`)
}

function targets(spec: Spec, workloads: readonly Workload[]): readonly string[] {
  return spec.endpoints.flatMap(({ port, path, relabelings }) =>
    workloads
      .filter(({ labels }) =>
        Object.entries(spec.selector.matchLabels ?? {}).every(([key, value]) => whole(value).test(labels[key] ?? '')),
      )
      .flatMap(({ service, ports, endpoints, declared = [], ip }) => [
        ...ports.map((each, at) => ({ service, name: each.name ?? '', address: `${ip}:${endpoints[at]}` })),
        ...declared.map((number) => ({ service, name: undefined, address: `${ip}:${number}` })),
      ])
      .filter(({ name }) => port === undefined || name === port)
      .filter((target) => {
        const meta: Record<string, string> = {
          __meta_kubernetes_service_name: target.service,
          __address__: target.address,
        }
        return relabelings.every(({ sourceLabels, regex }) => whole(regex).test(meta[sourceLabels[0] ?? ''] ?? ''))
      })
      .map(({ address }) => address + path),
  )
}

const MAIN: Workload = {
  service: 'catalog-svc',
  labels: { app: 'catalog' },
  ports: [{ name: 'metrics', port: 4000, targetPort: 4000 }],
  endpoints: [4000],
  ip: '10.0.0.1',
}

it.each<{ because: string; main?: Partial<Workload>; others?: readonly Partial<Workload>[]; want: string }>([
  { because: 'the ordinary case', want: '10.0.0.1:4000/m' },
  {
    because: 'a sibling Service with the same labels and the same port name is not scraped: no sample comes twice',
    others: [{ service: 'catalog-svc-canary' }, { service: 'xcatalog-svc' }],
    want: '10.0.0.1:4000/m',
  },
  {
    because: 'a dot in a label value matches anything, and the name of the Service mends it',
    main: { labels: { app: 'app.v1' } },
    others: [{ service: 'other', labels: { app: 'appxv1' } }],
    want: '10.0.0.1:4000/m',
  },
  {
    because: 'a Service without labels is found among all of the namespace',
    main: { labels: {} },
    others: [
      { service: 'other', labels: { app: 'other' } },
      { service: 'third', labels: {} },
    ],
    want: '10.0.0.1:4000/m',
  },
  {
    because: 'labels that are on some Services only are never asked of this one',
    main: { labels: { team: 'a', 'helm.sh/chart': 'x-1' } },
    want: '10.0.0.1:4000/m',
  },
  {
    because: 'Service port 4000 → container port 8080, by name',
    main: { ports: [{ name: 'metrics', port: 4000, targetPort: 8080 }], endpoints: [8080] },
    want: '10.0.0.1:8080/m',
  },
  {
    because: 'the same without a name, declared by no container',
    main: { ports: [{ port: 4000, targetPort: 8080 }], endpoints: [8080] },
    want: '10.0.0.1:8080/m',
  },
  {
    because: 'ports of sidecars are targets of a monitor without port, and the address keeps them out',
    main: { ports: [{ port: 4000 }], endpoints: [4000], declared: [15020, 15090, 40001, 14000] },
    want: '10.0.0.1:4000/m',
  },
  {
    because: 'a named target port without a name of the Service port',
    main: { ports: [{ port: 4000, targetPort: 'web' }], endpoints: [9090], declared: [4000] },
    want: '10.0.0.1:9090/m',
  },
  {
    because: 'IPv6 addresses have colons of their own',
    main: { ports: [{ port: 4000 }], endpoints: [4000], declared: [400], ip: '[fd00::4000]' },
    want: '[fd00::4000]:4000/m',
  },
  {
    because: 'another port of the same Service is somebody else’s',
    main: {
      ports: [
        { name: 'http', port: 80 },
        { name: 'metrics', port: 4000 },
      ],
      endpoints: [8080, 4000],
    },
    want: '10.0.0.1:4000/m',
  },
])('exactly one target: $because', ({ main, others = [], want }) => {
  const all = [main ?? {}, ...others].map((words) => ({ ...MAIN, ...words }))
  const view = new MemoryView()
  for (const { service, labels, ports, endpoints } of all) {
    view.add(SERVICE, aService({ name: service, labels, ports }))
    view.add(
      ENDPOINT_SLICE,
      aSlice({ service, ports: ports.map(({ name = '' }, at) => ({ name, port: endpoints[at] ?? 0 })) }),
    )
  }
  const adapter = adapterOf(serviceMonitor, {})
  const { objects } = adapter.render(anApi({ spec: { apiType: 'prometheus', path: '/m', port: 4000 } }), view)
  expect(targets(objects[0]?.object.spec as Spec, all)).toEqual([want])
})
