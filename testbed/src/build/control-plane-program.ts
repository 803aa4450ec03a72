import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from '../processes/progress.ts'
import { cachedFile } from './cached-file.ts'
import { type GoPurpose, goBuild, goSources, goVersion } from './go.ts'

const MODULE = join(import.meta.dirname, '..', '..', 'go')
const PURPOSE: GoPurpose = {
  builds: 'etcd and Kubernetes',
  instead:
    'set KUBEBUILDER_ASSETS to a folder that contains etcd and kube-apiserver. ' +
    'The demo also runs on a cluster of yours: npm run demo -- --kubeconfig FILE',
}

/** Path of the control plane's one program, built from the module `testbed/go` unless a build of the same sources is cached. */
export async function controlPlaneProgram(progress: Progress, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const version = kubernetesVersion(await readFile(join(MODULE, 'go.mod'), 'utf8'))
  const flags = buildFlags(version)
  const key = await sourceHash(flags, await goVersion(MODULE, PURPOSE, env))
  const make = (path: string) => goBuild({ module: MODULE, flags, path, env })
  const what = `etcd, kube-apiserver and kube-controller-manager ${version.slice(1)}`
  return cachedFile({ name: 'testbed', key, how: 'build', what, make }, progress, env)
}

function buildFlags(version: string): readonly string[] {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const stamp = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor })
  const flags = stamp.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  // Without a version stamp the API server calls itself v0.0.0-master and clients that compare versions go astray.
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...flags].join(' ')]
}

function kubernetesVersion(mod: string): string {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(mod)?.[1]
  if (version === undefined) throw new Error(`testbed: ${join(MODULE, 'go.mod')} does not require k8s.io/kubernetes`)
  return version
}

async function sourceHash(flags: readonly string[], goVersion: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([flags, goVersion, process.platform, process.arch]))
  for (const name of await goSources(MODULE)) hash.update(`\0${name}\0`).update(await readFile(join(MODULE, name)))
  return hash.digest('hex').slice(0, 16)
}
