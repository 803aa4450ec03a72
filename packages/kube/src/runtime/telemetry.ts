/**
 * Metrics of the engine, under the names of controller-runtime and client-go so that their dashboards work unchanged.
 *
 * The engine only reports; the program around it maps this interface and the table to a metrics library.
 */

/** Labels of one series. Never the name of an object. */
export type Labels = Readonly<Record<string, string>>

/** Where measurements go. Must not throw. */
export interface Telemetry {
  /** Adds to a counter, 1 by default. */
  count(name: MetricName, labels?: Labels, by?: number): void
  /** Sets a gauge. */
  gauge(name: MetricName, labels: Labels, value: number): void
  /** Adds a duration in seconds to a histogram. */
  observe(name: MetricName, labels: Labels, seconds: number): void
}

/** One row of the table of metrics. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

const queue = ['name', 'controller'] as const
const controller = ['controller'] as const

/** Every metric that the engine reports. */
export const METRICS = {
  controller_runtime_reconcile_total: counter('Reconciliations by result: success, error, requeue, requeue_after', [
    ...controller,
    'result',
  ]),
  controller_runtime_reconcile_errors_total: counter('Reconciliations that failed', controller),
  controller_runtime_terminal_reconcile_errors_total: counter(
    'Reconciliations that failed and are not retried',
    controller,
  ),
  controller_runtime_reconcile_panics_total: counter('Reconciliations that threw a programming error', controller),
  controller_runtime_reconcile_timeouts_total: counter('Reconciliations that exceeded their time limit', controller),
  controller_runtime_reconcile_time_seconds: histogram('Duration of a reconciliation', controller),
  controller_runtime_max_concurrent_reconciles: gauge('Upper limit of concurrent reconciliations', controller),
  controller_runtime_active_workers: gauge('Reconciliations running now', controller),
  workqueue_depth: gauge('Keys waiting, by priority', [...queue, 'priority']),
  workqueue_adds_total: counter('Keys added', queue),
  workqueue_queue_duration_seconds: histogram('Time a key waits before it is worked on', queue),
  workqueue_work_duration_seconds: histogram('Time a key is worked on', queue),
  workqueue_unfinished_work_seconds: gauge('Sum of the ages of the runs in flight', queue),
  workqueue_longest_running_processor_seconds: gauge('Age of the oldest run in flight', queue),
  workqueue_retries_total: counter('Keys added again after a failure', queue),
  rest_client_requests_total: counter(
    'Requests by status code, method and host; the code is <error> if there was no answer',
    ['code', 'method', 'host'],
  ),
  rest_client_request_duration_seconds: histogram('Duration of a request until its answer is read', ['method', 'host']),
  rest_client_request_retries_total: counter('Requests sent again', ['code', 'method', 'host']),
  watch_last_event_age_seconds: gauge('Time since the last byte of a watch; bookmarks count', ['resource']),
  watch_restarts_total: counter('Watches opened again, by reason', ['resource', 'reason']),
  relist_total: counter('Full lists, by reason', ['resource', 'reason']),
  overlay_timeouts_total: counter('Writes that the watch did not show in time, so that the object was read again', [
    'resource',
  ]),
  events_total: counter('Kubernetes Events by outcome: created, repeated, failed, dropped', ['outcome']),
  leader_election_master_status: gauge('1 while this replica leads', ['name']),
  leader_election_slowpath_total: counter('Renewals of the Lease that had to read it first', ['name']),
  writes_total: counter('Writes by resource, verb and outcome', ['resource', 'verb', 'outcome']),
  handler_errors_total: counter('Errors thrown by projections, indexes and listeners; always a bug', [
    'resource',
    'what',
  ]),
} as const satisfies Record<string, MetricDefinition>

/** Name of a metric in the table. */
export type MetricName = keyof typeof METRICS

/** Drops every measurement. */
export const noTelemetry: Telemetry = { count() {}, gauge() {}, observe() {} }

function counter(help: string, labels: readonly string[]): MetricDefinition {
  return { type: 'counter', help, labels }
}

function gauge(help: string, labels: readonly string[]): MetricDefinition {
  return { type: 'gauge', help, labels }
}

function histogram(help: string, labels: readonly string[]): MetricDefinition {
  return { type: 'histogram', help, labels }
}
