/** What tells of abilities and rights: GatewayClass, Namespace, and the definition of HTTPRoute. */
import { isRecord, type Kind, type KubeObject, slimMeta } from '@exposedapi/core'
import * as z from 'zod'
import { GROUP } from './kinds.ts'

/** A GatewayClass: which controller serves its Gateways, and what that says it can do. */
export interface GatewayClass extends KubeObject {
  readonly controllerName: string
  /** `HTTPRouteCORS` and the like. Empty where the controller tells nothing: Istio 1.31 does not. */
  readonly features: readonly string[]
}

const Feature = z.object({ name: z.string() }).optional().catch(undefined)
const ClassSpec = z.object({ controllerName: z.string() }).catch({ controllerName: '' })
const ClassStatus = z.object({ supportedFeatures: z.array(Feature).catch([]) }).catch({ supportedFeatures: [] })

/** GatewayClass. Optional: without the right to read it, nothing is known of the controller. */
export const GATEWAY_CLASS: Kind<GatewayClass> = {
  group: GROUP,
  versions: ['v1'],
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  namespaced: false,
  project: (object) => {
    const { spec, status } = object as { spec?: unknown; status?: unknown }
    return {
      ...head(object),
      ...ClassSpec.parse(spec),
      features: ClassStatus.parse(status).supportedFeatures.flatMap((feature) => feature?.name ?? []),
    }
  },
}

/** Namespace, for its labels: listeners may choose namespaces by them. */
export const NAMESPACE: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  project: head,
}

/** A custom resource definition, as far as it says what an HTTPRoute can hold. */
export interface RouteSchema extends KubeObject {
  /** Types of filters. On the definition of HTTPRoute alone. */
  readonly routeFilters?: readonly string[]
}

/** Name of the definition of HTTPRoute. */
export const ROUTE_SCHEMA_NAME = `httproutes.${GROUP}`

/** CustomResourceDefinition. Optional: reading it may be forbidden. */
export const ROUTE_SCHEMA: Kind<RouteSchema> = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  project: (object) => ({
    ...head(object),
    ...(object.metadata.name === ROUTE_SCHEMA_NAME && { routeFilters: filtersOf(object) }),
  }),
}

/** Where a filter's type stands in the schema of a version. */
const TO_SPEC = ['schema', 'openAPIV3Schema', 'properties', 'spec', 'properties']
const TO_FILTER_TYPE = [...TO_SPEC, 'rules', 'items', 'properties', 'filters', 'items', 'properties', 'type', 'enum']

function filtersOf(definition: unknown): readonly string[] {
  const versions = at(definition, ['spec', 'versions'])
  const v1 = Array.isArray(versions)
    ? versions.find((version) => isRecord(version) && version.name === 'v1')
    : undefined
  const types = at(v1, TO_FILTER_TYPE)
  return Array.isArray(types) ? types.filter((type) => typeof type === 'string') : []
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value)
}

function head({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: slimMeta(metadata) }
}
