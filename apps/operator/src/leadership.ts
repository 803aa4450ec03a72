/** Which replica may write: whoever holds the Lease, or whoever runs alone. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type Connection, LeaderElection, type Logger, type RestClient, type Telemetry } from '@exposedapi/kube'
import type { Configuration } from './configuration/environment.ts'
import { ConfigurationError } from './configuration/error.ts'

/** Name of the Lease. Must never change: a rolling update has an old and a new replica side by side. */
export const LEASE_NAME = 'exposedapi-operator'

/** The right to write. */
export interface Leadership {
  /** Asked before each write. */
  readonly mayWrite: () => boolean
  /** Calls `onLost` if we lead and then do not any more. Resolves when we lead, perhaps never. */
  campaign(onLost: () => void): Promise<void>
  /** Gives it up, after the last write. Resolves within seconds. */
  resign(): Promise<void>
  /** What is worth knowing about it though it keeps nobody from work, one line each. */
  notes(): readonly string[]
}

/** Without a Lease: we lead from the start. */
export function alone(): Leadership {
  let resigned = false
  return {
    mayWrite: () => !resigned,
    campaign: async () => {},
    resign: async () => {
      resigned = true
    },
    notes: () => [],
  }
}

/** With a Lease: first come, first served. */
export function byLease(parts: {
  readonly client: RestClient
  readonly namespace: string
  readonly log: Logger
  readonly telemetry: Telemetry
}): Leadership {
  // The name of the Pod, and a suffix, since a container that is started again keeps that name.
  const identity = `${hostname()}_${randomUUID()}`
  const election = new LeaderElection({ ...parts, name: LEASE_NAME, identity })
  return {
    mayWrite: () => election.isLeader(),
    campaign: (onLost) => new Promise((onStarted) => void election.run({ onStarted, onLost })),
    resign: () => election.release(),
    notes: () => (election.isUnguarded ? [UNGUARDED] : []),
  }
}

const UNGUARDED = `no permission to use Leases (${LEASE_NAME}): no leader is elected, so run a single replica`

/** Where the Lease is. Throws a ConfigurationError when nothing says so. */
export function leaseNamespace(
  configuration: Pick<Configuration, 'leaseNamespace'>,
  { namespace }: Pick<Connection, 'namespace'>,
): string {
  const found = configuration.leaseNamespace ?? namespace?.trim()
  if (found) return found
  throw new ConfigurationError(
    'the kubeconfig names no namespace for the Lease: set LEASE_NAMESPACE, or add --standalone to run without a Lease',
  )
}
