/** What a route matches, and where it leads. */
import type { Row } from './row.ts'

/** Paths and developer UIs. */
export const PATHS: readonly Row[] = [
  ['path: exact and prefix', 'plain', 'components/catalog', 'prefix: /shop/tmf-api/productCatalogManagement/v4/'],
  ['path: root', 'paths', 'components/root', 'prefix: /\n'],
  ['path: empty is the root', 'paths', 'components/empty', 'prefix: /\n'],
  ['path: trailing slash, published', 'paths', 'components/trailing', 'url: https://203.0.113.7/trailing/v1/'],
  ['path: trailing slash, not matched', 'paths', 'components/trailing', 'exact: /trailing/v1\n'],
  ['path: several trailing slashes', 'paths', 'components/slashes', 'prefix: /slashes/\n'],
  ['path: plain prefix on request', 'legacy-paths', 'components/shop', 'prefix: /shop\n'],
  ['path: relative', 'invalid', 'components/relative', 'InvalidPath'],
  ['path: query', 'invalid', 'components/query', 'InvalidPath'],
  ['path: fragment', 'invalid', 'components/fragment', 'InvalidPath'],
  ['path: dots', 'invalid', 'components/dots', 'InvalidPath'],
  ['path: encoded dots', 'invalid', 'components/encoded-dots', 'InvalidPath'],
  ['path: blank', 'invalid', 'components/blank', 'InvalidPath'],
  ['path: control character', 'invalid', 'components/control', 'InvalidPath'],
  ['path: more than 1024 characters', 'invalid', 'components/long', 'InvalidPath'],
  ['path: 1024 characters', 'invalid', 'components/longest-allowed', 'VirtualService components/longest-allowed'],
  ['developerUI: below the path', 'paths', 'components/user-interface', 'developerUI: https://203.0.113.7/ui/v1/docs/'],
  ['developerUI: elsewhere', 'paths', 'components/elsewhere', 'prefix: /docs/elsewhere/'],
  ['developerUI: invalid', 'invalid', 'components/user-interface', 'spec.developerUI'],
]

/** The Service behind the route. */
export const DESTINATION: readonly Row[] = [
  ['destination: Service of the namespace', 'implementation', 'components/ready', 'host: ready\n'],
  ['destination: copy across namespaces', 'nested', 'components/shop', '.svc.cluster.local'],
  ['destination: Service missing', 'implementation', 'components/no-service', 'ServiceNotFound'],
  ['destination: port missing', 'implementation', 'components/wrong-port', 'PortNotFound'],
  ['destination: no ready endpoint', 'implementation', 'components/not-ready', 'NoReadyEndpoint'],
  ['destination: external', 'implementation', 'components/external', 'objects: []'],
  ['destination: invalid implementation', 'invalid', 'components/implementation', 'InvalidImplementation'],
  ['destination: invalid port', 'invalid', 'components/port', 'InvalidPort'],
  ['mcp: no retries', 'mcp', 'components/assistant', 'attempts: 0'],
  ['mcp: CORS exposes the session', 'mcp', 'components/assistant-web', 'Mcp-Session-Id'],
]
