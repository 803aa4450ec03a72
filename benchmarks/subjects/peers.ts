/**
 * The Go operator and the bench tool, built from `../shared/peers` where that folder and Go are present.
 *
 * They are not part of this repository: whoever has them can repeat the comparison, everybody else still gets our own figures.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { cachedFile, type Progress } from '@exposedapi/testbed'

const run = promisify(execFile)
const PEERS = join(import.meta.dirname, '..', '..', '..', 'shared', 'peers')

/** Paths of the built programs. */
export interface Peers {
  readonly operator: string
  readonly tool: string
}

/**
 * The one rule of the tool that is widened, at build time and in a copy that is thrown away: a ServiceMonitor may name the port of the
 * Service instead of the number of the container's. Both select the same target, since the port of every backend is called `http` and its number
 * is `spec.port`. Ours writes the name, the Go operator the number.
 */
const WIDENED = {
  file: 'watcher.go',
  edits: [
    ['TargetPort json.RawMessage', 'TargetPort json.RawMessage; Port string'],
    [
      'string(e.TargetPort) == fmt.Sprint(s.Port)',
      '(string(e.TargetPort) == fmt.Sprint(s.Port) || e.TargetPort == nil && e.Port == "http")',
    ],
  ],
} as const

/** Builds them, or takes the cached build of the same sources. A text says why there are none. */
export async function findPeers(progress: Progress): Promise<Peers | string> {
  const folder = await realpath(PEERS).catch(() => undefined)
  if (folder === undefined) return `there is no folder ${PEERS}`
  const version = await run('go', ['version'], { cwd: join(folder, 'tools') }).catch(() => undefined)
  if (!version) return 'there is no Go to build them with'
  return {
    operator: await cached(join(folder, 'operator'), version.stdout, progress),
    tool: await cached(join(folder, 'tools'), version.stdout, progress),
  }
}

async function cached(module: string, version: string, progress: Progress): Promise<string> {
  const name = basename(module)
  const hash = createHash('sha256').update(JSON.stringify([version, WIDENED]))
  const sources = (await readdir(module)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file)).sort()
  for (const file of sources) hash.update(`\0${file}\0`).update(await readFile(join(module, file)))
  const key = `peer-${name}-${hash.digest('hex').slice(0, 16)}`
  const make = (path: string) => build(module, path, name === 'tools')
  return cachedFile({ name, key, how: 'build', what: module, make }, progress)
}

async function build(module: string, binary: string, widened: boolean): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'exposedapi-bench-build-'))
  try {
    const overlay = widened ? ['-overlay', await overlayOf(module, scratch)] : []
    await run('nice', ['-n', '10', 'go', 'build', '-trimpath', ...overlay, '-o', binary, '.'], { cwd: module })
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/**
 * Go reads the edited copy in place of the file, which stays as it is. The module's path must be free of symbolic links: Go compares
 * it with the true path, and would say nothing when no file is replaced.
 */
async function overlayOf(module: string, scratch: string): Promise<string> {
  const original = join(module, WIDENED.file)
  let source = await readFile(original, 'utf8')
  for (const [from, to] of WIDENED.edits) {
    if (source.split(from).length !== 2) throw new Error(`bench: ${original} has changed: no single "${from}"`)
    source = source.replace(from, to)
  }
  const copy = join(scratch, WIDENED.file)
  await writeFile(copy, source)
  const overlay = join(scratch, 'overlay.json')
  await writeFile(overlay, JSON.stringify({ Replace: { [original]: copy } }))
  return overlay
}
