/**
 * The ExposedAPI in canonical form: read once when it arrives, trusted ever after.
 *
 * Reading never fails. What is wrong with a spec is kept as problems, so that one bad object costs nobody else anything.
 */

import { groupBy, isRecord, type KubeObject, type ObjectMeta, slimMeta } from '@exposedapi/objects'
import type { Condition } from '../findings/condition.ts'
import { type MisplacedPolicy, misplacedPolicies } from '../policies/misplaced.ts'
import {
  type InvalidPolicies,
  type ParsedPolicies,
  POLICY_FIELDS,
  type PolicyRequests,
  parsePolicies,
} from '../policies/policies.ts'
import { fieldName, secretProblem, typeProblem } from '../policies/type-problem.ts'
import { developerUi } from './developer-ui.ts'
import { BasicAuth, ExposedApiSpec, type RawSpec, ReadSpec } from './schema.ts'
import { type ApiSpec, EXTERNAL, type SpecProblem } from './spec.ts'
import { PORT_RANGE, valueProblems } from './value-problems.ts'

/** API group and version that the operator speaks (contract: read and write v1 only). */
export const EXPOSED_API_VERSION = 'oda.tmforum.org/v1'

/** The label that names the Component of an ExposedAPI. */
export const COMPONENT_LABEL = 'oda.tmforum.org/componentName'

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
  /** What is not as it should be in the spec, and yet refuses nothing. */
  readonly advice: readonly SpecProblem[]
  /** Policies asked for and understood; protections also where they are asked for in the wrong place. */
  readonly policies: PolicyRequests
  /** Policies asked for in words that make no sense. */
  readonly invalidPolicies: InvalidPolicies
  /** Keys of `spec` that nobody reads. */
  readonly unknownFields: readonly string[]
  readonly status: ExposedApiStatus
}

/** Fields outside the schema that ODA Canvas writes or reads. */
const TOLERATED = new Set(['apiSDO', 'hostname', 'basicAuth', 'monitoring', 'id'])

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
  const namespace = object.metadata.namespace ?? 'default'
  const { spec, typeProblems, wrongPolicies } = typed(raw)
  const ui = developerUi(spec.developerUI)
  const canonical = apiSpec(spec, raw, ui)
  const known = new Set(typeProblems.map(({ field }) => field))
  const misplaced = misplacedPolicies(raw, (key) => key !== 'specification' && isRead(key))
  const { requests, invalid } = withProtections(parsePolicies(spec), wrongPolicies, misplaced)
  return {
    apiVersion: EXPOSED_API_VERSION,
    kind: 'ExposedAPI',
    metadata: { ...slimMeta(object.metadata), namespace },
    spec: canonical,
    problems: [...typeProblems, ...valueProblems(canonical, namespace).filter(({ field }) => !known.has(field))],
    advice: [...misplaced.map(misplacedAdvice), ...(ui.advice ? [ui.advice] : [])],
    policies: requests,
    invalidPolicies: invalid,
    unknownFields: Object.keys(raw).filter((key) => !isRead(key) && !misplaced.some(({ top }) => top === key)),
    status: status(record(record(object).status)),
  }
}

function isRead(key: string): boolean {
  return Object.hasOwn(ExposedApiSpec.shape, key) || TOLERATED.has(key)
}

/** What is asked for in the right place comes first. */
function withProtections(
  { requests, invalid }: ParsedPolicies,
  wrongTypes: InvalidPolicies,
  misplaced: readonly MisplacedPolicy[],
): ParsedPolicies {
  const all = { requests: { ...requests }, invalid: { ...invalid, ...wrongTypes } } as {
    readonly requests: Record<string, unknown>
    readonly invalid: Record<string, string>
  }
  for (const { policy, isProtection, asked } of misplaced) {
    if (!isProtection || Object.hasOwn(all.requests, policy) || Object.hasOwn(all.invalid, policy)) continue
    if (asked.invalid === undefined) all.requests[policy] = asked.request
    else all.invalid[policy] = asked.invalid
  }
  return all
}

function misplacedAdvice({ field, right, isProtection }: MisplacedPolicy): SpecProblem {
  const effect = isProtection ? 'is in the wrong place, but counts' : 'is ignored'
  return { field, reason: 'MisplacedPolicy', message: `${effect}: write it as ${right}` }
}

/** The spec with every field of a wrong type taken out, and what was wrong. */
function typed(raw: Record<string, unknown>) {
  // The API server stores arrays under old versions and objects under v1; both are read in apiSpec, neither is a problem.
  const { specification: _, ...rest } = raw
  const result = ReadSpec.safeParse(rest)
  if (result.success) return { spec: result.data as RawSpec, typeProblems: [], wrongPolicies: {} }

  const wrongPolicies: Record<string, string> = {}
  const typeProblems: SpecProblem[] = []
  const usable: Record<string, unknown> = { ...PLACEHOLDERS, ...rest }
  // The first issue of each field: a list of 100,000 wrong entries is one problem, not a status of megabytes.
  for (const [top, [issue]] of groupBy(result.error.issues, ({ path }) => String(path[0]))) {
    const field = fieldName(issue.path)
    const policy = POLICY_FIELDS[top]
    const message = typeProblem(issue, rest, top === 'port' ? PORT_RANGE : undefined)
    if (policy) wrongPolicies[policy] = `${field} ${message}`
    else typeProblems.push({ field, reason: top === 'hostname' ? 'InvalidHostname' : 'InvalidSpec', message })
    if (Object.hasOwn(PLACEHOLDERS, top)) usable[top] = PLACEHOLDERS[top as keyof typeof PLACEHOLDERS]
    else delete usable[top]
  }
  return { spec: usable as unknown as RawSpec, typeProblems, wrongPolicies }
}

const PLACEHOLDERS = { name: '', apiType: 'openapi', implementation: 'unknown', path: '/', port: 1 } as const

function apiSpec(spec: RawSpec, raw: Record<string, unknown>, ui: ReturnType<typeof developerUi>): ApiSpec {
  const { name, apiType, implementation, path, port, hostname } = spec
  return {
    name,
    apiType,
    implementation,
    path,
    port,
    ...(ui.path !== undefined && { developerUI: ui.path }),
    ...(ui.link !== undefined && { developerUILink: ui.link }),
    specification: specifications(raw.specification),
    segment: spec.segment ?? 'coreFunction',
    ...(hostname && { hostname }),
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
  const [issue] = result.error.issues
  if (!issue) return {}
  const wrong = { ...issue, path: ['basicAuth', ...issue.path] }
  return { basicAuthProblem: `${fieldName(wrong.path)} ${secretProblem(wrong, { basicAuth: value })}` }
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
