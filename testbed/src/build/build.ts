import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Progress } from '../processes/part.ts'
import { withLock } from './build-lock.ts'
import { go, goVersion } from './go.ts'

const MODULE = join(import.meta.dirname, '..', '..', 'go')
const PROGRESS_MS = 5_000

/**
 * The control plane's binary, built from the module `testbed/go` unless a build of the same sources is cached.
 *
 * The cache lies outside `node_modules`, which `npm ci` empties. A build takes minutes.
 */
export async function cachedBuild(progress: Progress, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const version = kubernetesVersion(await readFile(join(MODULE, 'go.mod'), 'utf8'))
  const args = buildArgs(version)
  const binary = join(cacheRoot(env), await sourceHash(args, await goVersion(MODULE, env)), 'testbed')
  if (await exists(binary)) return binary

  const lines = stopwatch(progress, version)
  await mkdir(dirname(binary), { recursive: true })
  const build = async (): Promise<void> => {
    if (await exists(binary)) return // somebody else built it while we waited
    const clock = setInterval(lines.building, PROGRESS_MS)
    lines.building()
    try {
      await buildInto(binary, args, env)
    } finally {
      clearInterval(clock)
    }
    lines.built()
  }
  await withLock(`${binary}.lock`, build, lines.waiting)
  return binary
}

/** Builds beside the target and renames: nobody ever sees, or starts, half a binary. */
async function buildInto(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const unfinished = `${binary}.${randomUUID()}.tmp`
  try {
    await go(['build', ...args, '-o', unfinished, '.'], MODULE, { ...env, CGO_ENABLED: '0' })
    await rename(unfinished, binary)
  } catch (error) {
    throw new Error(`testbed: go build in ${MODULE} failed`, { cause: error })
  } finally {
    await rm(unfinished, { force: true })
  }
}

function buildArgs(version: string): readonly string[] {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const stamp = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor })
  const flags = stamp.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  // Without a version stamp the API server calls itself v0.0.0-master and clients that compare versions go astray.
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...flags].join(' ')]
}

function kubernetesVersion(mod: string): string {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(mod)?.[1]
  if (version === undefined) throw new Error('testbed/go/go.mod does not require k8s.io/kubernetes')
  return version
}

async function sourceHash(args: readonly string[], goVersion: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([args, goVersion, process.platform, process.arch]))
  const sources = (await readdir(MODULE)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort()
  for (const name of sources) hash.update(`\0${name}\0`).update(await readFile(join(MODULE, name)))
  return hash.digest('hex').slice(0, 16)
}

function cacheRoot(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'exposedapi-testbed')
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function stopwatch(progress: Progress, version: string) {
  const begin = Date.now()
  let lastLine = 0
  const elapsed = (): string => {
    const seconds = Math.round((Date.now() - begin) / 1000)
    return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`
  }
  const parts = `etcd, kube-apiserver and kube-controller-manager ${version.slice(1)}`
  return {
    building: () => progress(`testbed: building ${parts} … ${elapsed()} (once; cached afterwards)`),
    built: () => progress(`testbed: built ${parts} in ${elapsed()}`),
    waiting: () => {
      if (Date.now() - lastLine < PROGRESS_MS) return
      lastLine = Date.now()
      progress(`testbed: another process is building ${parts} … ${elapsed()}`)
    },
  }
}
