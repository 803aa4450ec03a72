/** Tells the story: what happens, what to expect, and whether it came true. */
import { isTerminal, type Progress, progressTo } from '@exposedapi/testbed'

const COLOURS = { bold: '1', green: '32', red: '31', dim: '2' } as const

/** Writes the demo's output. */
export class Narrator {
  readonly #terminal = isTerminal(process.stdout)
  #step = 0

  /** Awaits something, shows what it is while it lasts, and says whether it came true. Rethrows what went wrong. */
  readonly watch: Progress = progressTo(process.stdout, (state, text) => {
    if (state === 'running') return `   ${text}`
    return `   ${state === 'done' ? this.#colour('green', 'ok') : this.#colour('red', 'FAILED')}: ${text}`
  })

  /** Awaits that something becomes true, which is said in a clause such as `the route is back`. */
  until<T>(clause: string, work: () => Promise<T>): Promise<T> {
    return this.watch({ doing: `waiting until ${clause}`, done: clause }, work)
  }

  /** A heading for one step. */
  step(title: string): void {
    this.#step++
    process.stdout.write(`\n${this.#colour('bold', `${this.#step}. ${title}`)}\n`)
  }

  /** Plain lines, indented below the step. */
  say(...lines: readonly string[]): void {
    for (const line of lines) process.stdout.write(line === '' ? '\n' : `   ${line}\n`)
  }

  /** What the reader should see next. */
  expect(text: string): void {
    this.say(this.#colour('dim', `expect: ${text}`))
  }

  #colour(colour: keyof typeof COLOURS, text: string): string {
    return this.#terminal ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
  }
}
