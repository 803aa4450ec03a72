/** How an Event looks in the API (`events.k8s.io/v1`), within its limits of length. */
import type { KubeObject } from '@exposedapi/objects'

/** Something that happened to an object. */
export interface EventInput {
  /** The object that `kubectl describe` shows it for. */
  readonly regarding: KubeObject
  readonly type: 'Normal' | 'Warning'
  /** CamelCase. */
  readonly reason: string
  /** One sentence. Equal notes are counted, so no timestamps and no counters. */
  readonly note: string
  /** What was being done. Default `Reconcile`. */
  readonly action?: string
}

/** Who reports. */
export interface Reporter {
  /** `reportingController`: the same for all replicas. */
  readonly reporter: string
  /** `reportingInstance`: this replica. */
  readonly instance: string
}

/** What an Event shows of a series. */
export interface Occurrences {
  readonly input: EventInput
  readonly namespace: string
  readonly name: string
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
}

/** Events of equal key are one series. */
export function seriesKey({ regarding, type, reason, note }: EventInput): string {
  return JSON.stringify([regarding.kind, regarding.metadata.uid, type, reason, note])
}

/** Unique within a namespace, and still a legal name for an object whose own name is as long as a name may be. */
export function eventName(object: string, now: number, counter: number): string {
  const suffix = `${Math.round(now * 1000).toString(16)}.${counter.toString(16)}`
  return `${object.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${suffix}`
}

/** The body of the request that creates it. */
export function eventOf(event: Occurrences, { reporter, instance }: Reporter): object {
  const { input, namespace, name, firstAt, count } = event
  const { apiVersion, kind, metadata } = input.regarding
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: microTime(firstAt),
    reportingController: reporter,
    reportingInstance: instance.slice(0, 128),
    action: (input.action ?? 'Reconcile').slice(0, 128),
    reason: input.reason.slice(0, 128),
    note: shortened(input.note),
    type: input.type,
    regarding: {
      apiVersion,
      kind,
      name: metadata.name,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      ...(metadata.uid && { uid: metadata.uid }),
      ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
    },
    ...(count > 1 && { series: seriesOf(event) }),
  }
}

/** The part that changes when it happens again. */
export function seriesOf({ count, lastAt }: Occurrences): object {
  return { count, lastObservedTime: microTime(lastAt) }
}

/** At most 1024 bytes, whole characters. */
function shortened(note: string): string {
  const bytes = Buffer.from(note)
  if (bytes.length <= 1024) return note
  return `${bytes
    .subarray(0, 1020)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
