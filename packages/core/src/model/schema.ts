/**
 * The schema of `ExposedAPI.spec`, version v1. The custom resource definition is generated from it, and every watched
 * object is read with it: the server may hold objects that were stored before a schema change.
 *
 * Loose objects: unknown keys survive, because users and other operators put their own beside ours. Descriptions end up in
 * `kubectl explain`. Defaults stand in descriptions only, as in ODA Canvas: the API server adds nothing to a spec.
 */
import * as z from 'zod'

const text = (description: string) => z.string().optional().meta({ description })
const flag = (description: string) => z.boolean().optional().meta({ description })

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

const policies = {
  apiKeyVerification: z
    .looseObject({
      enabled: flag('(default: false) Refuse requests without a valid API key'),
      location: text(
        '(default: header) Where the key is expected: header, query, cookie, header:NAME, request.header.NAME or request.queryparam.NAME',
      ),
    })
    .optional()
    .meta({ description: 'API key verification. A route that cannot be protected as asked answers 503' }),
  rateLimit: z
    .looseObject({
      enabled: flag('(default: false) Limit the rate of requests'),
      identifier: text('Count requests by this: IP, header:NAME or request.header.NAME. Empty: all requests together'),
      limit: text('Requests per interval and identifier, a whole number'),
      interval: text('(default: ps) ps for a second, pm for a minute'),
    })
    .optional()
    .meta({ description: 'Rate limit' }),
  quota: z
    .looseObject({
      identifier: text('Count requests by this'),
      limit: text('Requests per identifier. Empty: no quota is asked for'),
    })
    .optional()
    .meta({ description: 'Quota' }),
  OASValidation: z
    .looseObject({
      requestEnabled: flag('(default: false) Validate requests'),
      responseEnabled: flag('(default: false) Validate responses'),
      allowUnspecifiedHeaders: flag('(default: false) Let headers pass in requests that the document does not name'),
      allowUnspecifiedQueryParams: flag(
        '(default: false) Let query parameters pass in requests that the document does not name',
      ),
      allowUnspecifiedCookies: flag('(default: false) Let cookies pass in requests that the document does not name'),
    })
    .optional()
    .meta({ description: 'Validation against the OpenAPI document' }),
  CORS: z
    .looseObject({
      enabled: flag('(default: false) Cross-origin resource sharing'),
      allowCredentials: flag('(default: false) Let browsers send credentials'),
      allowOrigins: text('(default: *) Comma-separated origins: https://host, https://*.host or *'),
      handlePreflightRequests: z
        .looseObject({
          enabled: flag('(default: true) Let the gateway answer preflight requests'),
          allowHeaders: text(
            '(default: Origin, Accept, X-Requested-With, Content-Type, Access-Control-Request-Method, Access-Control-Request-Headers) Comma-separated request headers',
          ),
          allowMethods: text('(default: GET, POST, HEAD, OPTIONS) Comma-separated methods'),
          maxAge: z
            .int32()
            .optional()
            .meta({ description: '(default: 1800) Seconds for which browsers may cache the answer' }),
        })
        .optional()
        .meta({ description: 'Preflight requests' }),
    })
    .optional()
    .meta({ description: 'Cross-origin resource sharing' }),
  template: text('Name of a gateway template that the operator is configured with. Nothing is ever downloaded'),
}

/** The declared fields of `spec`. */
export const ExposedApiSpec = z.looseObject({
  ...required,
  specification: Specification.optional().meta({ description: 'The specification document' }),
  developerUI: text('Path of the developer user interface'),
  resources: z.array(z.looseObject({})).optional().meta({ description: 'Resources of the API' }),
  required: flag('Is the API required?'),
  segment: z.enum(SEGMENTS).optional().meta({ description: '(default: coreFunction) Segment of the Component' }),
  ...policies,
})

/** `spec` as stored, once its types are right. */
export type RawSpec = z.infer<typeof ExposedApiSpec>

/** Spec fields whose failure makes a policy invalid instead of the whole API, and the policy they stand for. */
export const POLICY_FIELDS = {
  apiKeyVerification: 'apiKeyVerification',
  rateLimit: 'rateLimit',
  quota: 'quota',
  OASValidation: 'oasValidation',
  CORS: 'cors',
  template: 'template',
} as const
