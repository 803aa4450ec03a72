/**
 * The network namespace of a mesh.
 *
 * Kubernetes refuses loopback addresses in EndpointSlices, and Envoy listens on all interfaces. In a namespace of its own a
 * mesh has addresses that nobody else sees, and ports that nobody else uses. It dies with its processes and needs no root.
 * Node cannot enter a namespace by itself: whoever uses a mesh is started by `enter`.
 */
import { execFile } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import type { Command } from '../processes/part.ts'

const run = promisify(execFile)

/** Address of the gateway. */
export const GATEWAY_ADDRESS = '10.244.1.1'

/** Every address in here answers: each is a Pod. */
const PODS = '10.244.0.0/16'

const SETUP = [
  'ip link set lo up',
  `ip addr add ${GATEWAY_ADDRESS}/32 dev lo`,
  // One route for all Pods instead of an alias for each.
  `ip route add local ${PODS} dev lo`,
].join(' && ')

/** The command as it is started inside of a fresh namespace, which has no way out: download before. */
export function enter({ file, args, ...rest }: Command): Command {
  const shell = ['sh', '-c', `${SETUP} && exec "$@"`, 'enter', file, ...args]
  return { ...rest, file: 'unshare', args: ['--map-root-user', '--net', '--', ...shell] }
}

/** Is this process inside of such a namespace? */
export function isInside(): boolean {
  return (networkInterfaces().lo ?? []).some(({ address }) => address === GATEWAY_ADDRESS)
}

/** Why this machine cannot have such a namespace, and what to do about it; undefined if it can. */
export async function obstacle(): Promise<string | undefined> {
  const { file, args } = enter({ file: 'setpriv', args: ['--pdeathsig', 'KILL', 'true'] })
  try {
    await run(file, [...args])
    return undefined
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().replaceAll(/\s*\n\s*/g, '; ') : String(error)
    return `${said}\n${CURES}`
  }
}

const CURES = [
  'A mesh needs Linux with unshare, setpriv and ip (apt install util-linux iproute2). It also needs root, or',
  'user namespaces for ordinary users. To permit those, run as root whichever of these applies:',
  '  sysctl -w kernel.unprivileged_userns_clone=1                 # Debian',
  '  sysctl -w kernel.apparmor_restrict_unprivileged_userns=0     # Ubuntu 24.04 and newer',
  '  sysctl -w user.max_user_namespaces=10000                     # if it is 0 now',
  'A container may also need --security-opt seccomp=unconfined, or CAP_SYS_ADMIN.',
].join('\n')
