import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries, Command, Part } from '../processes/part.ts'
import { type Progress, silently } from '../processes/progress.ts'
import { controlPlaneProgram } from './control-plane-program.ts'

/**
 * The programs of the control plane: from the folder KUBEBUILDER_ASSETS (envtest's binaries) when that is set, else built once and cached.
 *
 * Throws an error that says what to do when a file or Go is missing.
 */
export async function binaries(progress: Progress = silently, env: NodeJS.ProcessEnv = process.env): Promise<Binaries> {
  if (env.KUBEBUILDER_ASSETS) return envtestBinaries(env.KUBEBUILDER_ASSETS)
  const file = await controlPlaneProgram(progress, env)
  const command = (part: Part): Command => ({ file, args: [part] })
  return {
    etcd: command('etcd'),
    'kube-apiserver': command('kube-apiserver'),
    'kube-controller-manager': command('kube-controller-manager'),
  }
}

async function envtestBinaries(folder: string): Promise<Binaries> {
  const [etcd, apiServer, controllers] = await Promise.all([
    executable(folder, 'etcd'),
    executable(folder, 'kube-apiserver'),
    executable(folder, 'kube-controller-manager'),
  ])
  if (!etcd || !apiServer) {
    const name = etcd ? 'kube-apiserver' : 'etcd'
    throw new Error(`testbed: KUBEBUILDER_ASSETS is ${folder}, but there is no executable file ${join(folder, name)}`)
  }
  return { etcd, 'kube-apiserver': apiServer, ...(controllers && { 'kube-controller-manager': controllers }) }
}

async function executable(folder: string, part: Part): Promise<Command | undefined> {
  const file = join(folder, part)
  return access(file, constants.X_OK).then(
    () => ({ file, args: [] }),
    () => undefined,
  )
}
