/**
 * Tells the story: what happens, what to expect, and whether it came true.
 *
 * On a terminal a running step shows its elapsed time; elsewhere every line is plain and final.
 */

const COLOURS = { bold: '1', green: '32', red: '31', dim: '2' } as const

/** Writes the demo's output. */
export class Narrator {
  readonly #terminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  #step = 0

  /** A heading for one step. */
  step(title: string): void {
    this.#step++
    this.say('', this.#colour('bold', `${this.#step}. ${title}`))
  }

  /** Plain lines, indented below the step. */
  say(...lines: readonly string[]): void {
    for (const line of lines)
      process.stdout.write(
        `${line === '' || line.startsWith('\u001b') || /^\d+\. /.test(line) ? line : `   ${line}`}\n`,
      )
  }

  /** What the reader should see next. */
  expect(text: string): void {
    this.say(this.#colour('dim', `expect: ${text}`))
  }

  /** Awaits something, shows the time it takes, and says whether it came true. Rethrows what went wrong. */
  async watch<T>(what: string, work: Promise<T>): Promise<T> {
    const since = performance.now()
    const ticker = setInterval(() => this.#tick(what, since), this.#terminal ? 200 : 10_000)
    try {
      const result = await work
      this.#end(this.#colour('green', 'ok'), what, since)
      return result
    } catch (error) {
      this.#end(this.#colour('red', 'FAILED'), what, since)
      throw error
    } finally {
      clearInterval(ticker)
    }
  }

  #tick(what: string, since: number): void {
    const seconds = Math.round((performance.now() - since) / 1000)
    if (this.#terminal) process.stdout.write(`\r   … ${what} (${seconds} s)`)
    else process.stdout.write(`   … ${what} (${seconds} s)\n`)
  }

  #end(mark: string, what: string, since: number): void {
    const ms = performance.now() - since
    const time = ms < 2000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
    process.stdout.write(`${this.#terminal ? '\r\u001b[K' : ''}   ${mark}: ${what} (${time})\n`)
  }

  #colour(colour: keyof typeof COLOURS, text: string): string {
    return this.#terminal ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
  }
}
