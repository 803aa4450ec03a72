/** What `exposedapi --help` prints. */
import { documentedVariables } from '../configuration/documentation.ts'

/** The help text, with every environment variable. */
export function help(): string {
  const variables = documentedVariables().map(({ name, meaning }) => `  ${name.padEnd(34)}${meaning}`)
  return `exposedapi: makes every ExposedAPI reachable, scraped and honestly reported

Usage
  exposedapi run [--config FILE] [--standalone] [--kubeconfig FILE] [--context NAME]
      Runs the operator: in a Pod with its service account, or with --standalone from anywhere with a kubeconfig
      ($KUBECONFIG, else ~/.kube/config). One of several replicas works, chosen by a Lease, and the others stand by;
      --standalone uses no Lease, --kubeconfig alone does. Shuts down cleanly on SIGTERM and Ctrl-C.
  exposedapi render [--config FILE] -f FILE…
      Needs no cluster: reads manifests (ExposedAPIs, and the Services, Gateways and EndpointSlices around them; "-"
      is standard input) and prints as YAML what the operator would write. Exits with 1 if an ExposedAPI is refused.
  exposedapi rbac [--config FILE]
      Prints the ClusterRole that the operator needs with the current configuration.

  --config FILE reads several gateways, and retired adapters, from a YAML file; see docs/configuration.md.
  exposedapi --help | --version

Environment (an empty value counts as unset)
${variables.join('\n')}
`
}
