/**
 * One attempt after the other to hold a Lease, as client-go makes them.
 *
 * A Lease has expired when *we* have seen no change of it for its duration, by our monotonic clock: the times in it come
 * from another machine. Every update carries the resourceVersion that was read, so of two takers one fails. Unlike
 * client-go we do not take a Lease that was deleted before it would have expired: its holder does not know yet, and
 * creates it again.
 */

import { sameJson } from '@exposedapi/objects'
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { isNewer } from '../objects/resource-version.ts'
import type { Clock } from '../runtime/clock.ts'
import {
  durationOf,
  holderOf,
  type Lease,
  leasesPath,
  newLease,
  releasedLease,
  renewedLease,
  takenLease,
  transitionsOf,
} from './lease-object.ts'

/** What a claim is made of. */
export interface LeaseClaimOptions {
  readonly client: Pick<RestClient, 'request'>
  readonly namespace: string
  readonly name: string
  /** Who we are; no other process may ever have the same. */
  readonly identity: string
  readonly clock: Clock
  /** Called when another holder is seen; empty for none. */
  readonly onHolder: (holder: string) => void
  /** Called when a renewal could not rely on what we know and has to read first. */
  readonly onSlowPath: (error: unknown) => void
}

/** Limit of each request. */
const REQUEST_MS = 3000

/** Our claim to one Lease. Rejects with an ApiError whenever a request fails. */
export class LeaseClaim {
  readonly #options: LeaseClaimOptions
  /** The last version we know and since when its `spec` has been like that. Stays when the Lease is deleted. */
  #seen: { readonly lease: Lease; readonly since: number } | undefined

  constructor(options: LeaseClaimOptions) {
    this.#options = options
  }

  /** Who holds it, as far as we know. */
  get holder(): string {
    return holderOf(this.#seen?.lease)
  }

  /** May we take it? ms until then; 0 or less means now. */
  get freeInMs(): number {
    if (!this.#seen || this.holder === '' || this.holder === this.#options.identity) return 0
    return this.#seen.since + durationOf(this.#seen.lease) - this.#options.clock.now()
  }

  /** Takes the Lease if it is free. False when somebody else holds it. */
  async take(): Promise<boolean> {
    const { identity, namespace, name, clock } = this.#options
    const found = await this.#read()
    if (found) this.saw(found)
    if (this.freeInMs > 0) return false
    const now = clock.now()
    if (!found) await this.#create(newLease(namespace, name, identity, now, transitionsOf(this.#seen?.lease)))
    // Ours already: an earlier attempt succeeded without our knowing.
    else if (holderOf(found) === identity) await this.#update(renewedLease(found, identity, now))
    else await this.#update(takenLease(found, identity, now))
    return true
  }

  /** Renews the Lease that we hold. False when somebody else has taken it. */
  async renew(): Promise<boolean> {
    const { identity, namespace, name, clock, onSlowPath } = this.#options
    const mine = this.#seen?.lease
    if (!mine) throw new Error('cannot renew a Lease that was never acquired')
    try {
      await this.#update(renewedLease(mine, identity, clock.now()))
      return true
    } catch (error) {
      onSlowPath(error)
    }
    const found = await this.#read()
    if (!found) await this.#create(newLease(namespace, name, identity, clock.now(), transitionsOf(mine)))
    else if (isTaken(found, mine)) {
      this.saw(found)
      return false
    } else await this.#update(renewedLease(found, identity, clock.now()))
    return true
  }

  /** Gives the Lease back, if it is still ours. */
  async release(): Promise<void> {
    const { identity, clock } = this.#options
    if (!this.#seen || this.holder !== identity) return
    try {
      await this.#update(releasedLease(this.#seen.lease, clock.now()))
    } catch (error) {
      if (codeOf(error) !== 409) throw error
      // A renewal whose answer was lost has made it newer.
      const found = await this.#read()
      if (found && holderOf(found) === identity) await this.#update(releasedLease(found, clock.now()))
    }
  }

  /** Takes note of a version, from whatever source; older ones are ignored. */
  saw(lease: Lease): void {
    const before = this.#seen
    const isStale = before && sameObject(before.lease, lease) && isNewer(versionOf(before.lease), versionOf(lease))
    if (isStale) return
    // Somebody who only labels the Lease does not renew it.
    const isSame = before && sameObject(before.lease, lease) && sameJson(before.lease.spec, lease.spec)
    this.#seen = { lease, since: isSame ? before.since : this.#options.clock.now() }
    if (!before || holderOf(before.lease) !== holderOf(lease)) this.#options.onHolder(holderOf(lease))
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#send({ path: this.#path })
    } catch (error) {
      if (codeOf(error) !== 404) throw error
      return undefined
    }
  }

  async #create(body: Lease): Promise<void> {
    this.saw(await this.#send({ method: 'POST', path: leasesPath(this.#options.namespace), body }))
  }

  async #update(body: Lease): Promise<void> {
    this.saw(await this.#send({ method: 'PUT', path: this.#path, body }))
  }

  /** No retries of the client: an election has its own rhythm. */
  #send(request: { method?: 'POST' | 'PUT'; path: string; body?: Lease }): Promise<Lease> {
    return this.#options.client.request<Lease>({ ...request, timeoutMs: REQUEST_MS, retry: false })
  }

  get #path(): string {
    return `${leasesPath(this.#options.namespace)}/${encodeURIComponent(this.#options.name)}`
  }
}

/** Whether somebody else holds the Lease that was ours, or held it in the meantime. */
function isTaken(found: Lease, mine: Lease): boolean {
  const holder = holderOf(found)
  return holder === '' ? transitionsOf(found) !== transitionsOf(mine) : holder !== holderOf(mine)
}

function sameObject(a: Lease, b: Lease): boolean {
  return a.metadata.uid === b.metadata.uid
}

function versionOf(lease: Lease): string {
  return lease.metadata.resourceVersion ?? ''
}
