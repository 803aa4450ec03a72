/** A controller engine for Kubernetes: caches that fill themselves, tracked views, a work queue and careful writes. */
export { ApiError, type ApiErrorFields, ConflictError, codeOf, type StatusDetails } from './api-error.ts'
export { difference } from './apply.ts'
export { Backoff, type BackoffOptions } from './backoff.ts'
export { type Clock, sleep, systemClock, type Timer } from './clock.ts'
export { type ChangeListener, Cluster, type ClusterOptions } from './cluster.ts'
export { type Connection, type ConnectOptions, type Credentials, connect, SERVICE_ACCOUNT } from './connection.ts'
export { deepEqual } from './equal.ts'
export type { EventInput } from './event-object.ts'
export { EventRecorder, type EventRecorderOptions, type EventSink } from './events.ts'
export type { ClusterHealth, KindHealth } from './health.ts'
export {
  type Change,
  type Index,
  type Kind,
  type KindUse,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
  type RenderedObject,
  resourceName,
  type View,
} from './kind.ts'
export { type LeaderCallbacks, LeaderElection, type LeaderElectionOptions } from './lease.ts'
export { leaseRules } from './lease-object.ts'
export { Liveness, type LivenessOptions } from './liveness.ts'
export { type Logger, noLog } from './log.ts'
export { type NamespaceSet, namespaceMatcher, namespaceSet } from './namespaces.ts'
export { compareVersions, isNewer } from './resource-version.ts'
export { RestClient, type RestClientOptions } from './rest-client.ts'
export type { Answer, RequestOptions } from './rest-request.ts'
export {
  type Labels,
  METRICS,
  type MetricDefinition,
  type MetricName,
  noTelemetry,
  type Telemetry,
} from './telemetry.ts'
export { type Priority, type QueueHealth, WorkQueue, type WorkQueueOptions, type WorkResult } from './work-queue.ts'
export type { MergePatch, PatchStatusOptions } from './writer.ts'
