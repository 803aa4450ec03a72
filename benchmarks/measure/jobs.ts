/** What a run consists of: each job has a control plane of its own, starting from a snapshot. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, stop } from '../lab/children.ts'
import type { Lab } from '../lab/lab.ts'
import type { SnapshotKind } from '../lab/snapshots.ts'
import { bench } from '../lab/tool.ts'
import type { Options, Topic } from '../options.ts'
import type { Json } from '../record.ts'
import { type Subject, startSubject } from '../subjects/subjects.ts'
import { difference, requestCounts } from './counts.ts'
import { changesDuringStart } from './storm.ts'

/** Where a job runs. */
export interface Stage {
  readonly lab: Lab
  readonly tool: string
  readonly n: number
  readonly options: Options
  /** Notes what a step found. */
  note(step: string, result: Json): void
}

/** One kind of run. */
export interface Job {
  readonly name: string
  readonly from: SnapshotKind
  /** Some of these must be asked for. */
  readonly topics: readonly Topic[]
  /** Seconds that it takes, control plane included. */
  seconds(n: number, options: Options): number
  /** The loader in place of an operator, where that can be compared. */
  floor?(stage: Stage): Promise<void>
  operator(stage: Stage, subject: Subject): Promise<void>
}

const CONTROL_PLANE_S = 14
const CHANGES: readonly Topic[] = ['latency', 'ready', 'drift', 'idle', 'restart']

/** APIs created under a running operator; the floor creates and finishes each in one go. */
const live: Job = {
  name: 'live',
  from: 'base',
  topics: ['live'],
  seconds: (n) => CONTROL_PLANE_S + 5 + n * 0.008,
  floor: (stage) => step(stage, 'converge', 'floor', ['-mode', 'stream']),
  async operator(stage, subject) {
    const process = await running(stage, subject)
    await step(stage, 'empty', 'idle', ['-t', '1s'], process)
    await step(stage, 'converge', 'converge', [], process)
    await stop(process)
  },
}

/** An operator that starts over untouched APIs; the floor makes the final writes alone. */
const cold: Job = {
  name: 'cold',
  from: 'full',
  topics: ['cold'],
  seconds: (n) => CONTROL_PLANE_S + n * 0.0065,
  floor: (stage) => step(stage, 'converge', 'floor', ['-mode', 'after']),
  operator: (stage, subject) => started(stage, 'converge', 'coldstart', subject),
}

/** What happens among idle APIs, one thing at a time. */
const changes: Job = {
  name: 'changes',
  from: 'base',
  topics: CHANGES,
  seconds(n, { only, samples, idleSeconds }) {
    const costs = {
      latency: samples * 0.075,
      ready: samples * 0.06,
      drift: samples * 0.03,
      idle: idleSeconds,
      restart: 30,
    }
    const asked = Object.entries(costs).filter(([topic]) => only.some((one) => one === topic))
    return CONTROL_PLANE_S + 5 + n * 0.008 + asked.reduce((sum, [, seconds]) => sum + seconds, 0)
  },
  async floor(stage) {
    if (!stage.options.only.includes('latency')) return
    await step(stage, 'converge', 'floor', ['-mode', 'stream'])
    await step(stage, 'latency', 'floor', ['-mode', 'latency', '-samples', String(stage.options.samples)])
  },
  async operator(stage, subject) {
    const { only, samples, idleSeconds } = stage.options
    const half = String(Math.ceil(samples / 2))
    const process = await running(stage, subject)
    await step(stage, 'converge', 'converge', [], process)
    if (only.includes('latency')) await step(stage, 'latency', 'latency', ['-samples', String(samples)], process)
    if (only.includes('ready')) await step(stage, 'ready', 'ready', ['-samples', half], process)
    if (only.includes('drift')) await step(stage, 'drift', 'drift', ['-samples', half], process)
    if (only.includes('idle')) await step(stage, 'idle', 'idle', ['-t', `${idleSeconds}s`], process)
    await stop(process)
    if (!only.includes('restart')) return
    stage.note('restart-quiet', await quietRestart(stage, subject))
    await started(stage, 'restart', 'restart', subject)
  },
}

const storm: Job = {
  name: 'storm',
  from: 'full',
  topics: ['storm'],
  seconds: (n) => CONTROL_PLANE_S + 5 + n * 0.004,
  async operator(stage, subject) {
    stage.note('storm', await changesDuringStart(subject, stage.lab))
  },
}

/** A job and its size. */
export interface Task {
  readonly job: Job
  readonly n: number
}

/** The tasks that were asked for: single changes at 1,000 APIs or as near as the sizes allow, the storm at the largest size. */
export function tasksOf({ only, sizes }: Options): readonly Task[] {
  const asked = (job: Job, chosen: readonly number[]) =>
    job.topics.some((topic) => only.includes(topic)) ? chosen.map((n) => ({ job, n })) : []
  const middle = sizes.includes(1000) ? 1000 : Math.min(...sizes)
  return [
    ...asked(live, sizes),
    ...asked(cold, sizes),
    ...asked(changes, [middle]),
    ...asked(storm, [Math.max(...sizes)]),
  ]
}

/** Starts the subject and gives it the three seconds that a fresh control plane and empty caches need. */
async function running(stage: Stage, subject: Subject): Promise<ChildProcess> {
  const process = await startSubject(subject, stage.lab)
  await sleep(3000)
  if (!isAlive(process)) throw new Error(`bench: ${subject.name} ended at once; see subject.log of the control plane`)
  return process
}

/** The size, and when to give up: ten times what it should take. */
function commonFlags(n: number): readonly string[] {
  return ['-n', String(n), '-limit', `${30 + Math.ceil(n * 0.08)}s`]
}

/** A step with a subject that runs already, or with the tool as its own subject. */
async function step(
  { lab, tool, n, note }: Stage,
  name: string,
  command: string,
  flags: readonly string[],
  subject?: ChildProcess,
): Promise<void> {
  const processes = { ...lab.processes, ...(subject?.pid !== undefined && { subject: subject.pid }) }
  const all = [...commonFlags(n), ...flags]
  note(name, await bench(tool, { command, kubeconfig: lab.kubeconfig, flags: all, processes }))
}

/** A step whose subject the tool starts itself, so that its time begins with the process. */
async function started({ lab, tool, n, note }: Stage, name: string, command: string, subject: Subject): Promise<void> {
  const line = subject.command(lab.kubeconfig)
  // The tool splits at blanks and knows no quotes.
  if (line.some((word) => /\s/.test(word))) throw new Error(`bench: a blank within one word of ${line.join(' ')}`)
  const environment = await subject.environment(lab.kubeconfig)
  const flags = [...commonFlags(n), '-cmd', line.join(' ')]
  note(name, await bench(tool, { command, kubeconfig: lab.kubeconfig, flags, processes: lab.processes, environment }))
}

/** All requests of a start over settled APIs, watches included: those count when they end. */
async function quietRestart({ lab }: Stage, subject: Subject): Promise<Json> {
  // The watches of whoever ran before end a moment after it.
  await sleep(1500)
  const before = await requestCounts(lab.admin)
  const process = await startSubject(subject, lab)
  await sleep(8000)
  await stop(process)
  await sleep(1500)
  return { requests: difference(before, await requestCounts(lab.admin)) }
}
