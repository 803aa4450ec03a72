/**
 * Measures our operator against the Go operator and the floor; see README.md.
 *
 *     npm run bench -- --help
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { cpus, loadavg, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binaries, binaries, cacheFolder } from '@exposedapi/testbed'
import { bundle } from '../apps/operator/bundle.ts'
import { withLock } from '../testbed/src/build/build-lock.ts'
import { killAll } from './lab/children.ts'
import { Snapshots } from './lab/snapshots.ts'
import { progress, say } from './log.ts'
import { alone } from './measure/alone.ts'
import { tasksOf } from './measure/jobs.ts'
import { runSeries, secondsOf, turnsOf } from './measure/series.ts'
import { benchOptions, type Options } from './options.ts'
import { profileReport } from './profile/profile.ts'
import { originsOf, readableBundle } from './profile/readable-bundle.ts'
import type { Entry } from './record.ts'
import { figuresOf } from './report/figures.ts'
import { jsonLine, markdown } from './report/report.ts'
import { findPeers, type Peers } from './subjects/peers.ts'
import { goOperator, ourOperator } from './subjects/subjects.ts'

const RESULTS = join(import.meta.dirname, 'results')

const options = benchOptions(process.argv.slice(2))
if (options.report === undefined) await measure(options)
else publish(options.report)

async function measure(options: Options): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'exposedapi-bench-'))
  // Everything temporary goes there, so that it goes with it, also when we are interrupted.
  process.env.TMPDIR = scratch
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.once('exit', () => {
    killAll()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  })
  const programs = await binaries(progress)
  const peers = await findPeers(progress)
  // A copy: somebody may build another while we measure.
  const ours = join(scratch, 'exposedapi.cjs')
  if (options.profile) await readableBundle(ours)
  else await copyFile(options.bundle ?? (await bundle()), ours)
  await mkdir(cacheFolder(), { recursive: true })
  const lock = join(cacheFolder(), 'bench.lock')
  const waiting = {
    doing: 'waiting for another benchmark on this machine to end: both at once would measure each other',
  }
  await withLock(
    lock,
    () => run(options, programs, peers, ours),
    (wait) => progress(waiting, wait),
  )
}

async function run(options: Options, programs: Binaries, peers: Peers | string, ours: string): Promise<void> {
  if (typeof peers !== 'string') return race(options, programs, peers, ours)
  say(`no comparison: ${peers}. Only our own cold start is measured.`)
  await alone({ bundle: ours, sizes: options.sizes, runs: options.runs, say })
}

async function race(options: Options, programs: Binaries, peers: Peers, ours: string) {
  const label = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const file = join(RESULTS, `${label}.jsonl`)
  const profiles = join(RESULTS, `${label}-profiles`)
  await mkdir(options.profile ? profiles : RESULTS, { recursive: true })

  const tasks = tasksOf(options)
  const turns = turnsOf(tasks, options)
  const minutes = Math.ceil(secondsOf(turns, options) / 60)
  say(
    `${turns.length} runs, about ${minutes} min, on ${cpus().length} × ${cpus()[0]?.model}, Linux ${release()}, Node ${process.version}`,
  )
  if ((loadavg()[0] ?? 0) > 0.5 * cpus().length)
    say(`load average ${loadavg()[0]?.toFixed(1)}: the machine is not quiet`)

  const snapshots = await Snapshots.open(programs, peers.tool)
  for (const { job, n } of tasks) {
    if (await snapshots.has(job.from, n)) continue
    const seconds = Math.ceil(25 + n * 0.025)
    const doing = `preparing data: ${job.from} ${n} (about ${seconds} s, once; cached afterwards)`
    await progress({ doing, done: `prepared data: ${job.from} ${n}` }, () => snapshots.make(job.from, n))
  }

  const our = { bundle: ours, nodeFlags: options.nodeFlags, ...(options.profile && { profiles }) }
  await runSeries(turns, {
    options,
    programs,
    tool: peers.tool,
    snapshots,
    operators: { go: goOperator(peers.operator), ours: ourOperator(our) },
    note: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
    progress: say,
  })
  publish(file)
  if (options.profile) console.log(await profileReport(profiles, originsOf(ours)))
}

/** Prints the figures of a results file, and writes the table beside it. */
function publish(file: string): void {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  const entries = lines.map((line) => JSON.parse(line) as Entry)
  const figures = figuresOf(entries)
  const text = markdown(figures, entries)
  for (const figure of figures) console.log(jsonLine(figure))
  console.log(`\n${text}`)
  writeFileSync(file.replace(/\.jsonl$/, '.md'), text)
  say(`raw lines in ${file}, the table beside it`)
}
