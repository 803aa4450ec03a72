/**
 * The schema of `ExposedAPI.spec`, version v1. The custom resource definition is generated from it, and every watched
 * object is read with it: the server may hold objects that were stored before a schema change.
 *
 * Loose objects: unknown keys survive, because users and other operators put their own beside ours. Descriptions end up in
 * `kubectl explain`. Defaults stand in descriptions only, as in ODA Canvas: the API server adds nothing to a spec.
 */
import * as z from 'zod'
import { POLICY_SCHEMA } from '../policies/policies.ts'
import { flag, text } from '../policies/policy.ts'

/** Kinds of API, in v1. */
export const API_TYPES = ['openapi', 'prometheus', 'openmetrics', 'mcp'] as const

/** Segments of an ODA Component. */
export const SEGMENTS = ['coreFunction', 'managementFunction', 'securityFunction'] as const

/** One specification document. */
export const Specification = z.looseObject({
  url: text('URL of the specification document, such as a Swagger or OpenAPI file'),
  version: text('Version of the specification, such as v4'),
})

const SecretKey = z.looseObject({ name: z.string(), key: z.string() })

/** Credentials for scraping a metrics API, in the shape of prometheus-operator. Not in the CRD of ODA Canvas, but read. */
export const BasicAuth = z.looseObject({ username: SecretKey, password: SecretKey })

const required = {
  name: z.string().meta({ description: 'Name of the API. All versions of one API share it' }),
  apiType: z.enum(API_TYPES).meta({
    description: 'Type of the API. prometheus and openmetrics are metrics APIs: they are scraped as well as routed',
  }),
  implementation: z.string().meta({
    description:
      'Name of the Service behind the API, in the same namespace; or <external> for an API outside the cluster, whose status is written by hand',
  }),
  path: z.string().meta({
    description: 'Root path. The implementation serves the full public path; nothing is rewritten',
  }),
  port: z.int32().meta({ description: 'Port of the Service' }),
}

/** The declared fields of `spec`. */
export const ExposedApiSpec = z.looseObject({
  ...required,
  specification: Specification.optional().meta({ description: 'The specification document' }),
  developerUI: text('Path of the developer user interface, or a link to it. Its path is routed'),
  resources: z.array(z.looseObject({})).optional().meta({ description: 'Resources of the API' }),
  required: flag('Is the API required?'),
  segment: z.enum(SEGMENTS).optional().meta({ description: '(default: coreFunction) Segment of the Component' }),
  ...POLICY_SCHEMA,
})

/** The same with what is read although no schema declares it, so that the API server lets any type pass. */
export const ReadSpec = ExposedApiSpec.extend({ hostname: z.string().nullish() })

/** `spec` as stored, once its types are right. */
export type RawSpec = z.infer<typeof ReadSpec>
