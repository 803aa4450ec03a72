/** What a route matches, and where it leads. */
import type { Row } from './row.ts'

/** Paths and developer UIs. */
export const PATHS: readonly Row[] = [
  ['path: exact and prefix', 'plain', 'components/catalog', 'prefix: /shop/tmf-api/productCatalogManagement/v4/'],
  ['path: root', 'paths', 'components/root', 'prefix: /\n'],
  ['path: empty is no catch-all', 'paths', 'components/empty', 'spec.path is empty'],
  ['path: trailing slash, published', 'paths', 'components/trailing', 'url: https://203.0.113.7/trailing/v1/'],
  ['path: trailing slash, not matched', 'paths', 'components/trailing', 'exact: /trailing/v1\n'],
  ['path: several trailing slashes', 'paths', 'components/slashes', 'prefix: /slashes/\n'],
  ['path: plain prefix on request', 'legacy-paths', 'components/shop', 'prefix: /shop\n'],
  ['developerUI: below the path', 'paths', 'components/user-interface', 'developerUI: https://203.0.113.7/ui/v1/docs/'],
  ['developerUI: elsewhere', 'paths', 'components/elsewhere', 'prefix: /docs/elsewhere/'],
]

/** The Service behind the route. */
export const DESTINATION: readonly Row[] = [
  ['destination: Service of the namespace', 'implementation', 'components/ready', 'host: ready\n'],
  ['destination: copy across namespaces', 'nested', 'components/shop', '.svc.cluster.local'],
  ['destination: Service missing', 'implementation', 'components/no-service', 'ServiceNotFound'],
  ['destination: port missing', 'implementation', 'components/wrong-port', 'PortNotFound'],
  ['destination: no ready endpoint', 'implementation', 'components/not-ready', 'NoReadyEndpoint'],
  ['destination: external', 'implementation', 'components/external', 'objects: []'],
  ['mcp: no retries', 'mcp', 'components/assistant', 'attempts: 0'],
  ['mcp: CORS exposes the session', 'mcp', 'components/assistant-web', 'Mcp-Session-Id'],
]
