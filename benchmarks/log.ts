/** What the benchmarks tell while they run. It goes to standard error: standard output is for the figures. */
import { progressTo } from '@exposedapi/testbed'

const begin = performance.now()

/** Progress of what takes long before and between runs. */
export const progress = progressTo(process.stderr, (state, text) =>
  withTime(state === 'failed' ? `failed: ${text}` : text),
)

/** One line, with the time since the start. */
export function say(line: string): void {
  process.stderr.write(`${withTime(line)}\n`)
}

function withTime(line: string): string {
  const seconds = Math.round((performance.now() - begin) / 1000)
  const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return `bench ${elapsed.padStart(6)}  ${line}`
}
