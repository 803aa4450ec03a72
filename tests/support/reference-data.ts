/**
 * What ODA Canvas made on real clusters: its CRDs, the objects of its test charts, and what its own operator wrote.
 *
 * The data lie beside the repository, so a plain clone has none: tests then skip and say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '@exposedapi/testbed/canvas'
import { parseAllDocuments } from 'yaml'

const DATA = new URL('../../../shared/data/', import.meta.url)

/** Are the data there? */
export const hasReferenceData = existsSync(DATA)

/** For titles of what is skipped. */
export const because = hasReferenceData ? '' : ` (skipped: ${fileURLToPath(DATA)} is not present)`

/** The namespace of all reference objects. */
export const NAMESPACE = 'components'

/** A Component with all that belongs to it, before it is installed. */
export interface Application {
  readonly component: Manifest
  readonly apis: readonly Manifest[]
  /** Services, and Pods or EndpointSlices behind them. */
  readonly backends: readonly Manifest[]
}

/** One run of the reference operator: its input and everything that it wrote. */
export interface GoldenCase {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  readonly loadBalancer: readonly { readonly ip?: string; readonly hostname?: string }[]
  readonly application: Application
  readonly wrote: readonly Manifest[]
}

/** A CRD of ODA Canvas: `exposedapi` or `component`. */
export function upstreamCrd(name: 'exposedapi' | 'component'): Manifest {
  const [crd] = documents(`crds/${name}.yaml`)
  if (!crd) throw new Error(`no CRD ${name}`)
  return crd
}

/** Names of the charts from which ExposedAPIs were made. */
export const chartNames: readonly string[] = folders('exposedapis')

/** Names of the recorded runs. */
export const goldenNames: readonly string[] = folders('golden')

/** The ExposedAPIs that the Component operator made from a chart. */
export function chartApis(chart: string): readonly Manifest[] {
  return files(`exposedapis/${chart}`).flatMap((file) => documents(`exposedapis/${chart}/${file}`))
}

/** The ExposedAPIs of a recorded run. */
export function goldenApis(name: string): readonly Manifest[] {
  return documents(`golden/${name}/exposedapis.yaml`)
}

/** A chart as installed: its Component, its Services, and an EndpointSlice with a ready endpoint for each of them. */
export function chart(name: string): Application {
  const rendered = documents(`components/${name}.yaml`).map(inNamespace)
  const [component] = rendered.filter(({ kind }) => kind === 'Component')
  if (!component) throw new Error(`chart ${name} has no Component`)
  const services = rendered.filter(({ kind }) => kind === 'Service')
  return {
    component: component.apiVersion.endsWith('/v1') ? component : minimalComponent(component),
    apis: chartApis(name),
    backends: services.flatMap((service) => [service, slice(service)]),
  }
}

/** A recorded run of the reference operator. */
export function goldenCase(name: string): GoldenCase {
  const of = (file: string) => documents(`golden/${name}/${file}.yaml`)
  const { env, lb } = JSON.parse(text(`golden/${name}/setup.json`))
  const [component] = of('component')
  if (!component) throw new Error(`golden case ${name} has no Component`)
  const slices = of('endpointslices')
  const pods = of('pods').map((pod) => ({ ...pod, apiVersion: 'v1', kind: 'Pod' }))
  return {
    name,
    environment: env,
    loadBalancer: lb,
    application: {
      component,
      apis: goldenApis(name),
      backends: [...slices.map(serviceOf), ...pods.map((pod, index) => podFor(pod, index, slices))],
    },
    wrote: [component, ...goldenApis(name), ...of('virtualservices'), ...of('servicemonitors'), ...pods],
  }
}

/** Without the conversion webhook an older Component cannot be read as v1, so it only lends its name and labels. */
function minimalComponent({ metadata }: Manifest): Manifest {
  const functions = { coreFunction: {}, managementFunction: {}, securityFunction: {} }
  const componentMetadata = {
    ...{ id: 'TMFC001', name: metadata.name, version: '0.0.1', status: 'specified' },
    ...{ description: 'Stands for an older version.', publicationDate: '2024-09-17T00:00:00.000Z' },
  }
  const spec = { componentMetadata, ...functions, eventNotification: { publishedEvents: [], subscribedEvents: [] } }
  return { apiVersion: 'oda.tmforum.org/v1', kind: 'Component', metadata, spec }
}

function slice({ metadata: { name }, spec }: Manifest): Manifest {
  const ports = spec.ports as { readonly name?: string; readonly port: number }[]
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-by-hand`, namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true } }],
    ports: ports.map(({ name, port }) => ({ name, port, protocol: 'TCP' })),
  }
}

/** The Service of a recorded slice. The endpointslice controller copies a Service's labels and adds some of its own. */
function serviceOf({ metadata, ports }: Manifest): Manifest {
  const labels = metadata.labels as Readonly<Record<string, string>>
  const own = Object.entries(labels).filter(([key]) => !key.includes('kubernetes.io/') || key.startsWith('app.'))
  const name = labels['kubernetes.io/service-name'] ?? ''
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE, labels: Object.fromEntries(own) },
    spec: {
      selector: { impl: name },
      ports: [{ name: ports[0].name, port: ports[0].port, targetPort: ports[0].port }],
    },
  }
}

/** A recorded Pod before anybody annotated it; ready on a Node that exists, so that the controller makes its slice. */
function podFor({ metadata: { name, labels } }: Manifest, index: number, slices: readonly Manifest[]): Manifest {
  const { impl } = labels as { readonly impl: string }
  const slice = slices.find(({ metadata }) => Object(metadata.labels)['kubernetes.io/service-name'] === impl)
  const ports = slice?.ports.map(({ port }: { readonly port: number }) => ({ containerPort: port }))
  const podIP = `10.99.0.${index + 10}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: 'bed', containers: [{ name: 'main', image: 'example.org/main', ports }] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

function inNamespace(object: Manifest): Manifest {
  return { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } }
}

function documents(path: string): Manifest[] {
  return parseAllDocuments(text(path)).map((document) => document.toJS())
}

function text(path: string): string {
  return readFileSync(new URL(path, DATA), 'utf8')
}

function folders(path: string): readonly string[] {
  return hasReferenceData ? files(path) : []
}

function files(path: string): string[] {
  return readdirSync(new URL(path, DATA)).sort()
}
