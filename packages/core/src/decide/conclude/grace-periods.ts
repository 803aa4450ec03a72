/**
 * Good news is published at once; some bad news waits a moment, because it is often taken back.
 *
 * The clock comes in as a number and what must be remembered goes out as a value, so deciding stays pure.
 */

import type { Observation } from '../../adapters/gateway.ts'
import type { Finding } from '../../findings/finding.ts'
import { type Address, urlOf } from '../../model/address.ts'
import type { ApiStatus, ExposedApi } from '../../model/exposed-api.ts'
import { spelledPath } from '../../model/paths.ts'
import type { PublishedUrls } from './status.ts'

/** What the operator remembers about one API between decisions. Lost at a restart, and nothing depends on it but delays. */
export interface GraceState {
  /** Milliseconds since the epoch. */
  readonly notReadySince?: number
  /** Milliseconds since the epoch. */
  readonly addressLostSince?: number
  /** Milliseconds since the epoch: the gateway owes an answer to what was written. */
  readonly awaitingSince?: number
  /** Milliseconds since the epoch: the route is programmed on the gateway that it moves to. */
  readonly movingSince?: number
}

/** A finding list that may be delayed; `dueMs` says when to look again. */
interface Delayed {
  readonly findings: readonly Finding[]
  readonly grace: GraceState
  readonly dueMs?: number
}

/**
 * Withdraws readiness only after `limitMs`: the Component leaves Complete, and dependants that look in the gap never look
 * again. Only a published readiness is kept; a new API is not ready from the start.
 */
export function debounced(
  findings: readonly Finding[],
  api: ExposedApi,
  grace: GraceState,
  now: number,
  limitMs: number,
): Delayed {
  if (findings.length === 0 || api.status.implementation?.ready !== true) return { findings, grace: {} }
  const since = grace.notReadySince ?? now
  const dueMs = since + limitMs - now
  // The grace outlives its end: until the status says false, the next decision must not start to wait again.
  return dueMs > 0
    ? { findings: [], grace: { notReadySince: since }, dueMs }
    : { findings, grace: { notReadySince: since } }
}

/**
 * The urls to publish, and the findings on `AddressAssigned`. An address that is gone stays published for `limitMs`: Helm
 * hooks delete the Gateway of the Canvas at each upgrade and create it again.
 */
export function keptAddress(
  { address, findings: all, stands }: Pick<Observation, 'address' | 'findings'> & { readonly stands: boolean },
  api: ExposedApi,
  grace: GraceState,
  now: number,
  limitMs: number,
): Delayed & { readonly urls?: PublishedUrls } {
  const findings = all.filter(({ condition }) => condition === 'AddressAssigned')
  const fresh = address && freshUrls(address, api)
  const lost = findings.filter(({ status }) => status !== 'True')
  const old = api.status.apiStatus
  const isOurs = old?.url !== undefined && old.path === api.spec.path && stands
  if (fresh && lost.length === 0) {
    // An address that was found without seeing all of it: what is published, and leads to the same place, is better known.
    const isSecondHand = findings.some(({ reason }) => reason === 'NotReadable')
    const isBetter = isSecondHand && isOurs && leadsTo(address, old)
    return { urls: isBetter ? publishedUrls(api, old) : fresh, findings, grace: {} }
  }

  const reported = findings.length > 0 ? findings : [addressless()]
  const withdrawn = { ...(fresh && { urls: fresh }), findings: reported }
  // Only what is published already is kept, and only for a route that still stands.
  if (!isOurs) return { ...withdrawn, grace: {} }
  // Nothing is withdrawn because it may not be seen, however long.
  if (lost.length > 0 && lost.every(({ reason }) => reason === 'NotReadable')) {
    return { urls: fresh ?? publishedUrls(api, old), findings: reported, grace: {} }
  }
  const since = grace.addressLostSince ?? now
  const dueMs = since + limitMs - now
  if (dueMs <= 0) return { ...withdrawn, grace: { addressLostSince: since } }
  const message = `${reported.map((finding) => finding.message).join(' ')} The last known address stays published for a while.`
  const kept: Finding = { condition: 'AddressAssigned', status: 'True', reason: 'AddressHeld', message }
  return { urls: fresh ?? publishedUrls(api, old), findings: [kept], grace: { addressLostSince: since }, dueMs }
}

/** Was the published URL made of this address, as far as can be told without its scheme and port? */
function leadsTo({ host, ip }: Address, { url = '', ip: before }: ApiStatus): boolean {
  const hasHost = URL.canParse(url) && [host, `[${host}]`].includes(new URL(url).hostname)
  return ip === before && (hasHost || host === ip)
}

function freshUrls(address: Address, { spec: { path, developerUILink: link } }: ExposedApi): PublishedUrls {
  return {
    url: urlOf(address, spelledPath(path)),
    ...(link !== undefined && { developerUI: link.startsWith('/') ? urlOf(address, link) : link }),
    ...(address.ip !== undefined && { ip: address.ip }),
  }
}

function publishedUrls({ spec: { developerUILink: link } }: ExposedApi, old: ApiStatus): PublishedUrls {
  return {
    ...(old.url !== undefined && { url: old.url }),
    ...(link !== undefined && old.developerUI !== undefined && { developerUI: old.developerUI }),
    ...(old.ip !== undefined && { ip: old.ip }),
  }
}

/** What is said where an adapter gives neither an address nor a reason. */
export function addressless(): Finding {
  return {
    condition: 'AddressAssigned',
    status: 'False',
    reason: 'NotRouted',
    message: 'No address is published without a route.',
  }
}
