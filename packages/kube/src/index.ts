/** A controller engine for Kubernetes: caches that fill themselves, tracked views, a work queue and careful writes. */
export { ApiError, type ApiErrorFields, ConflictError, codeOf, type StatusDetails } from './client/api-error.ts'
export {
  type Connection,
  type ConnectOptions,
  type Credentials,
  connect,
  SERVICE_ACCOUNT,
} from './client/connection.ts'
export { RestClient, type RestClientOptions } from './client/rest-client.ts'
export type { Answer, RequestOptions } from './client/rest-request.ts'
export { type ChangeListener, Cluster, type ClusterOptions } from './cluster.ts'
export type { EventInput } from './events/event-object.ts'
export { EventRecorder, type EventRecorderOptions, type EventSink } from './events/event-recorder.ts'
export type { ClusterHealth, KindHealth } from './kinds/health.ts'
export { type LeaderCallbacks, LeaderElection, type LeaderElectionOptions } from './leader-election/leader-election.ts'
export { leaseRules } from './leader-election/lease-object.ts'
export { Liveness, type LivenessOptions } from './liveness.ts'
export { difference } from './managed-fields/apply-difference.ts'
export { compareVersions, isNewer } from './objects/resource-version.ts'
export type { Priority } from './queue/priority-fifo.ts'
export { type QueueHealth, WorkQueue, type WorkQueueOptions, type WorkResult } from './queue/work-queue.ts'
export { Backoff, type BackoffOptions } from './runtime/backoff.ts'
export { type Clock, sleep, systemClock, type Timer } from './runtime/clock.ts'
export { type Logger, noLog } from './runtime/log.ts'
export {
  type Labels,
  METRICS,
  type MetricDefinition,
  type MetricName,
  noTelemetry,
  type Telemetry,
} from './runtime/telemetry.ts'
export { type NamespaceSet, namespaceMatcher, namespaceSet } from './watch/namespace-patterns.ts'
export type { MergePatch } from './write/write-outcome.ts'
export type { PatchStatusOptions } from './write/writer.ts'
