/** One measurement from beginning to end: data, runs, a file of results. */
import { appendFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { cpus, loadavg, release } from 'node:os'
import { join } from 'node:path'
import type { Binaries } from '@exposedapi/testbed'
import { Snapshots } from '../lab/snapshots.ts'
import { progress, say } from '../log.ts'
import type { Options } from '../options.ts'
import type { Entry } from '../record.ts'
import { bundleEntry, type OurBundle } from '../subjects/bundles.ts'
import type { Peers } from '../subjects/peers.ts'
import { goOperator, ourOperator, type Subject } from '../subjects/subjects.ts'
import { type Task, tasksOf } from './jobs.ts'
import { runSeries, secondsOf, type Turn, turnsOf } from './series.ts'

/** What takes part. */
export interface RaceOptions {
  readonly options: Options
  readonly programs: Binaries
  readonly peers: Peers
  readonly ours: readonly OurBundle[]
  /** Folder for results. */
  readonly results: string
}

/** What has come of it. */
export interface RaceResults {
  readonly file: string
  /** Folder of CPU profiles, where they were asked for. */
  readonly profiles: string | undefined
}

/** Runs everything that the options ask for. */
export async function race({ options, programs, peers, ours, results }: RaceOptions): Promise<RaceResults> {
  const base = join(results, new Date().toISOString().slice(0, 19).replaceAll(':', '-'))
  const [file, profiles] = [`${base}.jsonl`, options.profile ? `${base}-profiles` : undefined]
  await mkdir(profiles ?? results, { recursive: true })
  const note = (entry: Entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`)
  for (const one of ours) note(await bundleEntry(one))

  const tasks = tasksOf(options)
  const turns = turnsOf(tasks, options)
  announce(turns, options, ours)
  const snapshots = await Snapshots.open(programs, peers.tool)
  await prepare(tasks, snapshots)
  const operators = operatorsOf(peers, ours, options, profiles)
  await runSeries(turns, { options, programs, tool: peers.tool, snapshots, operators, note, progress: say })
  return { file, profiles }
}

function announce(turns: readonly Turn[], options: Options, ours: readonly OurBundle[]): void {
  const minutes = Math.ceil(secondsOf(turns, options) / 60)
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Linux ${release()}, Node ${process.version}`
  say(`${turns.length} runs, about ${minutes} min, on ${machine}`)
  for (const { name, origin } of ours) say(`${name} is ${origin}`)
  const load = loadavg()[0] ?? 0
  if (load > 0.5 * cpus().length) say(`load average ${load.toFixed(1)}: the machine is not quiet`)
}

async function prepare(tasks: readonly Task[], snapshots: Snapshots): Promise<void> {
  for (const { job, n } of tasks) {
    if (await snapshots.has(job.from, n)) continue
    const data = `data: ${job.from}, ${n} APIs`
    const doing = `preparing ${data} (about ${Math.ceil(25 + n * 0.025)} s, once; cached afterwards)`
    await progress({ doing, done: `prepared ${data}` }, () => snapshots.make(job.from, n))
  }
}

function operatorsOf(
  peers: Peers,
  ours: readonly OurBundle[],
  { nodeFlags }: Options,
  profiles: string | undefined,
): readonly Subject[] {
  const own = ours.map(({ name, file }) =>
    ourOperator({ name, bundle: file, nodeFlags, ...(profiles !== undefined && { profiles }) }),
  )
  return [goOperator(peers.operator), ...own]
}
