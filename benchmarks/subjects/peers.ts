/**
 * The Go operator and the bench tool, built from `../shared/peers` where that folder and Go are present.
 *
 * They are not part of this repository: whoever has them can repeat the comparison, everybody else still gets our own figures.
 */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PEERS = join(import.meta.dirname, '..', '..', '..', 'shared', 'peers')

/** Paths of the built programs. */
export interface Peers {
  readonly operator: string
  readonly tool: string
}

/** Where builds and prepared data are kept; anything in it may be deleted at any time. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'exposedapi-testbed')
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

/** Builds them, or takes the cached build of the same sources. A text says why they are not to be had. */
export async function findPeers(progress: (line: string) => void): Promise<Peers | string> {
  if (!(await exists(join(PEERS, 'tools', 'go.mod')))) return `${PEERS} is not there`
  const version = await run('go', ['version'], { cwd: join(PEERS, 'tools') }).catch(() => undefined)
  if (!version) return 'there is no Go to build them with'
  return {
    operator: await cached('operator', version.stdout, progress),
    tool: await cached('tools', version.stdout, progress),
  }
}

async function cached(name: 'operator' | 'tools', version: string, progress: (line: string) => void): Promise<string> {
  const module = join(PEERS, name)
  const hash = createHash('sha256').update(JSON.stringify([version, WIDENED]))
  const sources = (await readdir(module)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file)).sort()
  for (const file of sources) hash.update(`\0${file}\0`).update(await readFile(join(module, file)))
  const folder = join(cacheFolder(), `peer-${name}-${hash.digest('hex').slice(0, 16)}`)
  const binary = join(folder, name)
  if (await exists(binary)) return binary
  progress(`building ${module} (once, some minutes; cached afterwards)`)
  await mkdir(folder, { recursive: true })
  await build(module, binary, name === 'tools')
  return binary
}

async function build(module: string, binary: string, widened: boolean): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'exposedapi-bench-build-'))
  // Beside the target and renamed: nobody ever starts half a binary.
  const unfinished = `${binary}.${randomUUID()}.tmp`
  try {
    const overlay = widened ? ['-overlay', await overlayOf(module, scratch)] : []
    await run('nice', ['-n', '10', 'go', 'build', '-trimpath', ...overlay, '-o', unfinished, '.'], { cwd: module })
    await rename(unfinished, binary)
  } finally {
    await rm(scratch, { recursive: true })
    await rm(unfinished, { force: true })
  }
}

/** Go reads the edited copy in place of the file, which stays as it is. */
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

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
