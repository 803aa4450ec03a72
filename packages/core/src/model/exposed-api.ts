/**
 * The ExposedAPI in canonical form: read once when it arrives, trusted ever after.
 *
 * Reading never fails. What is wrong with a spec is kept as problems, so that one bad object costs nobody else anything.
 */

import { groupBy, isRecord, type KubeObject, type ObjectMeta, slimMeta } from '@exposedapi/objects'
import type * as z from 'zod'
import type { Condition } from '../findings/condition.ts'
import type { Reason } from '../findings/reasons.ts'
import { type InvalidPolicies, POLICY_FIELDS, type PolicyRequests, parsePolicies } from '../policies/policies.ts'
import { pathProblem } from './paths.ts'
import { type API_TYPES, BasicAuth, ExposedApiSpec, type RawSpec, type SEGMENTS } from './schema.ts'

/** API group and version that the operator speaks (contract: read and write v1 only). */
export const EXPOSED_API_VERSION = 'oda.tmforum.org/v1'

/** Marks an API outside the cluster: never routed, its status is written by hand and never touched. */
export const EXTERNAL = '<external>'

/** The label that names the Component of an ExposedAPI. */
export const COMPONENT_LABEL = 'oda.tmforum.org/componentName'

/** `spec` in canonical form. Fields with a problem hold a harmless value: look at `problems` first. */
export interface ApiSpec {
  readonly name: string
  readonly apiType: (typeof API_TYPES)[number]
  readonly implementation: string
  /** As written, hence with a trailing slash if there is one. */
  readonly path: string
  readonly port: number
  readonly developerUI?: string
  readonly specification: readonly { readonly url?: string; readonly version?: string }[]
  readonly segment: (typeof SEGMENTS)[number]
  /** Undocumented, but read by the reference: host of the published URL. */
  readonly hostname?: string
  /** Undocumented, but read by the reference: credentials for scraping. Undefined also if malformed; see `basicAuthProblem`. */
  readonly basicAuth?: z.infer<typeof BasicAuth>
  readonly basicAuthProblem?: string
}

/** Why a field of the spec cannot be honoured. */
export interface SpecProblem {
  /** `spec.path` */
  readonly field: string
  readonly reason: Reason
  /** What is wrong and what to write instead, continuing "spec.path …". */
  readonly message: string
}

/** `status` as far as anybody reads it. Keys of others live beside these and are never touched. */
export interface ExposedApiStatus {
  readonly apiStatus?: ApiStatus
  readonly implementation?: { readonly ready?: boolean }
  readonly conditions?: readonly Condition[]
  readonly policies?: readonly unknown[]
  /** The gateway that serves the API: the name of its entry in the configuration, and its adapter. */
  readonly gateway?: Serving
  /** What makes its metrics known. */
  readonly metrics?: Serving
  /** Entries that are no longer configured, and whose objects may still stand. */
  readonly leftovers?: readonly Serving[]
}

/** An entry of the configuration, as a status names it. */
export interface Serving {
  readonly name: string
  readonly adapter: string
}

/** The exact shape that ODA Canvas reads: every key is copied into the Component, so nothing may be added. */
export interface ApiStatus {
  readonly name: string
  /** uid of the route object that the gateway adapter publishes. */
  readonly uid?: string
  readonly path: string
  readonly port: number
  readonly implementation: string
  readonly url?: string
  readonly developerUI?: string
  readonly ip?: string
}

/** An ExposedAPI as decisions see it. */
export interface ExposedApi extends KubeObject {
  readonly metadata: ObjectMeta & { readonly namespace: string }
  readonly spec: ApiSpec
  readonly problems: readonly SpecProblem[]
  /** Policies asked for and understood. */
  readonly policies: PolicyRequests
  /** Policies asked for in words that make no sense. */
  readonly invalidPolicies: InvalidPolicies
  /** Keys of `spec` that nobody reads. */
  readonly unknownFields: readonly string[]
  readonly status: ExposedApiStatus
}

