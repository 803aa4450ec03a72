/**
 * Shows a standby each change of the Lease as it happens.
 *
 * It only saves time: polling alone notices a release after up to 4.4 s. A replica that may not watch Leases just polls.
 */
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { runWatch } from '../client/watch-stream.ts'
import { type Clock, sleep } from '../runtime/clock.ts'
import type { Lease } from './lease-object.ts'

/** What is watched, and how. */
export interface LeaseWatchOptions {
  readonly client: Pick<RestClient, 'stream'>
  readonly clock: Clock
  /** Of all Leases of the namespace. */
  readonly path: string
  readonly name: string
  readonly signal: AbortSignal
  /** Called with each version, and with undefined when the Lease is deleted. May be late: ask before you act. */
  readonly onChange: (lease: Lease | undefined) => void
}

const PAUSE_MS = 1000

/** Watches until the signal aborts or it is forbidden. Never rejects. */
export async function watchLease({ signal, clock, name, onChange, ...options }: LeaseWatchOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await runWatch({
        ...options,
        clock,
        signal,
        query: { watch: true, fieldSelector: `metadata.name=${name}`, timeoutSeconds: 300 },
        // The holder renews every two seconds: silence means that either it is gone or the connection is.
        inactivityMs: () => 70_000,
        deadlineMs: 315_000,
        onFrame: ({ type, object }) => onChange(type === 'DELETED' ? undefined : (object as unknown as Lease)),
        onActivity: () => {},
      })
    } catch (error) {
      if (codeOf(error) === 403) return
    }
    await sleep(clock, PAUSE_MS * (1 + clock.random()), signal)
  }
}
