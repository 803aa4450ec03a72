/** The demo's command line. */
import { parseArgs } from 'node:util'

/** What the user asked for. */
export interface DemoOptions {
  /** Use this cluster instead of starting one. */
  readonly kubeconfig?: string
  /** Put a real istiod and Envoy behind the Gateway, and send requests through it. */
  readonly mesh: boolean
  /** Leave everything up at the end. */
  readonly keep: boolean
}

const HELP = `npm run demo [-- OPTIONS]

Starts a real Kubernetes API server on this machine, installs the operator's CRDs, gives the operator a Component with
three APIs and shows what it does. Every step says what to expect and checks it. The exit code is 0 if everything happened
as expected, 1 if not, and 2 if an option is wrong.

  --kubeconfig FILE   use this cluster instead of starting one. The demo creates the namespace exposedapi-demo there and
                      deletes it at the end; CRDs that were missing stay
  --mesh              put a real istiod and a real Envoy behind the Gateway, in a network namespace of their own, and send
                      requests to a backend through them. The first time this builds istiod: two to eight minutes
  --keep              keep the cluster and the operator running until Ctrl-C, so that you can look around with kubectl
  --help              print this text
`

/** Parses the arguments. Ends the process for --help (0) and for nonsense (2). */
export function demoOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kubeconfig: { type: 'string' },
        mesh: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    if (values.mesh && values.kubeconfig !== undefined)
      throw new Error('--mesh and --kubeconfig exclude each other: the mesh starts a cluster of its own')
    return {
      mesh: values.mesh ?? false,
      keep: values.keep ?? false,
      ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
    }
  } catch (error) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return process.exit(2)
  }
}
