/**
 * The Lease as an object: what is written into it at each step of an election.
 *
 * Its times are for people. Nobody compares them with a clock: the holder's may be wrong by hours.
 */

/** `spec` of a Lease. Everything is optional: anybody may have edited it. */
export interface LeaseSpec {
  /** Empty or absent: nobody holds it. */
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/** A Lease of coordination.k8s.io/v1. */
export interface Lease {
  readonly apiVersion: 'coordination.k8s.io/v1'
  readonly kind: 'Lease'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid?: string
    readonly resourceVersion?: string
  }
  readonly spec?: LeaseSpec
}

/** Lifetime of a Lease after its last renewal. */
export const LEASE_SECONDS = 15

/** Path of all Leases of a namespace. */
export function leasesPath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
}

/** Rules of a role that let an operator hold the Lease of that name. `create` cannot be limited to a name. */
export function leaseRules(name: string) {
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] }
  return [
    { ...leases, verbs: ['create'] },
    { ...leases, resourceNames: [name], verbs: ['get', 'watch', 'update'] },
  ] as const
}

/** Who holds it; empty when nobody does. */
export function holderOf(lease: Lease | undefined): string {
  return lease?.spec?.holderIdentity ?? ''
}

/** A Lease that does not exist yet, held by `identity`. */
export function newLease(namespace: string, name: string, identity: string, now: number, transitions = 0): Lease {
  const spec = leaseSpec(identity, now, microTime(now), transitions)
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec }
}

/** Taken from whoever held it. */
export function takenLease(lease: Lease, identity: string, now: number): Lease {
  return { ...lease, spec: leaseSpec(identity, now, microTime(now), transitionsOf(lease) + 1) }
}

/** Renewed by its holder. */
export function renewedLease(lease: Lease, identity: string, now: number): Lease {
  return { ...lease, spec: leaseSpec(identity, now, lease.spec?.acquireTime ?? microTime(now), transitionsOf(lease)) }
}

/** Given back: free at once, and for readers that look only at the duration after a second. */
export function releasedLease(lease: Lease, now: number): Lease {
  return { ...renewedLease(lease, '', now), spec: { ...renewedLease(lease, '', now).spec, leaseDurationSeconds: 1 } }
}

/** How often it changed hands. */
export function transitionsOf(lease: Lease | undefined): number {
  return lease?.spec?.leaseTransitions ?? 0
}

/** The lifetime that its holder promised, in ms. */
export function durationOf(lease: Lease): number {
  const seconds = lease.spec?.leaseDurationSeconds ?? 0
  return (seconds > 0 ? seconds : LEASE_SECONDS) * 1000
}

function leaseSpec(holderIdentity: string, now: number, acquireTime: string, leaseTransitions: number): LeaseSpec {
  return {
    holderIdentity,
    leaseDurationSeconds: LEASE_SECONDS,
    acquireTime,
    renewTime: microTime(now),
    leaseTransitions,
  }
}

/** MicroTime: the API server insists on six digits. */
function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z')
}
