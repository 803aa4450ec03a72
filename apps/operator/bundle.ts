/**
 * Bundles the operator into one file that Node runs without node_modules: importing the Kubernetes client library
 * unbundled would alone cost most of a second at each start.
 *
 *     node apps/operator/bundle.ts
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('.', import.meta.url))

/** The bundle's path. */
export const BUNDLE = `${ROOT}dist/exposedapi.cjs`

/**
 * How Node is to be started with the bundle. Nearly all that a decision makes is garbage at once, so a small young generation
 * costs no time; and in a container with one or two CPUs, threads of the collector only take turns with the work. Both
 * together save some 20 MiB at 1,000 APIs. What the first lists leave in the caches stays: to look through the old generation
 * before it has 64 MiB finds nothing, and costs a sixth of the start. `--expose-gc` lets the operator collect while it idles,
 * which V8 by itself does not.
 */
export const NODE_FLAGS = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=8',
  '--initial-old-space-size=64',
  '--single-threaded-gc',
  '--expose-gc',
]

/** And with which environment: threads that each keep a heap of their own keep 7 MiB at 1,000 APIs, 19 at 5,000. */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' } as const

const CLIENT_NODE = dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node'))

/**
 * What client-node needs for requests of its own, which we never make: of it we use the kubeconfig alone. Two megabytes of
 * generated classes and a second HTTP stack would otherwise be read at each start and stay in memory.
 */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  undici: ['Agent', 'ProxyAgent'],
  './gen/index.js': ['createConfiguration', 'ServerConfiguration'],
  './middleware.js': ['setHeaderMiddleware'],
}

const kubeconfigOnly: Plugin = {
  name: 'kubeconfig-only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(CLIENT_NODE, 'config.js') }))
    onResolve({ filter: /^(undici|\.\/gen\/index\.js|\.\/middleware\.js)$/ }, ({ path, importer }) =>
      importer.startsWith(CLIENT_NODE) ? { path, namespace: 'unused' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: (UNUSED[path] ?? []).map((name) => `export const ${name} = undefined`).join('\n'),
    }))
  },
}

/** How the bundle is made, wherever it goes. */
export const BUNDLE_OPTIONS: BuildOptions = {
  entryPoints: [`${ROOT}src/bin.ts`],
  bundle: true,
  platform: 'node',
  // CommonJS: an `import` of node:http reads every property of it, and so loads Node's WebSocket client, 14 MiB for nothing.
  format: 'cjs',
  target: 'node20.19',
  conditions: ['@exposedapi/source'],
  plugins: [kubeconfigOnly],
  // One letter beyond ASCII in a licence would make Node keep the whole text in two bytes a character.
  legalComments: 'linked',
  logLevel: 'warning',
}

/** Where the file is started as a program, Node gets its flags all the same. Linux takes up to 255 characters. */
const HASHBANG = [
  '#!/usr/bin/env -S',
  ...Object.entries(NODE_ENVIRONMENT).map((pair) => pair.join('=')),
  'node',
  ...NODE_FLAGS,
].join(' ')

/** Writes the bundle and resolves with its path. */
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    ...BUNDLE_OPTIONS,
    outfile: BUNDLE,
    write: false,
    // Less to read at each start. Identifiers stay as they are: stack traces and profiles need them, and esbuild's way to
    // keep the names of minified functions costs time whenever one is made.
    minifySyntax: true,
    minifyWhitespace: true,
  })
  await mkdir(dirname(BUNDLE), { recursive: true })
  for (const { path, text } of outputFiles) {
    // In one step: another process may be starting it.
    const unfinished = `${path}.${process.pid}.tmp`
    await writeFile(unfinished, text.replace(/^#!.*/, HASHBANG), { mode: path === BUNDLE ? 0o755 : 0o644 })
    await rename(unfinished, path)
  }
  return BUNDLE
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await bundle())
