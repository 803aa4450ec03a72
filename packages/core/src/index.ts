/**
 * The world of an adapter's author: the ExposedAPI in canonical form, the contracts, and the shapes that both speak.
 * Pure: no I/O, no clock, no product.
 */
export {
  controllerOf,
  groupBy,
  type Index,
  isRecord,
  type Kind,
  type KindUse,
  type KubeObject,
  nameOf,
  type ObjectMeta,
  type RenderedObject,
  sameJson,
  slimMeta,
  type View,
} from '@exposedapi/objects'
export {
  type AdapterDescriptor,
  type AdapterEntry,
  type AdapterTypes,
  CONTRACT,
  type OptionSchema,
  type OptionsSchema,
} from './adapters/descriptor.ts'
export type { ExternalGateway, ExternalPlan, ExternalRef, Progress } from './adapters/external-gateway.ts'
export type { GatewayAdapter, Observation, PolicyReport, RouteIntent, RouteRequest } from './adapters/gateway.ts'
export {
  type AppliedAnnotations,
  FIELD_MANAGER_PREFIX,
  fieldManagerOf,
  type MetricsAdapter,
  type MetricsObservation,
  type RenderedMetrics,
} from './adapters/metrics.ts'
export type { Enforcement, Rendered } from './adapters/rendered.ts'
export type { ConditionType, Finding } from './findings/finding.ts'
export { notReadable, type Unseen, uncertain } from './findings/not-readable.ts'
export { type OwnReason, ownReason, type Reason } from './findings/reasons.ts'
export { type Address, urlOf } from './model/address.ts'
export { compareAge } from './model/age.ts'
export { childMeta } from './model/child-meta.ts'
export { type ExposedApi, isExternal, isMetricsApi } from './model/exposed-api.ts'
export {
  canonicalHost,
  covers,
  type HostPort,
  hostPort,
  intersection,
  isIp,
  isIpv6,
  isWildcard,
} from './model/hosts.ts'
export {
  API_BY_UID,
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  type EndpointSlice,
  EXPOSED_API,
  SERVICE,
  type Service,
  type ServicePort,
  SLICE_BY_SERVICE,
} from './model/kinds.ts'
export { byLengthThenPath, isBelow, normalisedPath, selfAndAncestors } from './model/paths.ts'
export { type ServicePortAnswer, servicePortOf, tcpPort } from './model/service-port.ts'
export type { CorsPolicy } from './policies/cors.ts'
export { POLICY_NAMES, type PolicyName, type PolicyRequests } from './policies/policies.ts'
export type { PolicyVerdict } from './policies/verdict.ts'
export type { Identifier, RequestPart } from './policies/words.ts'
