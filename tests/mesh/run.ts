/**
 * Runs the tests that send requests through a real istiod and Envoy, inside of a network namespace of its own.
 *
 *     npm run test:mesh                 all of them
 *     npm run test:mesh -- cors         what vitest finds under that name; its options pass too
 *
 * Where the machine does not permit such a namespace, it says so and ends with 0: nothing was tested, nothing failed.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundle } from '@exposedapi/operator/bundle'
import { binaries, crds, progressTo } from '@exposedapi/testbed'
import { enter, meshPrograms, obstacle } from '@exposedapi/testbed/mesh'
import { writeOutcome } from '@exposedapi/tools/vitest-report'

const reason = await obstacle()
if (reason === undefined) process.exitCode = await inside(await prepared())
else skip(`no network namespace: ${reason}`)

function skip(reason: string): void {
  console.log(`mesh tests skipped: ${reason}`)
  writeOutcome(import.meta.dirname, { passed: 0, failed: [], skipped: [{ name: 'tests/mesh', reason }] })
}

/** All that needs the network, which the namespace has not; and all that takes minutes. */
async function prepared(): Promise<NodeJS.ProcessEnv> {
  const progress = progressTo(process.stdout)
  await binaries(progress)
  await meshPrograms(progress)
  await crds([
    'components.oda.tmforum.org',
    'gateways.networking.istio.io',
    'gateways.gateway.networking.k8s.io',
    'servicemonitors.monitoring.coreos.com',
  ])
  await bundle()
  return { ...process.env, NODE_OPTIONS: '--conditions=@exposedapi/source' }
}

function inside(env: NodeJS.ProcessEnv): Promise<number> {
  const report = fileURLToPath(import.meta.resolve('@exposedapi/tools/vitest-report'))
  const options = ['--root', import.meta.dirname, '--reporter=default', `--reporter=${report}`]
  const { file, args } = enter({ file: 'vitest', args: ['run', ...options, ...process.argv.slice(2)] })
  const child = spawn(file, args, { stdio: 'inherit', env })
  // A Ctrl-C reaches vitest too, which ends the mesh; we only wait for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