/** Fields outside the schema that ODA Canvas writes or reads. */
const TOLERATED = new Set(['apiSDO', 'hostname', 'basicAuth', 'monitoring', 'id'])
const DNS_LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/
const DNS_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\.?$/

/** Is this an API outside the cluster? */
export function isExternal(api: ExposedApi): boolean {
  return api.spec.implementation === EXTERNAL
}

/** Is this an API that a monitoring system scrapes? */
export function isMetricsApi(api: ExposedApi): boolean {
  return api.spec.apiType === 'prometheus' || api.spec.apiType === 'openmetrics'
}

/** Name of the Component that the API belongs to: its owner, else its label; undefined if it stands alone. */
export function componentNameOf(api: KubeObject): string | undefined {
  const owner = api.metadata.ownerReferences?.find(
    ({ kind, apiVersion }) => kind === 'Component' && apiVersion.startsWith('oda.tmforum.org/'),
  )
  return owner?.name ?? api.metadata.labels?.[COMPONENT_LABEL]
}

/** Reads a stored object. Never throws, whatever it holds. */
export function exposedApi(object: KubeObject): ExposedApi {
  const raw = record(record(object).spec)
  const { spec, typeProblems, wrongPolicies } = typed(raw)
  const { requests, invalid } = parsePolicies(spec)
  const canonical = apiSpec(spec, raw)
  return {
    apiVersion: EXPOSED_API_VERSION,
    kind: 'ExposedAPI',
    metadata: { ...slimMeta(object.metadata), namespace: object.metadata.namespace ?? 'default' },
    spec: canonical,
    problems: [...typeProblems, ...valueProblems(canonical, new Set(typeProblems.map(({ field }) => field)))],
    policies: requests,
    invalidPolicies: { ...invalid, ...wrongPolicies },
    unknownFields: Object.keys(raw).filter((key) => !Object.hasOwn(ExposedApiSpec.shape, key) && !TOLERATED.has(key)),
    status: status(record(record(object).status)),
  }
}

/** The spec with every field of a wrong type taken out, and what was wrong. */
function typed(raw: Record<string, unknown>) {
  // The API server stores arrays under old versions and objects under v1; both are read in apiSpec, neither is a problem.
  const { specification: _, ...rest } = raw
  const result = ExposedApiSpec.safeParse(rest)
  if (result.success) return { spec: result.data as RawSpec, typeProblems: [], wrongPolicies: {} }

  const wrongPolicies: Record<string, string> = {}
  const typeProblems: SpecProblem[] = []
  const usable: Record<string, unknown> = { ...PLACEHOLDERS, ...rest }
  // The first issue of each field: a list of 100,000 wrong entries is one problem, not a status of megabytes.
  for (const [top, [issue]] of groupBy(result.error.issues, ({ path }) => String(path[0]))) {
    const field = `spec.${issue.path.join('.')}`
    const policy = POLICY_FIELDS[top]
    if (policy) wrongPolicies[policy] = `${field}: ${issue.message}`
    else typeProblems.push({ field, reason: 'InvalidSpec', message: typeMessage(top, rest[top], issue.message) })
    if (top in PLACEHOLDERS) usable[top] = PLACEHOLDERS[top as keyof typeof PLACEHOLDERS]
    else delete usable[top]
  }
  return { spec: usable as unknown as RawSpec, typeProblems, wrongPolicies }
}

const PLACEHOLDERS = { name: '', apiType: 'openapi', implementation: 'unknown', path: '/', port: 1 } as const

