/** core and the objects beneath it are pure: no I/O, no clock, no chance. The linter forbids imports; this test globals as well, and can fail. */
import { globSync, readFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'

const FORBIDDEN = {
  'Date.now': /\bDate\s*\.\s*now\b/,
  'new Date()': /\bnew\s+Date\s*(\(\s*\)|(?!\s*\())/,
  'Date()': /(?<!new\s+)\bDate\s*\(/,
  'Math.random': /\bMath\s*\.\s*random\b/,
  timers: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
  process: /\bprocess\b/,
  fetch: /\bfetch\b/,
  console: /\bconsole\b/,
  globalThis: /\bglobalThis\b/,
  'performance or crypto': /\b(performance|crypto)\s*\./,
  'dynamic import': /\bimport\s*\(/,
}

/** The one source that replaces the clock and the dice, so that adapters can be shown not to ask for them. */
const REPLACES_CHANCE = 'conformance/elsewhen.ts'

const PURE = new Set(['zod', '@exposedapi/objects', '@standard-schema/spec'])

/** What makes this source impure. Comments do not count. */
function impurities(source: string): readonly string[] {
  const { code } = transformSync(source, { loader: 'ts', legalComments: 'none', target: 'es2024' })
  const used = Object.entries(FORBIDDEN).flatMap(([name, pattern]) => (pattern.test(code) ? [name] : []))
  const modules = [...source.matchAll(/\b(?:from|import)\s+['"]([^'"]+)['"]/g)].map(([, module]) => module ?? '')
  return [...used, ...modules.filter((module) => !PURE.has(module) && !/^\.\.?\//.test(module))]
}

const FOLDERS = [import.meta.dirname, `${import.meta.dirname}/../../objects/src`]
const files = FOLDERS.flatMap((cwd) =>
  globSync('**/*.ts', { cwd }).map((file) => ({ file, path: `${cwd}/${file}` })),
).filter(({ file }) => !/\.test\.ts$|^testing\//.test(file) && file !== REPLACES_CHANCE)

it('finds the sources', () => {
  const names = files.map(({ file }) => file)
  expect(names).toEqual(expect.arrayContaining(['decide/plan/plan.ts', 'read-keys.ts']))
  expect(names.length).toBeGreaterThan(20)
})

it.each(files)('$file is pure', ({ path }) => {
  expect(impurities(readFileSync(path, 'utf8'))).toEqual([])
})

describe('the check', () => {
  it.each([
    { source: "import { readFileSync } from 'node:fs'\nreadFileSync('x')", found: 'node:fs' },
    { source: "import type { Stats } from 'node:fs'", found: 'node:fs' },
    { source: "import 'reflect-metadata'", found: 'reflect-metadata' },
    { source: "export * from 'undici'", found: 'undici' },
    { source: 'export const now = () => Date.now()', found: 'Date.now' },
    { source: 'export const now = () => new Date()', found: 'new Date()' },
    { source: 'export const now = () => new Date', found: 'new Date()' },
    { source: 'export const now = () => Date()', found: 'Date()' },
    { source: 'export const dice = Math.random()', found: 'Math.random' },
    { source: 'setTimeout(() => {}, 1)', found: 'timers' },
    { source: 'export const { env } = process', found: 'process' },
    { source: 'export const get = fetch', found: 'fetch' },
    { source: 'console.info(1)', found: 'console' },
    { source: 'export const zone = globalThis.Intl', found: 'globalThis' },
    { source: 'export const start = performance.now()', found: 'performance or crypto' },
    { source: "export const fs = await import('node:fs')", found: 'dynamic import' },
  ])('finds $found in "$source"', ({ source, found }) => {
    expect(impurities(source)).toContain(found)
  })

  it('lets a clock that comes in as a number pass, and comments', () => {
    expect(
      impurities(
        "import * as z from 'zod'\n/** no process, no fetch */\nexport const at = (now: number) => new Date(now)",
      ),
    ).toEqual([])
  })
})
