/** Host names: reading them, and which of two covers the other. */

/** A host, and the port that was written behind it. IPv6 without brackets. */
export interface HostPort {
  readonly host: string
  readonly port?: number
}

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'
const DNS_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`)
const IPV4 = /^([0-9]{1,3}\.){3}[0-9]{1,3}$/
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*$/

/** Is this an IPv4 or IPv6 address? */
export function isIp(host: string): boolean {
  return IPV4.test(host) || IPV6.test(host)
}

/** Is this an IPv6 address? */
export function isIpv6(host: string): boolean {
  return IPV6.test(host)
}

/** Reads `host`, `host:port`, `::1` and `[::1]:port`; undefined if it is none of them. */
export function hostPort(text: string): HostPort | undefined {
  const value = text.trim().toLowerCase()
  if (IPV6.test(value)) return { host: value }
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::([0-9]{1,5}))?$/.exec(value) ?? []
  const host = bracketed ?? canonicalHost(plain ?? '')
  const port = digits === undefined ? undefined : Number(digits)
  if (bracketed === undefined ? !DNS_NAME.test(host) : !IPV6.test(host)) return undefined
  if (port !== undefined && (port < 1 || port > 65535)) return undefined
  return { host, ...(port !== undefined && { port }) }
}

/** The one spelling of a host name: small letters, no dot at the end. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

/** Does the pattern cover the host (or narrower pattern)? `*` covers all, `*.x` what ends in `.x`, however many labels. */
export function covers(pattern: string, host: string): boolean {
  return pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}

/** The narrower of two host patterns if one covers the other: under these hosts both are met. */
export function intersection(a: string, b: string): string | undefined {
  return covers(a, b) ? b : covers(b, a) ? a : undefined
}

/** A pattern such as `*.example.com`: nothing that a URL can name. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}
