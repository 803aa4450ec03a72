import { copyFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { binaries } from './build/binaries.ts'
import { startTestbed, type Testbed } from './control-plane/testbed.ts'
import { progressTo } from './processes/progress.ts'

const HELP = `Runs a Kubernetes control plane on this machine until you press Ctrl-C.

usage: npm run testbed -- [options]

  --kubeconfig-out FILE  also write the administrator's kubeconfig to FILE
  --audit                write the API server's audit log
  --keep                 keep the folder with data and logs at the end
  --build                build the control plane, print its path and exit
  --help                 print this text

Environment: KUBEBUILDER_ASSETS (folder of envtest's binaries, used instead of building),
XDG_CACHE_HOME (where exposedapi-testbed/ keeps the build; default ~/.cache)
`

const OPTIONS = {
  'kubeconfig-out': { type: 'string' },
  audit: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  build: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const progress = progressTo(process.stderr, (state, text) => `testbed: ${state === 'failed' ? 'failed: ' : ''}${text}`)

try {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) process.stdout.write(HELP)
  else if (values.build) console.log(`testbed: ${(await binaries(progress)).etcd.file}`)
  else await serve(values)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof Error && error.cause instanceof Error) console.error(error.cause.message)
  process.exitCode = 1
}

interface ServeOptions {
  readonly audit: boolean
  readonly keep: boolean
  readonly 'kubeconfig-out'?: string
}

async function serve({ audit, keep, 'kubeconfig-out': out }: ServeOptions): Promise<void> {
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupt.abort())

  const start = { doing: 'starting the control plane', done: 'the control plane is ready' }
  await using testbed = await progress(start, () => startTestbed({ audit, keep, progress }))
  if (out !== undefined) await copyFile(testbed.kubeconfig, out)
  describe(testbed)
  console.log(`\n    export KUBECONFIG=${out ?? testbed.kubeconfig}\n\ntestbed: press Ctrl-C to stop it`)
  await interrupted(interrupt.signal)
  console.log('testbed: stopping')
}

function describe({ server, directory, auditLog, hasControllers }: Testbed): void {
  console.log(`testbed: API server at ${server}`)
  console.log(`testbed: logs in ${directory}`)
  if (auditLog !== undefined) console.log(`testbed: audit log in ${auditLog}`)
  if (hasControllers) return
  console.log('testbed: KUBEBUILDER_ASSETS has no kube-controller-manager: no garbage collection, no EndpointSlices')
}

async function interrupted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(2 ** 30, undefined, { signal }).catch(() => undefined)
}
