/**
 * The words that policies are written in.
 *
 * The vocabulary is Apigee's (spike arrest `6pm`, `request.header.x`), so doubtful values are read as Apigee reads them.
 */
import { Nonsense } from './policy.ts'
import { shown } from './type-problem.ts'

/** Where something is found in a request. Without a name the gateway's default name is meant. */
export interface RequestPart {
  readonly in: 'header' | 'query' | 'cookie'
  readonly name?: string
}

/** What requests are counted by. */
export type Identifier =
  | { readonly by: 'ip' }
  | { readonly by: 'api' }
  | { readonly by: 'part'; readonly part: RequestPart }

/** A token of RFC 9110, as header names are, of a length that gateways accept. */
export const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/

/** The entries of a list. A blank list is like an absent one: shipped charts write empty strings for "not set". */
export function csv(text: string | undefined, absent: string): readonly string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim())
  const named = entries.filter((entry) => entry !== '')
  return named.length > 0 ? [...new Set(named)] : csv(absent, absent)
}

/** A number of requests, at least 1. */
export function count(text: string | undefined, field: string): number {
  const value = /^[0-9]{1,9}$/.test(text?.trim() ?? '') ? Number(text) : 0
  if (value > 0) return value
  const given = text?.trim() ? `${quoted(text)} is not a number of requests` : 'is required'
  throw new Nonsense(`${field} ${given}: write a whole number from 1, such as "6"`)
}

/** What to count requests by; nothing given: all requests of the API together. */
export function identifier(text: string | undefined, field: string): Identifier {
  const value = text?.trim() ?? ''
  if (value === '') return { by: 'api' }
  if (/^(ip|client\.ip)$/i.test(value)) return { by: 'ip' }
  const part = requestPart(value)
  if (part?.name !== undefined) return { by: 'part', part }
  throw new Nonsense(`${field} ${quoted(text)} is not understood: write "IP", "header:NAME" or "request.header.NAME"`)
}

/** `header`, `header:x-key`, `request.header.x-key`, `request.queryparam.key` and their like. */
export function requestPart(text: string): RequestPart | undefined {
  const match = /^(?:request\.)?(header|query|queryparam|cookie)(?:[:.](.+))?$/.exec(text)
  if (!match) return undefined
  const place = match[1] === 'queryparam' ? 'query' : (match[1] as RequestPart['in'])
  const name = match[2]
  if (name === undefined) return { in: place }
  return HEADER_NAME.test(name) ? { in: place, name } : undefined
}

/** A value in a message. */
export function quoted(text: string | undefined): string {
  return shown(text ?? '')
}
