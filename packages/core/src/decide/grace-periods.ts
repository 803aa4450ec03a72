/**
 * Good news is published at once; some bad news waits a moment, because it is often taken back.
 *
 * The clock comes in as a number and what must be remembered goes out as a value, so deciding stays pure.
 */

import type { Address, RenderedRoute } from '../adapters/gateway.ts'
import type { Finding } from '../findings/finding.ts'
import type { ApiStatus, ExposedApi } from '../model/exposed-api.ts'
import { urlOf } from '../model/url.ts'
import type { PublishedUrls } from './status.ts'

/** What the operator remembers about one API between decisions. Lost at a restart, and nothing depends on it but delays. */
export interface Memory {
  /** Milliseconds since the epoch. */
  readonly notReadySince?: number
  /** Milliseconds since the epoch. */
  readonly addressLostSince?: number
}

/** A finding list that may be held back; `dueMs` says when to look again. */
interface Delayed {
  readonly findings: readonly Finding[]
  readonly memory: Memory
  readonly dueMs?: number
}

/**
 * Withdraws readiness only after `limitMs`: the Component leaves Complete, and dependants that look in the gap never look
 * again. Only a published readiness is held; a new API is not ready from the start.
 */
export function debounced(
  findings: readonly Finding[],
  api: ExposedApi,
  memory: Memory,
  now: number,
  limitMs: number,
): Delayed {
  if (findings.length === 0 || api.status.implementation?.ready !== true) return { findings, memory: {} }
  const since = memory.notReadySince ?? now
  const dueMs = since + limitMs - now
  // The memory outlives its end: until the status says false, the next decision must not start to wait again.
  return dueMs > 0
    ? { findings: [], memory: { notReadySince: since }, dueMs }
    : { findings, memory: { notReadySince: since } }
}

/**
 * The urls to publish, and the findings on `AddressAssigned`. An address that is gone stays published for `limitMs`: Helm
 * hooks delete the Gateway of the Canvas at each upgrade and create it again.
 */
export function heldAddress(
  { address, objects, findings: all }: RenderedRoute,
  api: ExposedApi,
  memory: Memory,
  now: number,
  limitMs: number,
): Delayed & { readonly urls?: PublishedUrls } {
  const findings = all.filter(({ condition }) => condition === 'AddressAssigned')
  const fresh = address && freshUrls(address, api)
  const lost = findings.filter(({ status }) => status !== 'True')
  if (fresh && lost.length === 0) return { urls: fresh, findings, memory: {} }

  const reported = findings.length > 0 ? findings : [addressless()]
  const unheld = { ...(fresh && { urls: fresh }), findings: reported }
  const old = api.status.apiStatus
  // Only what is published already is held, and only for a route that still stands.
  if (old?.url === undefined || old.path !== api.spec.path || objects.length === 0) return { ...unheld, memory: {} }
  const since = memory.addressLostSince ?? now
  const dueMs = since + limitMs - now
  if (dueMs <= 0) return { ...unheld, memory: { addressLostSince: since } }
  const message = `${reported.map((finding) => finding.message).join(' ')} The last address stays published for a while.`
  const held: Finding = { condition: 'AddressAssigned', status: 'True', reason: 'AddressHeld', message }
  return { urls: fresh ?? publishedUrls(api, old), findings: [held], memory: { addressLostSince: since }, dueMs }
}

function freshUrls(address: Address, { spec: { path, developerUI } }: ExposedApi): PublishedUrls {
  return {
    url: urlOf(address, path),
    ...(developerUI !== undefined && { developerUI: urlOf(address, developerUI) }),
    ...(address.ip !== undefined && { ip: address.ip }),
  }
}

function publishedUrls({ spec: { developerUI } }: ExposedApi, old: ApiStatus): PublishedUrls {
  return {
    ...(old.url !== undefined && { url: old.url }),
    ...(developerUI !== undefined && old.developerUI !== undefined && { developerUI: old.developerUI }),
    ...(old.ip !== undefined && { ip: old.ip }),
  }
}

function addressless(): Finding {
  return {
    condition: 'AddressAssigned',
    status: 'False',
    reason: 'NotRouted',
    message: 'No address is published without a route.',
  }
}
