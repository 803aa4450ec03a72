/** Prints the figures of a results file, and writes the table beside it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { say } from '../log.ts'
import type { Entry } from '../record.ts'
import { figuresOf } from './figures.ts'
import { comparison, pairLines, pairMarkdown } from './pairs.ts'
import { jsonLine, markdown } from './race.ts'

/** The file says itself whether it holds a race or the comparison of two bundles. */
export function publish(file: string): void {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  const entries = lines.map((line) => JSON.parse(line) as Entry)
  const [figures, text] = entries.some(({ subject }) => subject === 'ours-a')
    ? pairReport(entries)
    : raceReport(entries)
  for (const line of figures) console.log(line)
  console.log(`\n${text}`)
  writeFileSync(file.replace(/\.jsonl$/, '.md'), text)
  say(`raw lines in ${file}, the table beside it`)
}

type Report = readonly [lines: readonly string[], text: string]

function raceReport(entries: readonly Entry[]): Report {
  const figures = figuresOf(entries)
  return [figures.map(jsonLine), markdown(figures, entries)]
}

function pairReport(entries: readonly Entry[]): Report {
  const compared = comparison(entries)
  return [pairLines(compared), pairMarkdown(compared, entries)]
}
