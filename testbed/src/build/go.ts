import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
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

/**
 * What `go version` prints. Throws when the Go that would be used is missing or older than the module asks for.
 *
 * It runs inside the module, where a Go with toolchain switching reports the version that it would switch to.
 */
export async function goVersion(module: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const wanted = goLine(await readFile(join(module, 'go.mod'), 'utf8'))
  const printed = await go(['version'], module, env).catch((error: unknown) => {
    throw new Error(missing(wanted, isAbsent(error) ? 'none' : String(error)), { cause: error })
  })
  const found = /go(\d+)\.(\d+)/.exec(printed)
  if (found && !isAtLeast([Number(found[1]), Number(found[2])], wanted))
    throw new Error(missing(wanted, printed.trim()))
  return printed.trim()
}

type Version = readonly [major: number, minor: number]

function goLine(mod: string): Version {
  const line = /^go (\d+)\.(\d+)/m.exec(mod)
  if (!line) throw new Error('go.mod has no go line')
  return [Number(line[1]), Number(line[2])]
}

function isAtLeast([major, minor]: Version, [wantedMajor, wantedMinor]: Version): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function missing(wanted: Version, found: string): string {
  return (
    `testbed: needs Go ${wanted.join('.')} or newer to build etcd and Kubernetes (found: ${found}). ` +
    'Install it, or set KUBEBUILDER_ASSETS to a folder that holds etcd and kube-apiserver, or use a kubeconfig of an existing cluster.'
  )
}
