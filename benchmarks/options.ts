/** The command line of `npm run bench`. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** What can be measured. */
export const TOPICS = ['live', 'cold', 'latency', 'ready', 'drift', 'idle', 'restart', 'storm'] as const
export type Topic = (typeof TOPICS)[number]

/** Who is measured. */
export const SUBJECTS = ['floor', 'go', 'ours'] as const
/** Who is measured instead where two bundles of ours are compared. */
export const PAIR = ['ours-a', 'ours-b'] as const
export type SubjectName = (typeof SUBJECTS | typeof PAIR)[number]

/** What the user asked for. */
export interface Options {
  readonly sizes: readonly number[]
  readonly runs: number
  readonly only: readonly Topic[]
  readonly subjects: readonly SubjectName[]
  /** Single changes per run; readiness and drift take half as many. */
  readonly samples: number
  readonly idleSeconds: number
  /** Run ours under the CPU profiler. */
  readonly profile: boolean
  /** This bundle instead of a fresh one; or two, to be compared with each other. */
  readonly bundles: readonly string[]
  /** More flags of Node for ours. */
  readonly nodeFlags: readonly string[]
  /** Measure nothing, report on this file. */
  readonly report: string | undefined
}

const HELP = `npm run bench [-- OPTIONS]

Races our operator against a Go operator on controller-runtime and against the floor, a loader that makes exactly the
final writes. Every run has a fresh control plane; the subjects alternate. benchmarks/README.md explains the figures.

  --sizes 100,1000,5000   numbers of ExposedAPIs, multiples of 10
  --runs 3                runs of each measurement
  --only TOPIC,…          ${TOPICS.join(',')} (default: all)
  --subjects NAME,…       ${SUBJECTS.join(',')} (default: all)
  --samples 200           single changes per run
  --idle 120              seconds of the idle window
  --profile               run ours under the CPU profiler, not minified, and list where it spends its time
  --bundle FILE           measure this bundle of ours instead of building one. Given twice, the two are compared with each
                          other: ours-a is the first, ours-b the second; each run is a pair, A first, B first, and so on;
                          the report has the ratio B ÷ A of each figure, and which requests differ. Take an even --runs
  --node-flags='FLAG …'   more flags of Node for ours, to try them out
  --report FILE           measure nothing, print the figures of a file in benchmarks/results
  --help                  this text
`

/** Parses the arguments. Ends the process for --help (0) and for nonsense (2). */
export function benchOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS })
    if (values.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    checkBundles(values)
    return {
      sizes: list(values.sizes).map(size),
      runs: whole(values.runs, 1),
      only: values.only === undefined ? TOPICS : list(values.only).map((name) => oneOf(TOPICS, name)),
      subjects: subjectsOf(values),
      samples: whole(values.samples, 2),
      idleSeconds: whole(values.idle, 1),
      profile: values.profile,
      bundles: values.bundle,
      nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
      report: values.report,
    }
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return process.exit(2)
  }
}

const FLAGS = {
  sizes: { type: 'string', default: '100,1000,5000' },
  runs: { type: 'string', default: '3' },
  only: { type: 'string' },
  subjects: { type: 'string' },
  samples: { type: 'string', default: '200' },
  idle: { type: 'string', default: '120' },
  profile: { type: 'boolean', default: false },
  bundle: { type: 'string', multiple: true, default: [] as string[] },
  'node-flags': { type: 'string', default: '' },
  report: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** What the arguments say about our bundles. */
interface BundleFlags {
  readonly bundle: readonly string[]
  readonly subjects?: string | undefined
  readonly profile: boolean
}

function checkBundles({ bundle, profile }: BundleFlags): void {
  if (profile && bundle.length > 0) throw new Error('--profile builds a bundle of its own: leave out --bundle')
  if (bundle.length > 2) throw new Error(`--bundle is given ${bundle.length} times: once, or twice to compare two`)
  const missing = bundle.find((file) => !existsSync(file))
  if (missing !== undefined) throw new Error(`--bundle ${missing}: there is no such file`)
}

function subjectsOf({ bundle, subjects }: BundleFlags): readonly SubjectName[] {
  const named = subjects === undefined ? undefined : list(subjects).map((name) => oneOf(SUBJECTS, name))
  if (bundle.length < 2) return named ?? SUBJECTS
  const other = named?.find((name) => name !== 'ours')
  if (other !== undefined) throw new Error(`--subjects ${other}: two bundles are compared with each other alone`)
  return PAIR
}

function list(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}

function whole(text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new Error(`${text} is not a whole number of at least ${least}`)
  return value
}

function size(text: string): number {
  const value = whole(text, 10)
  if (value % 10 !== 0) throw new Error(`${text}: sizes are multiples of 10, the APIs of one Component`)
  return value
}

function oneOf<T extends string>(allowed: readonly T[], name: string): T {
  const found = allowed.find((one) => one === name)
  if (found === undefined) throw new Error(`${name} is none of ${allowed.join(', ')}`)
  return found
}
