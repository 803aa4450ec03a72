/** The kinds that core itself reads, slimmed to what some decision reads, with the indexes of those reads. */
import { type Index, type Kind, type KubeObject, type ObjectMeta, slimMeta } from '@exposedapi/objects'
import { componentNameOf, type ExposedApi, exposedApi } from './exposed-api.ts'

/** ExposedAPI, in canonical form. */
export const EXPOSED_API: Kind<ExposedApi> = {
  group: 'oda.tmforum.org',
  versions: ['v1'],
  kind: 'ExposedAPI',
  plural: 'exposedapis',
  project: exposedApi,
}

/** ExposedAPIs by uid. */
export const API_BY_UID: Index<ExposedApi> = {
  name: 'exposedapis.uid',
  kind: EXPOSED_API,
  values: ({ metadata }) => (metadata.uid === undefined ? [] : [metadata.uid]),
}

/** ExposedAPIs by `namespace/component`. */
export const API_BY_COMPONENT: Index<ExposedApi> = {
  name: 'exposedapis.component',
  kind: EXPOSED_API,
  values: (api) => {
    const component = componentNameOf(api)
    return component === undefined ? [] : [`${api.metadata.namespace}/${component}`]
  },
}

/** One API in one of the three lists of a Component's status. Other keys than these are kept as they are. */
export interface ComponentEntry {
  readonly uid?: string
  readonly url?: string
  readonly developerUI?: string
  readonly ready?: boolean
  readonly [key: string]: unknown
}

/** The lists of a Component's status that hold its APIs. */
export const COMPONENT_LISTS = ['coreAPIs', 'managementAPIs', 'securityAPIs'] as const

/** A Component: nothing of it but the three lists. */
export interface Component extends KubeObject {
  readonly status: { readonly [List in (typeof COMPONENT_LISTS)[number]]?: readonly ComponentEntry[] }
}

/** Component of ODA Canvas. Optional: APIs may stand alone. */
export const COMPONENT: Kind<Component> = {
  group: 'oda.tmforum.org',
  versions: ['v1'],
  kind: 'Component',
  plural: 'components',
  project: (object) => {
    const status = (object as { status?: Record<string, unknown> }).status ?? {}
    const lists = COMPONENT_LISTS.filter((list) => Array.isArray(status[list])).map((list) => [list, status[list]])
    return { ...head(object), status: Object.fromEntries(lists) }
  },
}

/** A port of a Service. */
export interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  /** Number or name of the container's port. Absent: the same as `port`. */
  readonly targetPort?: number | string
  readonly nodePort?: number
}

/** An entry of a load balancer's status. */
export interface IngressPoint {
  readonly ip?: string
  readonly hostname?: string
}

/** A Service: selector, ports, and what a load balancer reports. */
export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string
    readonly selector?: Readonly<Record<string, string>>
    readonly ports: readonly ServicePort[]
    readonly externalIPs?: readonly string[]
    readonly clusterIP?: string
    readonly publishNotReadyAddresses?: boolean
  }
  readonly status: { readonly ingress: readonly IngressPoint[] }
}

interface RawService extends KubeObject {
  spec?: Partial<Service['spec']>
  status?: { loadBalancer?: { ingress?: readonly IngressPoint[] | null } | null }
}

/** Service of the core group. */
export const SERVICE: Kind<Service> = {
  group: '',
  versions: ['v1'],
  kind: 'Service',
  plural: 'services',
  project: (object) => {
    const { spec, status } = object as RawService
    return {
      ...head(object),
      spec: {
        ports: spec?.ports ?? [],
        ...(spec?.type !== undefined && { type: spec.type }),
        ...(spec?.selector && { selector: spec.selector }),
        ...(spec?.externalIPs && { externalIPs: spec.externalIPs }),
        ...(spec?.clusterIP !== undefined && { clusterIP: spec.clusterIP }),
        ...(spec?.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
      },
      status: { ingress: status?.loadBalancer?.ingress ?? [] },
    }
  },
}

/** An EndpointSlice, reduced to what readiness and scraping ask of it. */
export interface EndpointSlice extends KubeObject {
  /** Name of the Service, from the label `kubernetes.io/service-name`; hand-made and mirrored slices have no owner. */
  readonly service: string
  readonly ports: readonly { readonly name: string; readonly port?: number }[]
  /** Is at least one endpoint with an address ready? An absent condition means ready (EndpointConditions). */
  readonly ready: boolean
  /** The same by `serving` and not `terminating`, for Services that publish not-ready addresses. */
  readonly serving: boolean
}

interface RawEndpoint {
  addresses?: readonly string[] | null
  conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null } | null
}

