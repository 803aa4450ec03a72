import { copyFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { binaries } from './build/binaries.ts'
import { startTestbed } from './control-plane/testbed.ts'

const HELP = `A Kubernetes control plane on this machine, until Ctrl-C.

usage: npm run testbed -- [options]

  --kubeconfig-out FILE  also write the administrator's kubeconfig to FILE
  --audit                write the API server's audit log
  --keep                 leave the folder with data and logs when it ends
  --build                only build the control plane, then end
  --help                 this text

environment: KUBEBUILDER_ASSETS (use envtest's binaries instead of building), XDG_CACHE_HOME (where the build is kept)
`

const OPTIONS = {
  'kubeconfig-out': { type: 'string' },
  audit: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  build: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

try {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) process.stdout.write(HELP)
  else if (values.build) console.log(`testbed: ${(await binaries(console.error)).etcd.file}`)
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

  const begin = Date.now()
  await using testbed = await startTestbed({ audit, keep, progress: console.error })
  if (out !== undefined) await copyFile(testbed.kubeconfig, out)

  console.log(`testbed: ready in ${((Date.now() - begin) / 1000).toFixed(1)} s at ${testbed.server}`)
  console.log(`testbed: logs in ${testbed.directory}`)
  if (testbed.auditLog !== undefined) console.log(`testbed: audit log ${testbed.auditLog}`)
  if (!testbed.hasControllers)
    console.log('testbed: no kube-controller-manager: no garbage collection, no EndpointSlices')
  console.log(`\n    export KUBECONFIG=${out ?? testbed.kubeconfig}\n\ntestbed: Ctrl-C ends it`)
  await interrupted(interrupt.signal)
  console.log('testbed: ending')
}

async function interrupted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(2 ** 30, undefined, { signal }).catch(() => undefined)
}
