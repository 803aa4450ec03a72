/**
 * The kinds of Istio that we read or write, slimmed to what somebody reads.
 *
 * Other people's objects come in every shape the API server once accepted, so each field is read for itself and falls back to
 * a harmless value.
 */
import { controllerOf, type Index, type Kind, type KubeObject, SERVICE, type Service, slimMeta } from '@exposedapi/core'
import * as z from 'zod'
import { reportedErrors } from './analysis.ts'
import { type Foreign, foreignRoutes } from './foreign-route.ts'

/** `StringMatch` of Istio. Regular expressions are RE2 and match the whole text. */
export type StringMatch = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string }

const VERSIONS = ['v1', 'v1beta1', 'v1alpha3']
const strings = z.array(z.string()).catch([])

/** A VirtualService. Ours keeps its spec for comparison; of others only what can conflict is kept. */
export interface VirtualService extends KubeObject {
  readonly spec?: unknown
  readonly exportTo: readonly string[]
  /** What istiod reports against it; absent if nothing. */
  readonly errors?: readonly string[]
  /** Absent on VirtualServices that an ExposedAPI controls. */
  readonly foreign?: Foreign
}

const ExportTo = z.object({ exportTo: strings }).catch({ exportTo: [] })

/** VirtualService. Optional: Istio may be installed after us. */
export const VIRTUAL_SERVICE: Kind<VirtualService> = {
  group: 'networking.istio.io',
  versions: VERSIONS,
  kind: 'VirtualService',
  plural: 'virtualservices',
  project: (object) => {
    const spec = 'spec' in object ? object.spec : undefined
    const ours = isOfExposedApi(object)
    const errors = ours ? reportedErrors(object) : []
    return {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: slimMeta(object.metadata),
      exportTo: ExportTo.parse(spec).exportTo,
      ...(errors.length > 0 && { errors }),
      ...(ours ? { spec } : { foreign: foreignRoutes(spec, object.metadata.namespace ?? '') }),
    }
  },
}

function isOfExposedApi(object: KubeObject): boolean {
  const owner = controllerOf(object)
  return owner?.kind === 'ExposedAPI' && owner.apiVersion.startsWith('oda.tmforum.org/')
}

/** VirtualServices of others by `namespace/name` of the Gateway. Ours are left out: there may be thousands. */
export const FOREIGN_BY_GATEWAY: Index<VirtualService> = {
  name: 'virtualservices.foreign',
  kind: VIRTUAL_SERVICE,
  values: ({ foreign }) => [...new Set(foreign?.gateways)],
}

/** A server of a Gateway: a port, what is spoken on it, and for whom. */
export interface Server {
  readonly number: number
  /** In capitals. */
  readonly protocol: string
  /** `host` or `namespace/host`, where the namespace may be `.` (the Gateway's own) or `*` (any). */
  readonly hosts: readonly string[]
  readonly tls?: { readonly mode: string; readonly httpsRedirect: boolean }
}

/** A Gateway of Istio: which pods it configures, and how they listen. It has no address. */
export interface Gateway extends KubeObject {
  /** Empty means every gateway of the mesh. */
  readonly selector: Readonly<Record<string, string>>
  readonly servers: readonly Server[]
}

const RawServer = z.object({
  port: z.object({ number: z.number(), protocol: z.string() }),
  hosts: strings,
  // Without a mode Istio means PASSTHROUGH, the first value of its enum.
  tls: z
    .object({ mode: z.string().catch('PASSTHROUGH'), httpsRedirect: z.boolean().catch(false) })
    .optional()
    .catch(undefined),
})
const RawGateway = z
  .object({
    spec: z
      .object({
        selector: z.record(z.string(), z.string()).catch({}),
        servers: z.array(RawServer.optional().catch(undefined)).catch([]),
      })
      .catch({ selector: {}, servers: [] }),
  })
  .catch({ spec: { selector: {}, servers: [] } })

/** Gateway of Istio. Optional: the reference operator's role has no right to read it. */
export const GATEWAY: Kind<Gateway> = {
  group: 'networking.istio.io',
  versions: VERSIONS,
  kind: 'Gateway',
  plural: 'gateways',
  project: (object) => {
    const { selector, servers } = RawGateway.parse(object).spec
    return {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: slimMeta(object.metadata),
      selector,
      servers: servers
        .filter((server) => server !== undefined)
        .map(({ port, hosts, tls }) => ({
          number: port.number,
          protocol: port.protocol.toUpperCase(),
          hosts,
          ...(tls && { tls }),
        })),
    }
  },
}

/** Gateways by their whole selector: those of one selector configure the same pods. */
export const GATEWAY_BY_SELECTOR: Index<Gateway> = {
  name: 'gateways.selector',
  kind: GATEWAY,
  values: ({ selector }) => [selectorText(selector)],
}

/** A selector in one spelling, `a=1,b=2`. */
export function selectorText(selector: Gateway['selector']): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  return pairs.sort().join(',')
}

/** Services by each `key=value` of their selector. */
export const SERVICE_BY_SELECTOR: Index<Service> = {
  name: 'services.selector',
  kind: SERVICE,
  values: ({ spec }) => Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`),
}

/** Services by the label `istio`: `ingressgateway` is how the reference operator finds the gateway. */
export const SERVICE_BY_ISTIO_LABEL: Index<Service> = {
  name: 'services.istio',
  kind: SERVICE,
  values: ({ metadata }) => (metadata.labels?.istio === undefined ? [] : [metadata.labels.istio]),
}
