/** Runs the tasks, subjects alternating: floor, Go, ours, then ours, Go, floor, and so on; or A, B, then B, A. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from '@exposedapi/testbed'
import { Lab } from '../lab/lab.ts'
import type { Snapshots } from '../lab/snapshots.ts'
import { bench } from '../lab/tool.ts'
import type { Options, SubjectName } from '../options.ts'
import type { Entry } from '../record.ts'
import type { Subject } from '../subjects/subjects.ts'
import type { Stage, Task } from './jobs.ts'

/** What a series needs. */
export interface SeriesOptions {
  readonly options: Options
  readonly programs: Binaries
  readonly tool: string
  readonly snapshots: Snapshots
  readonly operators: readonly Subject[]
  note(entry: Entry): void
  progress(line: string): void
}

/** One run of one subject. */
export interface Turn extends Task {
  readonly run: number
  readonly subject: SubjectName
}

/** Everything in the order in which it is run. Runs are the outer loop: what drifts over an hour meets all tasks alike. */
export function turnsOf(tasks: readonly Task[], { runs, subjects }: Options): readonly Turn[] {
  return Array.from({ length: runs }, (_, index) => index + 1).flatMap((run) => {
    const order = run % 2 === 1 ? subjects : subjects.toReversed()
    return tasks.flatMap(({ job, n }) =>
      order.filter((subject) => subject !== 'floor' || job.floor).map((subject) => ({ job, n, run, subject })),
    )
  })
}

/** Seconds that the turns will take. */
export function secondsOf(turns: readonly Turn[], options: Options): number {
  return turns.reduce((sum, { job, n }) => sum + job.seconds(n, options), 0)
}

/** Runs all turns. A step that fails is noted with its error, and the series goes on. */
export async function runSeries(turns: readonly Turn[], series: SeriesOptions): Promise<void> {
  for (const [index, turn] of turns.entries()) {
    const rest = secondsOf(turns.slice(index), series.options)
    const left = rest < 90 ? `${Math.round(rest)} s` : `${Math.round(rest / 60)} min`
    series.progress(
      `${index + 1}/${turns.length} ${turn.job.name} ${turn.n} ${turn.subject}, run ${turn.run} (about ${left} left)`,
    )
    try {
      await runTurn(turn, series)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      series.progress(`  failed: ${text}`)
      series.note({ ...headOf(turn), step: 'failed', result: { error: text } })
    }
  }
}

async function runTurn(turn: Turn, { options, programs, tool, snapshots, operators, note, progress }: SeriesOptions) {
  const { job, n, subject } = turn
  await using lab = await Lab.start(programs, snapshots.path(job.from, n))
  await bench(tool, { command: 'wait', kubeconfig: lab.kubeconfig })
  await sleep(1000)
  const stage: Stage = {
    lab,
    tool,
    n,
    options,
    note(step, result) {
      if (result.error !== undefined) progress(`  ${step} failed: ${String(result.error)}`)
      note({ ...headOf(turn), step, result })
    },
  }
  const operator = operators.find(({ name }) => name === subject)
  await (operator ? job.operator(stage, operator) : job.floor?.(stage))
}

function headOf({ job, n, run, subject }: Turn) {
  return { job: job.name, n, run, subject }
}
