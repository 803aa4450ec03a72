/** Markdown tables and what stands in their cells. */
import type { Measured } from './figures.ts'

/** A table, line by line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** The median, with the range where there is one. */
export function cell(value: Measured | undefined): string {
  if (!value) return ''
  const middle = short(value.median)
  return value.min === value.max ? middle : `${middle} (${short(value.min)}–${short(value.max)})`
}

/** Three digits tell enough. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
