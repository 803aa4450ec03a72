/**
 * The custom resource definition of ExposedAPI, generated from the schema that every watched object is read with.
 *
 * Drop-in for the one of ODA Canvas: same versions, fields and types. `spec` and `status` preserve unknown fields, the
 * objects inside `spec` do not (the API server prunes those), and nothing has a `default:`, which the API server would
 * write into specs that are not ours.
 */
import * as z from 'zod'
import { API_TYPES, ExposedApiSpec } from '../model/schema.ts'

/** Choices for {@link customResourceDefinition}. */
export interface CrdOptions {
  /** Give the CRD a status subresource. ODA Canvas has none, so the default is false. */
  readonly statusSubresource?: boolean
}

/** A JSON schema as far as this file changes it. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly [keyword: string]: unknown
}

/** ExposedAPI has three served versions without conversion: the stored body is served unchanged in each of them. */
const VERSIONS = [
  {
    name: 'v1beta3',
    segment: false,
    apiTypes: ['openapi', 'prometheus'],
    specification: {
      type: 'array',
      minItems: 1,
      items: { type: 'string' },
      description: 'URLs of the specification documents',
    },
  },
  {
    name: 'v1beta4',
    segment: false,
    apiTypes: ['openapi', 'prometheus'],
    specification: (schema: Schema) => ({
      type: 'array',
      minItems: 1,
      items: schema,
      description: 'The specification documents',
    }),
  },
  { name: 'v1', segment: true, apiTypes: API_TYPES, specification: (schema: Schema) => schema },
] as const

const PRINTER_COLUMNS = [
  { name: 'API_endpoint', type: 'string', description: 'Public URL of the API', jsonPath: '.status.apiStatus.url' },
  {
    name: 'Implementation_ready',
    type: 'string',
    description: 'Is the API published and its implementation ready?',
    jsonPath: '.status.implementation.ready',
  },
]

/** The CRD as a plain object, `apiextensions.k8s.io/v1`. */
export function customResourceDefinition({ statusSubresource = false }: CrdOptions = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'exposedapis.oda.tmforum.org' },
    spec: {
      group: 'oda.tmforum.org',
      scope: 'Namespaced',
      names: { plural: 'exposedapis', singular: 'exposedapi', kind: 'ExposedAPI', listKind: 'ExposedAPIList' },
      versions: VERSIONS.map((version) => ({
        name: version.name,
        served: true,
        storage: version.name === 'v1',
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: { spec: specSchema(version), status: anything() },
          },
        },
        ...(statusSubresource && { subresources: { status: {} } }),
        additionalPrinterColumns: PRINTER_COLUMNS,
      })),
    },
  }
}

function specSchema({ segment, apiTypes, specification }: (typeof VERSIONS)[number]): Schema {
  const current = pruning(
    z.toJSONSchema(ExposedApiSpec, { target: 'openapi-3.0', io: 'input', unrepresentable: 'throw' }) as Schema,
  )
  const { segment: segmentSchema, ...shared } = current.properties ?? {}
  const properties = {
    ...shared,
    apiType: { ...shared.apiType, enum: apiTypes },
    specification: typeof specification === 'function' ? specification(shared.specification ?? {}) : specification,
    ...(segment && segmentSchema && { segment: segmentSchema }),
  }
  return { ...current, ...anything(), properties }
}

function anything(): Schema {
  return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
}

/**
 * Without what a structural schema forbids or upstream leaves out: `additionalProperties`, which loose objects emit, the
 * limits of int32, and empty `properties`. What is then undeclared is pruned.
 */
function pruning(schema: Schema): Schema {
  const { additionalProperties: _, minimum: __, maximum: ___, properties, items, ...rest } = schema
  const inner = Object.entries(properties ?? {}).map(([name, property]) => [name, pruning(property)] as const)
  return {
    ...rest,
    ...(inner.length > 0 && { properties: Object.fromEntries(inner) }),
    ...(items !== undefined && { items: pruning(items as Schema) }),
  }
}
