/**
 * Leader election: of several replicas, at most one writes.
 *
 * The leader stops leading 10 s after it *began* its last successful renewal; nobody else takes the Lease
 * before 15 s after it has *seen* that renewal. The 5 s between cover what is still on its way to the API server. There is no
 * fencing beyond that, which is why every write asks `isLeader` first: a process that was stopped and continued finds out
 * by its own clock, before any answer arrives. What remains is a process stopped in the 0.1 ms between that question and
 * the wire.
 */
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { Backoff, type BackoffOptions } from '../runtime/backoff.ts'
import { type Clock, sleep, systemClock, type Timer } from '../runtime/clock.ts'
import { deferred } from '../runtime/deferred.ts'
import { type Logger, noLog } from '../runtime/log.ts'
import { noTelemetry, type Telemetry } from '../runtime/telemetry.ts'
import { LeaseClaim } from './lease-claim.ts'
import { leaseRules, leasesPath } from './lease-object.ts'
import { watchLease } from './lease-watch.ts'

/** What an election is made of. */
export interface LeaderElectionOptions {
  readonly client: Pick<RestClient, 'request' | 'stream'>
  readonly namespace: string
  readonly name: string
  /** Who we are; no other process may ever have the same. */
  readonly identity: string
  readonly clock?: Clock
  readonly log?: Logger
  readonly telemetry?: Telemetry
}

/** What happens in an election. Each is called at most once. */
export interface LeaderCallbacks {
  /** From now on we lead. */
  onStarted(): void
  /** We led and do not any more. The process must end at once: whatever it remembers may be out of date. */
  onLost(reason: string): void
}

/** Without a renewal for so long we do not lead any more. Must stay below the duration of the Lease. */
const RENEW_DEADLINE_MS = 10_000
/** Between two attempts. */
const RETRY_MS = 2000
/** Candidates wait up to 1 + this times as long, so that they do not ask all at once. */
const JITTER = 1.2
/** Between two attempts to acquire a Lease that is forbidden. */
const FORBIDDEN_BACKOFF: BackoffOptions = { initialMs: 1000, maxMs: 60_000, jitter: 0.2 }
/** For everything that a release takes. */
const RELEASE_MS = 5000

/** Campaigns for one Lease and keeps it. */
export class LeaderElection {
  readonly #options: LeaderElectionOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #telemetry: Telemetry
  readonly #claim: LeaseClaim
  readonly #forbiddenBackoff: Backoff
  readonly #stop = new AbortController()
  /** `unguarded`: Leases are forbidden to us, so we lead without one. */
  #state: 'candidate' | 'unguarded' | 'leader' | 'lost' = 'candidate'
  #leadsUntil = 0
  #deadline: Timer | undefined
  #wake = new AbortController()
  #watch: AbortController | undefined
  #callbacks: LeaderCallbacks | undefined
  #running: Promise<void> | undefined
  #isFailing = false

