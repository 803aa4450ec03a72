/** Which files count, and as what. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ParseResult, parseSync } from 'oxc-parser'

/**
 * `source` is held to everything, `test` to the walls between projects alone. `support` is what tests under `tests/` stand
 * on: no part of a product, so that its size is its own affair, but its imports are held to what those of sources are.
 */
export type Role = 'source' | 'support' | 'test'

/** A file of TypeScript. */
export interface Source {
  /** From the root, with slashes. */
  readonly path: string
  readonly role: Role
  readonly text: string
  readonly parsed: ParseResult
}

/** What is fetched, built or read by tests as data. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', 'testdata'])

/** All files of TypeScript below a folder, in order of their paths. Throws when one cannot be parsed. */
export function readSources(root: string): readonly Source[] {
  return pathsIn(root, '')
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const parsed = parseSync(path, text)
      const [error] = parsed.errors
      if (error) throw new Error(`${path}: ${error.message}`)
      return { path, role: roleOf(path), text, parsed }
    })
}

function pathsIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return PASSED_OVER.has(entry.name) || entry.name.startsWith('.') ? [] : pathsIn(root, path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

function roleOf(path: string): Role {
  if (/\.(test|config)\.ts$/.test(path)) return 'test'
  return path.startsWith('tests/') ? 'support' : 'source'
}

/** Whether a source of a package serves its tests alone, or those of its neighbours. */
export function isForTests(path: string): boolean {
  return testRoomOf(path) !== undefined || /^packages\/[^/]+\/test\//.test(path)
}

/** The room within a `src` that a file stands in and that serves tests alone; undefined if it is none of these. */
export function testRoomOf(path: string): string | undefined {
  return /\/(testing|conformance)\//.exec(path)?.[1]
}

/** The line of a place in the text, from 1. */
export function lineAt({ text }: Source, offset: number): number {
  return linesIn(text.slice(0, offset))
}

/** How many lines a piece of text touches. */
export function linesIn(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** The folder that a file stands in; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** The project that a file belongs to: `packages/core`, `apps/operator`, `tests`; empty for files of the root. */
export function projectOf(path: string): string {
  return /^(?:packages|apps)\/[^/]+(?=\/)/.exec(path)?.[0] ?? /^[^/]+(?=\/)/.exec(path)?.[0] ?? ''
}
