/**
 * Bundles the operator into one file that Node runs without node_modules: importing the Kubernetes client library
 * unbundled would alone cost most of a second at each start.
 *
 *     node apps/operator/bundle.ts
 */
import { chmod } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('.', import.meta.url))

/** The bundle's path. */
export const BUNDLE = `${ROOT}dist/exposedapi.mjs`

/** Writes the bundle and resolves with its path. */
export async function bundle(): Promise<string> {
  await build({
    entryPoints: [`${ROOT}src/index.ts`],
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Less to read at each start. Identifiers stay as they are: stack traces and profiles need them, and esbuild's way to
    // keep the names of minified functions costs time whenever one is made.
    minifySyntax: true,
    minifyWhitespace: true,
    conditions: ['@exposedapi/source'],
    // CommonJS dependencies call require, which ES modules lack.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  await chmod(BUNDLE, 0o755)
  return BUNDLE
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await bundle())