  constructor(options: LeaderElectionOptions) {
    const { client, namespace, name, identity, clock = systemClock, log = noLog, telemetry = noTelemetry } = options
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#telemetry = telemetry
    this.#forbiddenBackoff = new Backoff(FORBIDDEN_BACKOFF, clock)
    this.#claim = new LeaseClaim({
      client,
      namespace,
      name,
      identity,
      clock,
      onHolder: (holder) => {
        if (holder === identity) return
        log.info(
          { lease: this.#lease, holder },
          holder === '' ? 'nobody holds the Lease' : 'another replica holds the Lease',
        )
      },
      onSlowPath: (error) => {
        telemetry.count('leader_election_slowpath_total', { name })
        log.debug({ lease: this.#lease, err: error }, 'could not renew the Lease as it was last seen, reading it')
      },
    })
    this.#gauge(0)
  }

  /** Begins; resolves when we have lost or `release` was called. Never rejects. */
  run(callbacks: LeaderCallbacks): Promise<void> {
    this.#callbacks ??= callbacks
    this.#running ??= this.#run()
    return this.#running
  }

  /** Whether we may write at this very moment, by our own clock. */
  isLeader(): boolean {
    if (this.#stop.signal.aborted) return false
    return this.#state === 'unguarded' || (this.#state === 'leader' && this.#clock.now() < this.#leadsUntil)
  }

  /** Whether we lead without a Lease, since we may not use any: then nothing keeps another replica from doing the same. */
  get isUnguarded(): boolean {
    return this.#state === 'unguarded'
  }

  /**
   * Ends the election and gives the Lease back, so that another replica need not wait. Call it after the last write:
   * from here on `isLeader` is false. Resolves within 5 s; never rejects.
   */
  async release(): Promise<void> {
    this.#stop.abort()
    this.#deadline?.cancel()
    this.#gauge(0)
    const limit = deferred()
    const timer = this.#clock.setTimeout(limit.resolve, RELEASE_MS)
    await Promise.race([this.#giveBack(), limit.promise])
    timer.cancel()
  }

  async #run(): Promise<void> {
    await this.#campaign()
    this.#watch?.abort()
    while (this.#state === 'leader') {
      await sleep(this.#clock, RETRY_MS, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      await this.#renew()
    }
  }

  /** Resolves when there is nothing to campaign for any more. */
  async #campaign(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const begun = this.#clock.now()
      try {
        if (await this.#claim.take()) return this.#lead(begun)
        if (this.#state === 'unguarded') return this.#lose(`${this.#claim.holder} holds the Lease`)
        this.#isFailing = false
        this.#startWatch()
      } catch (error) {
        if (codeOf(error) === 403) this.#forbidden(error)
        else this.#failed(error)
      }
      this.#wake = new AbortController()
      await sleep(this.#clock, this.#pauseMs(), AbortSignal.any([this.#stop.signal, this.#wake.signal]))
    }
  }

  #pauseMs(): number {
    if (this.#state === 'unguarded') return this.#forbiddenBackoff.next()
    const pause = RETRY_MS * (1 + JITTER * this.#clock.random())
    const { freeInMs } = this.#claim
    return freeInMs > 0 ? Math.min(pause, freeInMs) : pause
  }

  /** After the first attempt: a replica that gets the Lease at once needs no watch. */
  #startWatch(): void {
    if (this.#watch) return
    this.#watch = new AbortController()
    const { client, namespace, name } = this.#options
    void watchLease({
      client,
      clock: this.#clock,
      path: leasesPath(namespace),
      name,
      signal: AbortSignal.any([this.#watch.signal, this.#stop.signal]),
      onChange: (lease) => {
        if (lease) this.#claim.saw(lease)
        if (this.#claim.freeInMs <= 0) this.#wake.abort()
      },
    })
  }

  #lead(begun: number): void {
    const isNew = this.#state === 'candidate'
    this.#state = 'leader'
    this.#extend(begun)
    if (this.#stop.signal.aborted) return
    const { identity } = this.#options
    this.#log.info({ lease: this.#lease, holder: identity }, 'acquired the Lease')
    if (isNew) this.#start()
  }

  #start(): void {
    this.#gauge(1)
    this.#callbacks?.onStarted()
  }

  async #renew(): Promise<void> {
    const begun = this.#clock.now()
    if (begun >= this.#leadsUntil) return this.#lose(TOO_LATE)
    try {
      if (!(await this.#claim.renew())) return this.#lose(`${this.#claim.holder || 'nobody'} holds the Lease`)
      // A late success proves nothing: we may have been stopped in between.
      if (this.#clock.now() >= this.#leadsUntil) return this.#lose(TOO_LATE)
      this.#extend(begun)
    } catch (error) {
      this.#log.warn({ lease: this.#lease, err: error }, 'could not renew the Lease, trying again')
    }
  }

  #extend(begun: number): void {
    this.#deadline?.cancel()
    if (this.#state !== 'leader') return
    this.#leadsUntil = begun + RENEW_DEADLINE_MS
    if (this.#stop.signal.aborted) return
    // A timer of its own: no request, however slow, may keep us from noticing.
    this.#deadline = this.#clock.setTimeout(() => this.#lose(TOO_LATE), this.#leadsUntil - this.#clock.now())
  }

  #lose(reason: string): void {
    if (this.#state === 'lost' || this.#stop.signal.aborted) return
    this.#state = 'lost'
    this.#deadline?.cancel()
    this.#gauge(0)
    this.#log.error({ lease: this.#lease, reason }, 'lost the Lease')
    this.#callbacks?.onLost(reason)
  }

  /** A role without Leases, such as that of an older chart, must not keep a single replica from working. */
  #forbidden(error: unknown): void {
    if (this.#state === 'unguarded') return
    const rules = leaseRules(this.#options.name)
    this.#log.warn(
      { lease: this.#lease, err: error, rules },
      'no permission to use Leases: working without leader election; run a single replica, or grant these rules',
    )
    this.#state = 'unguarded'
    this.#start()
  }

  #failed(error: unknown): void {
    const level = this.#isFailing ? 'debug' : 'warn'
    this.#isFailing = true
    this.#log[level]({ lease: this.#lease, err: error }, 'could not acquire the Lease, trying again')
  }

  async #giveBack(): Promise<void> {
    await this.#running
    if (this.#state !== 'leader') return
    try {
      await this.#claim.release()
      this.#log.info({ lease: this.#lease }, 'released the Lease')
    } catch (error) {
      this.#log.warn({ lease: this.#lease, err: error }, 'could not release the Lease; it will expire by itself')
    }
  }

  get #lease(): string {
    return `${this.#options.namespace}/${this.#options.name}`
  }

  #gauge(value: 0 | 1): void {
    this.#telemetry.gauge('leader_election_master_status', { name: this.#options.name }, value)
  }
}

const TOO_LATE = `not renewed for ${RENEW_DEADLINE_MS / 1000} s`