interface RawSlice extends KubeObject {
  endpoints?: readonly RawEndpoint[] | null
  ports?: readonly { name?: string | null; port?: number | null }[] | null
}

/** EndpointSlice of discovery.k8s.io. */
export const ENDPOINT_SLICE: Kind<EndpointSlice> = {
  group: 'discovery.k8s.io',
  versions: ['v1'],
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  project: (object) => {
    const { endpoints, ports } = object as RawSlice
    const addressed = (endpoints ?? []).filter(({ addresses }) => (addresses?.length ?? 0) > 0)
    const { name, namespace = '', uid = '', resourceVersion = '', labels } = object.metadata
    return {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace, uid, resourceVersion },
      service: labels?.['kubernetes.io/service-name'] ?? '',
      ports: (ports ?? []).map((port) => ({ name: port.name ?? '', ...(port.port != null && { port: port.port }) })),
      ready: addressed.some(({ conditions }) => conditions?.ready ?? true),
      serving: addressed.some(({ conditions }) => (conditions?.serving ?? true) && !(conditions?.terminating ?? false)),
    }
  },
}

/** EndpointSlices by `namespace/service`. */
export const SLICE_BY_SERVICE: Index<EndpointSlice> = {
  name: 'endpointslices.service',
  kind: ENDPOINT_SLICE,
  values: ({ metadata, service }) => (service === '' ? [] : [`${metadata.namespace}/${service}`]),
}

/** A custom resource definition: what adapters ask of it. */
export interface CustomResourceDefinition extends KubeObject {
  /** Names of the fields right below `spec` in the schemas of the served versions: does this cluster keep a field? */
  readonly specFields: readonly string[]
}

interface RawCrd extends KubeObject {
  spec?: {
    versions?: readonly {
      served?: boolean
      schema?: { openAPIV3Schema?: { properties?: { spec?: { properties?: Record<string, unknown> } } } }
    }[]
  }
}

/** CustomResourceDefinition. Optional: reading it may be forbidden. */
export const CUSTOM_RESOURCE_DEFINITION: Kind<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  project: (object) => {
    const served = ((object as RawCrd).spec?.versions ?? []).filter((version) => version.served)
    const fields = served.flatMap(({ schema }) =>
      Object.keys(schema?.openAPIV3Schema?.properties?.spec?.properties ?? {}),
    )
    return { ...head(object), specFields: [...new Set(fields)] }
  },
}

/** Owned objects of a kind by the uid of their controller: how an API finds its children, and their drift finds the API. */
export function byController<T extends KubeObject>(kind: Kind<T>): Index<T> {
  const existing = CONTROLLER_INDEXES.get(kind)
  if (existing) return existing as Index<T>
  const index: Index<T> = {
    // With the group: two API groups may each have a kind of the same plural.
    name: `${kind.plural}.${kind.group}.controller`,
    kind,
    values: ({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).map(({ uid }) => uid),
  }
  CONTROLLER_INDEXES.set(kind, index)
  return index
}

/** One index object per kind, so that the engine sees each of them once. */
const CONTROLLER_INDEXES = new WeakMap<object, unknown>()

function head(object: KubeObject): { apiVersion: string; kind: string; metadata: ObjectMeta } {
  return { apiVersion: object.apiVersion, kind: object.kind, metadata: slimMeta(object.metadata) }
}
