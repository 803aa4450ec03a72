/** Which failed writes are worth telling the user. */
import { ApiError } from '@exposedapi/kube'

/** Answers that mean "not now" rather than "not this": they are retried and nobody needs to act. */
const TRANSIENT = [0, 401, 408, 409, 429, 502, 503, 504]

/**
 * The API server's own words if it refused a write that somebody must correct: an invalid object, a missing permission, a
 * webhook that objects or does not answer. Undefined if the write just has to be tried again.
 *
 * `final` is an answer that is no passing matter for this write: 409 where somebody else holds what we ask for.
 */
export function refusal(error: unknown, final?: number): string | undefined {
  if (!(error instanceof ApiError) || isNamespaceGoing(error)) return undefined
  if (TRANSIENT.includes(error.code) && error.code !== final) return undefined
  return error.message.replace(OWN_PORT, '').slice(0, 1024)
}

/**
 * Where a connection of the API server came from, as Go puts it before where it led: `127.0.0.1:40634->10.0.0.7:443`. The
 * port is another one each time, so the status would be written at every attempt.
 */
const OWN_PORT = /(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]):\d+->/g

/** Is the namespace being deleted? Nothing can be created there any more, and nothing of ours will be left to want. */
export function isNamespaceGoing(error: unknown): boolean {
  return (
    error instanceof ApiError && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
  )
}
