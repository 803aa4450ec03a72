/** Our bundle for the profiler: the same code, not minified, and with a map back to the sources. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { BUNDLE_OPTIONS } from '@exposedapi/operator/bundle'
import { build } from 'esbuild'

/** Writes it; the map lies beside it. */
export async function readableBundle(outfile: string): Promise<void> {
  await build({ ...BUNDLE_OPTIONS, outfile, keepNames: true, sourcemap: 'external' })
}

/** Where a place in the bundle comes from, such as `kube/src/store.ts:42`; undefined where the map is silent. Counted from 0. */
export type Origin = (line: number, column: number) => string | undefined

/** Reads the map of a readable bundle. */
export function originsOf(bundle: string): Origin {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')))
  return (line, column) => {
    const entry = map.findEntry(line, column)
    if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined
    const file = entry.originalSource.replace(/^.*\/(node_modules|packages|apps)\//, '')
    return `${file}:${entry.originalLine + 1}`
  }
}
