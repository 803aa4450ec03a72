/** What is wrong with values whose types are right, and what to write instead. Each text continues "spec.field …". */

import { shown } from '../policies/type-problem.ts'
import { pathProblem } from './path-problem.ts'
import type { ApiSpec, SpecProblem } from './spec.ts'
import { EXTERNAL } from './spec.ts'

/** As the API server has it since Kubernetes 1.34: RFC 1123, which allows a leading digit. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const DNS_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\.?$/

/** What to write for a port. */
export const PORT_RANGE = 'a number from 1 to 65535'

/** The problems of a spec, in the order in which they are told. */
export function valueProblems(spec: ApiSpec, namespace: string): readonly SpecProblem[] {
  const found = [
    { field: 'spec.path', reason: 'InvalidPath', message: pathProblem(spec.path) },
    { field: 'spec.port', reason: 'InvalidPort', message: portProblem(spec.port) },
    {
      field: 'spec.implementation',
      reason: 'InvalidImplementation',
      message: implementationProblem(spec.implementation, namespace),
    },
    { field: 'spec.hostname', reason: 'InvalidHostname', message: hostnameProblem(spec.hostname) },
  ] as const
  return found.flatMap(({ message, ...rest }) => (message === undefined ? [] : [{ ...rest, message }]))
}

function portProblem(port: number): string | undefined {
  return port >= 1 && port <= 65535 ? undefined : `${port} is not a port: write ${PORT_RANGE}`
}

function implementationProblem(name: string, namespace: string): string | undefined {
  if (name === EXTERNAL || DNS_LABEL.test(name)) return undefined
  const where = `a Service in namespace ${namespace}`
  if (name === '') return `is empty: write the name of ${where}, or "${EXTERNAL}"`
  if (name.trim().toLowerCase().replace(/[<>]/g, '') === 'external')
    return `${shown(name)} is not known: write "${EXTERNAL}"`
  const meant = nameIn(name)
  if (!DNS_LABEL.test(meant)) {
    return `${shown(name)} cannot be the name of a Service: write at most 63 lower-case letters, digits and "-", or "${EXTERNAL}"`
  }
  return `${shown(name)} is not the name of a Service: write only the name of ${where}, such as "${meant}"`
}

/** The Service that a URL, a DNS name, `namespace/name` or `name:port` names. */
function nameIn(text: string): string {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text.trim()) ?? []
  const name = host || (text.trim().split('/').at(-1) ?? '')
  return (name.split(/[.:]/)[0] ?? '').toLowerCase()
}

function hostnameProblem(name: string | undefined): string | undefined {
  if (name === undefined || DNS_NAME.test(name)) return undefined
  const [, host = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#:]*)/i.exec(name.trim()) ?? []
  if (host.includes('*')) return `${shown(name)} is a wildcard: write one host name`
  const cure = DNS_NAME.test(host) ? `only "${host}"` : 'a DNS name, without scheme, port and path'
  return `${shown(name)} is not a host name: write ${cure}`
}
