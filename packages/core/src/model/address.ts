/** Where an API is reachable from outside, and the public URLs that follow. */

/** Where the API is reachable from outside. */
export interface Address {
  readonly scheme: 'http' | 'https'
  /** Host name or IP address; IPv6 without brackets. */
  readonly host: string
  /** Absent for the scheme's default port. */
  readonly port?: number
  /** Published as `status.apiStatus.ip`: the load balancer's IP address, else its host name. */
  readonly ip?: string
}

const DEFAULT_PORT = { http: 80, https: 443 } as const

/** `scheme://host[:port]path`, the path as given, no trailing slash added or taken. IPv6 addresses get brackets. */
export function urlOf(address: Address, path: string): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  const port = address.port === undefined || address.port === DEFAULT_PORT[address.scheme] ? '' : `:${address.port}`
  return `${address.scheme}://${host}${port}${path}`
}