function typeMessage(field: string, value: unknown, problem: string): string {
  if (value === undefined) return 'is required'
  if (field === 'apiType' || field === 'segment') {
    return `${shown(value)} is none of ${ExposedApiSpec.shape[field === 'apiType' ? 'apiType' : 'segment'].toJSONSchema().enum?.join(', ')}`
  }
  return `${shown(value)}: ${problem}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 64 ? `${text.slice(0, 64)}…` : text
}

function apiSpec(spec: RawSpec, raw: Record<string, unknown>): ApiSpec {
  const { name, apiType, implementation, path, port, developerUI } = spec
  // Not in the schema, so the API server lets any type pass; "<number>" then fails the check of the name.
  const given = raw.hostname ?? ''
  const hostname = given === '' ? undefined : typeof given === 'string' ? given : `<${typeof given}>`
  return {
    name,
    apiType,
    implementation,
    path,
    port,
    ...(developerUI && { developerUI }),
    specification: specifications(raw.specification),
    segment: spec.segment ?? 'coreFunction',
    ...(hostname !== undefined && { hostname }),
    ...basicAuth(raw.basicAuth),
  }
}

/** v1 has an object, v1beta4 a list of objects, v1beta3 a list of strings; each may be found stored under v1. */
function specifications(value: unknown): ApiSpec['specification'] {
  const entries = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  return entries.map((entry) => {
    if (typeof entry === 'string') return { url: entry }
    const { url, version } = record(entry)
    return { ...(typeof url === 'string' && { url }), ...(typeof version === 'string' && { version }) }
  })
}

function basicAuth(value: unknown): Pick<ApiSpec, 'basicAuth' | 'basicAuthProblem'> {
  if (value === undefined || value === null) return {}
  const result = BasicAuth.safeParse(value)
  if (result.success) return { basicAuth: result.data }
  const issue = result.error.issues[0]
  return { basicAuthProblem: `spec.basicAuth.${issue?.path.join('.')}: ${issue?.message}` }
}

function valueProblems(spec: ApiSpec, known: ReadonlySet<string>): readonly SpecProblem[] {
  const problems: SpecProblem[] = []
  const check = (field: string, reason: Reason, message: string | undefined) => {
    if (message !== undefined && !known.has(field)) problems.push({ field, reason, message })
  }
  check('spec.path', 'InvalidPath', pathProblem(spec.path))
  check('spec.developerUI', 'InvalidPath', spec.developerUI === undefined ? undefined : pathProblem(spec.developerUI))
  check(
    'spec.port',
    'InvalidPort',
    spec.port >= 1 && spec.port <= 65535 ? undefined : `${spec.port} is no port: write 1 to 65535`,
  )
  check('spec.implementation', 'InvalidImplementation', implementationProblem(spec.implementation))
  check(
    'spec.hostname',
    'InvalidHostname',
    spec.hostname === undefined || DNS_NAME.test(spec.hostname)
      ? undefined
      : `${shown(spec.hostname)} is no DNS name: write it without scheme, port, path and wildcard`,
  )
  return problems
}

function implementationProblem(name: string): string | undefined {
  if (name === EXTERNAL || DNS_LABEL.test(name)) return undefined
  return `${shown(name)} cannot be the name of a Service: write lower-case letters, digits and "-", or "${EXTERNAL}"`
}

/** Status of an unexpected shape (users may create objects with a pre-filled status) counts as absent, key by key. */
function status(raw: Record<string, unknown>): ExposedApiStatus {
  const { apiStatus, implementation, conditions, policies, gateway, metrics, leftovers } = raw
  return {
    ...(isRecord(apiStatus) && { apiStatus: apiStatus as unknown as ApiStatus }),
    ...(isRecord(implementation) && { implementation: implementation as { ready?: boolean } }),
    ...(Array.isArray(conditions) && { conditions: conditions.filter(isRecord) as unknown as Condition[] }),
    ...(Array.isArray(policies) && { policies }),
    ...(isServing(gateway) && { gateway }),
    ...(isServing(metrics) && { metrics }),
    ...(Array.isArray(leftovers) && { leftovers: leftovers.filter(isServing) }),
  }
}

function isServing(value: unknown): value is Serving {
  return isRecord(value) && typeof value.name === 'string' && typeof value.adapter === 'string'
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}
