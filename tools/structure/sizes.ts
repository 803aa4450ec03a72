/** How much stands in one place: files of a folder, lines of a file, lines of a function. */

import { namedFunctions } from './functions.ts'
import type { Findings, Offence } from './report.ts'
import { folderOf, linesIn, type Source } from './sources.ts'

const FILES_IN_FOLDER = 14
const LINES_OF_FILE = { most: 300, p90: 186 }
const LINES_OF_FUNCTION = { most: 50, p90: 17 }

/** Something that has a size. */
interface Sized {
  readonly path: string
  readonly line: number
  /** Undefined: it is the place itself. */
  readonly name?: string
  readonly size: number
}

/** Folders by the number of sources directly in them. */
export function folderSizes(sources: readonly Source[]): Findings {
  const folders = new Map<string, number>()
  for (const { path } of sources) folders.set(folderOf(path), (folders.get(folderOf(path)) ?? 0) + 1)
  const sized = [...folders].map(([path, size]) => ({ path, line: 1, size })).sort(bySize)
  const fullest = sized.at(-1)
  return {
    figures: [
      { what: 'sources in a folder, most', value: fullest?.size ?? 0, limit: FILES_IN_FOLDER, where: fullest?.path },
    ],
    offences: tooLarge(sized, FILES_IN_FOLDER, ({ size }) => `${size} sources in one folder`),
  }
}

/** Sources by their lines. */
export function fileSizes(sources: readonly Source[]): Findings {
  const sized = sources.map(({ path, text }) => ({ path, line: 1, size: linesIn(text.trimEnd()) }))
  return measured('a source', sized, LINES_OF_FILE)
}

/** Named functions by their lines. */
export function functionSizes(sources: readonly Source[]): Findings {
  return measured('a named function', sources.flatMap(namedFunctions), LINES_OF_FUNCTION)
}

function measured(what: string, sized: readonly Sized[], limit: { most: number; p90: number }): Findings {
  const sorted = [...sized].sort(bySize)
  const p90 = sorted[Math.ceil(sorted.length * 0.9) - 1]
  const most = sorted.at(-1)
  const figures = [
    { what: `lines of ${what}, p90`, value: p90?.size ?? 0, limit: limit.p90 },
    { what: `lines of ${what}, most`, value: most?.size ?? 0, limit: limit.most, where: most && place(most) },
  ]
  const tooMany = tooLarge(p90 ? [p90] : [], limit.p90, ({ size }) => `a tenth of all have ${size} lines or more`)
  const tooLong = tooLarge(sorted, limit.most, ({ name = 'the file', size }) => `${name} has ${size} lines`)
  return { figures, offences: [...tooMany, ...tooLong] }
}

function tooLarge(sized: readonly Sized[], limit: number, what: (one: Sized) => string): readonly Offence[] {
  return sized
    .filter(({ size }) => size > limit)
    .map((one) => ({ path: one.path, line: one.line, what: `${what(one)}, limit ${limit}` }))
}

function bySize(a: Sized, b: Sized): number {
  return a.size - b.size
}

function place({ name, path, line }: Sized): string {
  return name === undefined ? path : `${name} (${path}:${line})`
}
