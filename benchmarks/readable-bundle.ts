/** Our bundle for the profiler: the same code, not minified, and with a map back to the sources. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')

/** Writes it; the map lies beside it. The options are those of apps/operator/bundle.ts but for names and blanks. */
export async function readableBundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'apps/operator/src/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    keepNames: true,
    sourcemap: 'external',
    conditions: ['@exposedapi/source'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
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
