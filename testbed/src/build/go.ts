import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs the Go command in a module and returns what it printed. The user's own Go settings (proxy, flags, cache) apply. */
export async function go(
  args: readonly string[],
  module: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  try {
    return (await run('go', [...args], { cwd: module, env })).stdout
  } catch (error) {
    // With -json Go reports a failure on its standard output, which the error's message leaves out.
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') error.message += error.stdout
    throw error
  }
}

/** One program of a module, and where it goes. */
export interface GoBuild {
  readonly module: string
  readonly flags: readonly string[]
  /** Default: the module's root. */
  readonly program?: string
  readonly path: string
  readonly env?: NodeJS.ProcessEnv
}

/** Builds it without C, so that it runs on any Linux. */
export async function goBuild({ module, flags, program = '.', path, env = process.env }: GoBuild): Promise<void> {
  const built = go(['build', ...flags, '-o', path, program], module, { ...env, CGO_ENABLED: '0' })
  await built.catch((cause: unknown) => {
    throw new Error(`testbed: "go build ${program}" failed in ${module}`, { cause })
  })
}

/** Names of the files in a module's root that a build depends on, sorted. */
export async function goSources(module: string): Promise<readonly string[]> {
  return (await readdir(module)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort()
}

/** What Go is needed for, in words. */
export interface GoPurpose {
  /** What is built, such as `istiod`. */
  readonly builds: string
  /** What to do instead of installing Go: the rest of the sentence. */
  readonly instead?: string
}

/**
 * What `go version` prints. Throws when the Go that would be used is missing or older than the module asks for.
 *
 * It runs inside the module, where a Go with toolchain switching reports the version that it would switch to.
 */
export async function goVersion(
  module: string,
  purpose: GoPurpose,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const wanted = goLine(await readFile(join(module, 'go.mod'), 'utf8'), module)
  const printed = await go(['version'], module, env).catch((error: unknown) => {
    throw new Error(missing(purpose, wanted, isAbsent(error) ? 'none' : String(error)), { cause: error })
  })
  const found = /go(\d+)\.(\d+)/.exec(printed)
  if (found && !isAtLeast([Number(found[1]), Number(found[2])], wanted))
    throw new Error(missing(purpose, wanted, printed.trim()))
  return printed.trim()
}

type Version = readonly [major: number, minor: number]

function goLine(mod: string, module: string): Version {
  const line = /^go (\d+)\.(\d+)/m.exec(mod)
  if (!line) throw new Error(`testbed: ${join(module, 'go.mod')} has no "go" line, such as "go 1.26"`)
  return [Number(line[1]), Number(line[2])]
}

function isAtLeast([major, minor]: Version, [wantedMajor, wantedMinor]: Version): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function missing({ builds, instead = '' }: GoPurpose, wanted: Version, found: string): string {
  const needs = `testbed: building ${builds} needs Go ${wanted.join('.')} or newer (found: ${found}). Install Go`
  return `${needs}${instead === '' ? '.' : `, or ${instead}`}`
}
