/** Public URLs from an address and a path. */
import type { Address } from '../adapters/gateway.ts'

const DEFAULT_PORT = { http: 80, https: 443 } as const

/** `scheme://host[:port]path`, the path as written: no trailing slash is added or taken. IPv6 addresses get brackets. */
export function urlOf(address: Address, path: string): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  const port = address.port === undefined || address.port === DEFAULT_PORT[address.scheme] ? '' : `:${address.port}`
  return `${address.scheme}://${host}${port}${path}`
}
