/** The race of floor, Go operator and ours: figures as lines of JSON and as Markdown. */
import { isOfTheServer } from '../measure/counts.ts'
import type { SubjectName } from '../options.ts'
import { countsAt, type Entry, median } from '../record.ts'
import type { Figure } from './figures.ts'
import { quietness } from './quietness.ts'
import { cell, short, table } from './table.ts'

/** One figure on a line. `ratio` says what ours is compared with; a ratio is one of medians. */
export function jsonLine(figure: Figure): string {
  const { name, n, unit, subjects, target } = figure
  const ratio = { ofGo: rounded(ratioTo(figure, 'go')), ofFloor: rounded(ratioTo(figure, 'floor')) }
  return JSON.stringify({ figure: name, n, unit, ...subjects, ratio, target, met: isMet(figure) })
}

/** All figures as one table, then requests by verb and resource, then how quiet the machine was. */
export function markdown(figures: readonly Figure[], entries: readonly Entry[]): string {
  const rows = figures.map((figure) => {
    const { name, n, unit, subjects } = figure
    const values = [subjects.floor, subjects.go, subjects.ours].map(cell)
    const ratios = [ratioTo(figure, 'floor'), ratioTo(figure, 'go')].map((ratio) => ratio?.toFixed(2) ?? '')
    return [name, n.toLocaleString('en'), unit, ...values, ...ratios, targetText(figure), verdict(figure)]
  })
  const head = ['figure', 'APIs', 'unit', 'floor', 'Go', 'ours', 'ours ÷ floor', 'ours ÷ Go', 'target', '']
  return [
    'Median (smallest–largest) of the runs.',
    '',
    ...table(head, rows),
    '',
    'Requests per API by verb and resource, medians. A watch counts when it ends.',
    '',
    ...requestTable(entries),
    '',
    quietness(entries),
    '',
  ].join('\n')
}

/** Whether ours reaches the target; undefined where there is none, or nothing to compare with. */
export function isMet({ subjects: { ours, go }, target }: Figure): boolean | undefined {
  if (!target || !ours) return undefined
  if ('atMost' in target) return ours.median <= target.atMost
  return go && ours.median <= target.ofGo * go.median
}

function ratioTo({ subjects }: Figure, other: SubjectName): number | undefined {
  const [ours, base] = [subjects.ours, subjects[other]]
  return ours && base && base.median !== 0 ? ours.median / base.median : undefined
}

function targetText({ target }: Figure): string {
  if (!target) return ''
  return 'atMost' in target ? `≤ ${target.atMost}` : `≤ ${target.ofGo} × Go`
}

function verdict(figure: Figure): string {
  const met = isMet(figure)
  return met === undefined ? '' : met ? 'yes' : '**no**'
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(3))
}

function requestTable(entries: readonly Entry[]): readonly string[] {
  const measured = entries.filter(({ step, result }) => step === 'converge' && result.error === undefined)
  const groups = Map.groupBy(
    measured.filter(({ job, subject }) => job !== 'changes' && subject !== 'floor'),
    ({ job, n, subject }) => `${job}|${n}|${subject}`,
  )
  const rows = [...groups].map(([key, group]) => {
    const [job = '', n = '', subject = ''] = key.split('|')
    const keys = [...new Set(group.flatMap(({ result }) => [...countsAt(result, 'requests').keys()]))]
    const texts = keys
      .filter((name) => !isOfTheServer(name))
      .sort()
      .map((name) => {
        const counts = group.map(({ result }) => countsAt(result, 'requests').get(name) ?? 0)
        return `${name} ${short(median(counts) / Number(n))}`
      })
    return [job, Number(n).toLocaleString('en'), subject, texts.join(', ')]
  })
  return table(['run', 'APIs', 'subject', 'requests'], rows)
}
