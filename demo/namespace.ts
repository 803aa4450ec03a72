/** The demo with a mesh plays in a network namespace, which has no way out: what it needs is fetched before it enters. */
import { spawn } from 'node:child_process'
import { binaries, crds, type Progress } from '@exposedapi/testbed'
import { enter, meshPrograms, obstacle } from '@exposedapi/testbed/mesh'
import type { Narrator } from './narrator.ts'

/** Runs the script with its arguments inside of a namespace; resolves with its exit code. */
export async function insideNamespace(args: readonly string[], narrator: Narrator): Promise<number> {
  const reason = await obstacle()
  if (reason !== undefined) {
    narrator.say(`This machine cannot run the mesh: ${reason}`)
    return 1
  }
  const preparing = {
    doing: 'looking for the programs of the mesh',
    done: 'the programs of the mesh are on this machine',
  }
  await narrator.watch(preparing, () => prepared(narrator.watch))
  const options = [...process.execArgv, ...args]
  const { file, args: entering } = enter({ file: process.execPath, args: options })
  const child = spawn(file, entering, { stdio: 'inherit' })
  // Ctrl-C reaches the child too, which ends what it started; we only wait for it.
  process.on('SIGINT', () => undefined)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function prepared(progress: Progress): Promise<void> {
  await binaries(progress)
  await meshPrograms(progress)
  await crds(['components.oda.tmforum.org', 'gateways.networking.istio.io', 'servicemonitors.monitoring.coreos.com'])
}
