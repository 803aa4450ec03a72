/** Which figures there are, where they come from, and what each of them has to reach. */
import { isOfTheServer, isWrite } from '../measure/counts.ts'
import { countsAt, type Json, numberAt } from '../record.ts'

/** What a figure has to reach: a share of the Go operator's, or a value of its own. */
export type Target = { readonly ofGo: number } | { readonly atMost: number }

/** One figure before it is measured. */
export interface Definition {
  readonly name: string
  readonly unit: string
  readonly job: string
  readonly step: string
  /** Undefined where the result does not hold it. */
  value(result: Json, n: number): number | undefined
  target?(n: number): Target | undefined
  readonly withoutFloor?: boolean
}

const times = (name: string, job: string, ofGo: (n: number) => number | undefined): Definition => ({
  name,
  unit: 's',
  job,
  step: 'converge',
  value: (result) => numberAt(result, 'total_s'),
  target: (n) => share(ofGo(n)),
})

/** Writes or reads per API. The floor's are those of the tool itself, which are not counted. */
const requests = (name: string, job: string, counts: (key: string) => boolean, atMost: number): Definition => ({
  name,
  unit: 'per API',
  job,
  step: 'converge',
  value: (result, n) => total(result, counts) / n,
  target: () => ({ atMost }),
  withoutFloor: true,
})

const cpu = (job: string): readonly Definition[] => [
  {
    name: `${job}: CPU of the operator`,
    unit: 'ms/API',
    job,
    step: 'converge',
    value: (result, n) => perApi(numberAt(result, 'cpu_s.subject'), n),
    target: () => ({ ofGo: 1 }),
  },
  {
    name: `${job}: CPU of the control plane`,
    unit: 'ms/API',
    job,
    step: 'converge',
    value: (result, n) => perApi(sum(numberAt(result, 'cpu_s.apiserver'), numberAt(result, 'cpu_s.etcd')), n),
  },
]

const writesOf = (resource: string) => (key: string) => isWrite(key) && key.split(/[ /]/)[1] === resource
const OWN = ['virtualservices', 'servicemonitors', 'exposedapis', 'components'].map(writesOf)

const requestFigures = (job: string): readonly Definition[] => [
  requests(`${job}: writes of VirtualServices`, job, writesOf('virtualservices'), 1),
  requests(`${job}: writes of ServiceMonitors`, job, writesOf('servicemonitors'), 0.2),
  requests(`${job}: writes of ExposedAPIs (status)`, job, writesOf('exposedapis'), 1),
  requests(`${job}: writes of Components`, job, writesOf('components'), 0.11),
  requests(`${job}: other writes`, job, (key) => isWrite(key) && !OWN.some((is) => is(key)), 0),
  requests(`${job}: reads of single objects (GET)`, job, (key) => key.startsWith('GET '), 0),
]

/** p50 and p99 of one time of a step. */
const spread = (name: string, step: string, key: string): readonly Definition[] =>
  ['p50', 'p99'].map((quantile) => ({
    name: `${name}, ${quantile}`,
    unit: 'ms',
    job: 'changes',
    step,
    value: (result: Json) => numberAt(result, `${key}.${quantile}`),
    target: () => ({ ofGo: 1.1 }),
  }))

const single = (
  name: string,
  unit: string,
  at: readonly [job: string, step: string],
  value: Definition['value'],
  target?: Definition['target'],
): Definition => ({ name, unit, job: at[0], step: at[1], value, ...(target && { target }) })

/** All of them, in the order of the report. */
export const DEFINITIONS: readonly Definition[] = [
  times('live: first creation → last correct', 'live', (n) => (n >= 1000 ? 1 : undefined)),
  times('cold: start → last correct', 'cold', (n) => (n >= 1000 ? 0.95 : undefined)),
  ...requestFigures('live'),
  ...requestFigures('cold'),
  ...cpu('live'),
  ...cpu('cold'),
  single('memory without APIs', 'MiB', ['live', 'empty'], (result) => numberAt(result, 'memory_mib.subject_rss')),
  single(
    'memory after live convergence',
    'MiB',
    ['live', 'converge'],
    (result) => numberAt(result, 'memory_mib.subject_rss'),
    (n) => limit(n === 1000 ? 120 : n === 5000 ? 160 : undefined),
  ),
  single(
    'memory after cold start',
    'MiB',
    ['cold', 'converge'],
    (result) => numberAt(result, 'memory_mib.subject_rss'),
    (n) => limit(n === 1000 ? 120 : n === 5000 ? 160 : undefined),
  ),
  ...spread('path change → route', 'latency', 'send_to_route_ms'),
  ...spread('path change → status', 'latency', 'send_to_status_ms'),
  ...spread('path change → Component', 'latency', 'send_to_component_ms'),
  ...spread('endpoint gone → not ready', 'ready', 'down_ms'),
  ...spread('endpoint back → ready', 'ready', 'up_ms'),
  ...spread('route deleted → route back', 'drift', 'recreated_ms'),
  single(
    'idle: writes',
    'in all',
    ['changes', 'idle'],
    (result) => total(result, isWrite),
    () => limit(0),
  ),
  single('idle: requests', 'in all', ['changes', 'idle'], (result) => total(result, () => true)),
  single('idle: CPU of the operator', 'ms/min', ['changes', 'idle'], (result) => {
    const seconds = numberAt(result, 'cpu_s.subject')
    return seconds === undefined ? undefined : (seconds * 60_000) / (numberAt(result, 't_s') ?? 60)
  }),
  single(
    'restart: start → first repaired route',
    's',
    ['changes', 'restart'],
    (result) => numberAt(result, 'start_to_change_handled_s'),
    () => limit(0.5),
  ),
  single('restart: writes for one change', 'in all', ['changes', 'restart'], (result) => total(result, isWrite)),
  single(
    'restart, nothing changed: writes',
    'in all',
    ['changes', 'restart-quiet'],
    (result) => total(result, isWrite),
    () => limit(0),
  ),
  single(
    'restart, nothing changed: lists and watches of one kind',
    'at most',
    ['changes', 'restart-quiet'],
    (result) => mostReads(result),
    () => limit(1),
  ),
  single(
    'a change during the start: until its route, worst',
    'ms',
    ['storm', 'storm'],
    (result) => (numberAt(result, 'changes') === 0 ? undefined : numberAt(result, 'max')),
    (n) => limit(n >= 5000 ? 1000 : undefined),
  ),
]

function total(result: Json, counts: (key: string) => boolean): number {
  const own = [...countsAt(result, 'requests')].filter(([key]) => !isOfTheServer(key) && counts(key))
  return own.reduce((sum, [, count]) => sum + count, 0)
}

/** A watch that sends the list first is both in one request. */
function mostReads(result: Json): number {
  const reads = new Map<string, number>()
  for (const [key, count] of countsAt(result, 'requests')) {
    const [verb, resource = ''] = key.split(' ')
    if (verb === 'LIST' || verb === 'WATCH') reads.set(resource, (reads.get(resource) ?? 0) + count)
  }
  return Math.max(0, ...reads.values())
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}

function perApi(seconds: number | undefined, n: number): number | undefined {
  return seconds === undefined ? undefined : (seconds * 1000) / n
}

function share(ofGo: number | undefined): Target | undefined {
  return ofGo === undefined ? undefined : { ofGo }
}

function limit(atMost: number | undefined): Target | undefined {
  return atMost === undefined ? undefined : { atMost }
}
