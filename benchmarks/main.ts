/**
 * Measures our operator against the Go operator and the floor, or two bundles of ours against each other; see README.md.
 *
 *     npm run bench -- --help
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binaries, cacheFolder } from '@exposedapi/testbed'
import { withLock } from '@exposedapi/testbed/control-plane'
import { killAll } from './lab/children.ts'
import { progress, say } from './log.ts'
import { alone } from './measure/alone.ts'
import { race } from './measure/race.ts'
import { benchOptions, type Options } from './options.ts'
import { profileReport } from './profile/profile.ts'
import { originsOf } from './profile/readable-bundle.ts'
import { publish } from './report/publish.ts'
import { type OurBundle, ourBundles } from './subjects/bundles.ts'
import { findPeers } from './subjects/peers.ts'

const RESULTS = join(import.meta.dirname, 'results')

const options = benchOptions(process.argv.slice(2))
if (options.report === undefined) await measure(options)
else publish(options.report)

async function measure(options: Options): Promise<void> {
  const scratch = await temporaryFolder()
  await mkdir(cacheFolder(), { recursive: true })
  const ours = await ourBundles(options, scratch)
  const work = () => run(options, ours)
  const waiting = { doing: 'waiting for another benchmark on this machine to end' }
  await withLock(join(cacheFolder(), 'bench.lock'), work, (wait) => progress(waiting, wait))
}

/** Everything temporary goes there, so that it goes with it, also when we are interrupted. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exposedapi-bench-'))
  process.env.TMPDIR = folder
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.once('exit', () => {
    killAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

async function run(options: Options, ours: readonly OurBundle[]): Promise<void> {
  const programs = await binaries(progress)
  const peers = await findPeers(progress)
  if (typeof peers === 'string') return runWithoutPeers(options, ours, peers)
  const { file, profiles } = await race({ options, programs, peers, ours, results: RESULTS })
  publish(file)
  if (profiles !== undefined && ours[0]) console.log(await profileReport(profiles, originsOf(ours[0].file)))
}

async function runWithoutPeers({ sizes, runs }: Options, ours: readonly OurBundle[], reason: string): Promise<void> {
  const [only, second] = ours
  if (only && !second) {
    say(`no comparison: ${reason}. Only our own cold start is measured.`)
    return alone({ bundle: only.file, sizes, runs, say })
  }
  say(`two bundles cannot be compared without the bench tool: ${reason}`)
  process.exitCode = 1
}
