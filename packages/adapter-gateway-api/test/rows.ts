/**
 * What the golden pairs show: each row of the rules that this adapter follows, and the case and API where it can be seen. `shows` is a
 * text that the output of that API must hold, so that a case cannot quietly lose what it is there for.
 */
export type Row = readonly [rule: string, golden: string, api: string, shows: string]

const PATHS: readonly Row[] = [
  ['path: prefix by segments', 'plain', 'components/catalog', 'value: /shop/tmf-api/productCatalogManagement/v4\n'],
  ['path: trailing slash, published', 'plain', 'components/inventory', 'url: https://203.0.113.7/shop/inventory/v2/'],
  ['path: trailing slash, not matched', 'plain', 'components/inventory', 'value: /shop/inventory/v2\n'],
  ['path: root', 'plain', 'components/root', 'value: /\n'],
  ['path: nested ones need nothing', 'nested', 'components/shop', 'value: /shop\n'],
  ['path: not ASCII', 'paths', 'components/accents', 'value: /caf%C3%A9/v1'],
  ['path: ASCII that the CRD refuses', 'paths', 'components/brackets', 'PathNotRouted'],
  ['path: encoded already', 'paths', 'components/encoded', 'value: /caf%C3%A9\n'],
  ['path: empty segment', 'paths', 'components/empty-segment', 'False PathNotRouted'],
  ['path: encoded slash', 'paths', 'components/encoded-slash', 'objects: []'],
  ['developerUI: elsewhere', 'plain', 'components/inventory', 'value: /docs/inventory'],
  ['developerUI: that cannot be written', 'paths', 'components/interface', 'True PathNotRouted: Path /docs//interface'],
]

const HOSTS: readonly Row[] = [
  ['host: public', 'public-host', 'components/stock', '- api.example.com'],
  ['host: public and own', 'public-host', 'components/shop', '- shop.example.com'],
  ['host: public, port', 'public-host', 'components/stock', 'url: https://api.example.com:8443/stock'],
  ['host: an IP address is none', 'public-ip', 'components/shop', 'url: https://198.51.100.9/shop'],
  ['host: own alone changes the URL', 'public-scheme', 'components/shop', 'url: https://shop.example.com/shop'],
  ['override: port', 'public-port', 'components/shop', 'url: http://203.0.113.7:8080/shop'],
]

const LISTENERS: readonly Row[] = [
  ['listener: http', 'listeners', 'http/http', 'url: http://203.0.113.7/http'],
  ['listener: https before http', 'listeners', 'https/https', 'url: https://203.0.113.7/https'],
  ['listener: other port', 'listeners', 'other-port/other-port', 'url: https://203.0.113.7:8443/'],
  ['listener: default port first', 'listeners', 'default-port-first/default-port-first', 'url: https://203.0.113.7/'],
  ['listener: passes TLS through', 'listeners', 'passthrough/passthrough', 'False NoUsableServer'],
  ['listener: broken', 'listeners', 'no-certificate/no-certificate', 'url: http://203.0.113.7/'],
  [
    'listener: broken, the only one',
    'listeners',
    'no-certificate-only/no-certificate-only',
    'InvalidCertificateRef: secret',
  ],
  ['listener: one host', 'listeners', 'one-host/one-host', 'url: http://api.example.com/'],
  ['listener: wildcard', 'listeners', 'wildcard/wildcard', 'False HostnameRequired'],
  ['listener: wildcard and own host', 'listeners', 'wildcard-named/wildcard-named', 'url: http://shop.eu.example.com/'],
  ['listener: other host', 'listeners', 'host-not-admitted/host-not-admitted', 'True NotAllowedByGateway'],
  ['listener: other kinds', 'listeners', 'grpc-only/grpc-only', 'False NoUsableServer'],
  [
    'listener: HTTPRoutes among its kinds',
    'listeners',
    'http-routes-named/http-routes-named',
    'url: http://203.0.113.7/',
  ],
  ['listener: selected namespace', 'listeners', 'selected/selected', 'url: https://203.0.113.7/'],
  ['listener: namespace not selected', 'listeners', 'not-selected/not-selected', 'url: http://203.0.113.7/'],
  ['listener: namespace unknown', 'listeners', 'labels-unknown/labels-unknown', 'url: https://203.0.113.7/'],
  ['listener: named', 'section-name', 'components/shop', 'sectionName: http'],
  ['listener: named, others not looked at', 'section-name', 'components/shop', 'url: http://203.0.113.7/shop'],
  ['listener: named, missing', 'section-name-missing', 'components/shop', 'has no listener internal'],
  ['listener: other namespaces', 'not-admitted', 'components/shop', 'NotAllowedByListeners: hostnames matched'],
  ['listener: other namespaces, unanswered', 'not-admitted-unanswered', 'components/shop', 'Unknown RoutePending'],
]

const ADDRESSES: readonly Row[] = [
  ['address: IPv4', 'addresses', 'ip/ip', 'ip: 198.51.100.1'],
  ['address: type by default', 'addresses', 'type-by-default/type-by-default', 'ip: 198.51.100.2'],
  ['address: host name', 'addresses', 'host-name/host-name', 'url: http://lb.example.net/host-name'],
  ['address: IPv6', 'addresses', 'ipv6/ipv6', 'url: http://[2001:db8::7]/ipv6'],
  ['address: IPv4 before the others', 'addresses', 'both/both', 'ip: 198.51.100.3'],
  ['address: several', 'addresses', 'two/two', 'True AmbiguousAddress'],
  ['address: the published one stays', 'addresses', 'published/published', 'ip: 198.51.100.4'],
  ['address: of another type', 'addresses', 'foreign-type/foreign-type', 'its types: example.com/pool, NamedAddress'],
  ['address: none', 'addresses', 'none/none', 'Unknown AddressPending'],
  [
    'address: none, in the words of the controller',
    'addresses',
    'not-assigned/not-assigned',
    'address pending for hostname',
  ],
  ['address: none, and a name', 'addresses', 'not-assigned-named/not-assigned-named', 'url: http://shop.example.com/'],
  [
    'Gateway: not programmed',
    'addresses',
    'not-usable/not-usable',
    'False ReportedByGateway: Gateway not-usable/gw is not',
  ],
  ['Gateway: not accepted', 'addresses', 'not-accepted/not-accepted', 'is not accepted: InvalidParameters'],
  ['Gateway: unanswered', 'addresses', 'silent/silent', 'Unknown RoutePending'],
  ['Gateway: missing', 'gateway-missing', 'components/shop', 'RouteProgrammed: "False GatewayNotFound'],
  ['Gateway: missing, policies wait', 'gateway-missing', 'components/web', 'Unknown Pending'],
  [
    'Gateway: missing, and a name',
    'gateway-missing-public-host',
    'components/shop',
    'url: https://api.example.com:8443/',
  ],
  ['Gateway: not served', 'gateways-not-served', 'components/shop', 'does not serve gateways.gateway.networking'],
  ['Gateway: of each namespace', 'gateway-per-namespace', 'wholesale/shop', 'url: https://198.51.100.1/shop'],
]

const CORS: readonly Row[] = [
  ['CORS: all fields', 'cors', 'components/all', 'allowCredentials: true'],
  ['CORS: origins in small letters', 'cors', 'components/all', '- https://*.b.example.com:8443'],
  ['CORS: defaults', 'cors', 'components/defaults', 'maxAge: 1800'],
  ['CORS: off', 'cors', 'components/off', 'name: off'],
  ['CORS: not cached', 'cors', 'components/uncached', 'maxAge: 1\n'],
  [
    'CORS: wildcards stand alone',
    'cors',
    'components/wildcards',
    'allowHeaders:\n                    - "*"\n                  maxAge',
  ],
  ['CORS: origins without words', 'cors', 'components/opaque', 'null, https://[2001:db8::1], app://a.'],
  ['CORS: no origin left', 'cors', 'components/opaque-only', 'state: Unsupported'],
  ['CORS: preflights to the backend', 'cors', 'components/backend-preflights', 'method: OPTIONS'],
  ['CORS: insecure', 'cors', 'components/insecure', 'InsecureCORS'],
  ['CORS: nonsense', 'cors', 'components/nonsense', 'reason: Invalid'],
  ['CORS: of the backend, stripped', 'cors', 'components/nonsense', '- access-control-allow-origin'],
  ['CORS: known controller', 'cors', 'components/all', 'istio.io/gateway-controller is known to have HTTPRouteCORS'],
  ['CORS: listed', 'cors-listed', 'components/shop', 'GatewayClass istio lists HTTPRouteCORS'],
  [
    'CORS: of the backend, not stripped',
    'cors-listed',
    'components/shop',
    'that the implementation sets itself may pass',
  ],
  ['CORS: not listed', 'cors-not-listed', 'components/shop', 'GatewayClass istio does not list HTTPRouteCORS'],
  ['CORS: unknown controller', 'cors-unknown', 'components/shop', 'nothing is known of example.com/gateway'],
  ['CORS: no class', 'cors-class-missing', 'components/shop', 'GatewayClass istio does not exist'],
  ['CORS: no such filter', 'cors-old-definition', 'components/shop', 'since v1.5'],
  ['CORS: definition unknown', 'cors-definition-unknown', 'components/shop', 'may not be read'],
  ['CORS: unanswered', 'cors-pending', 'components/shop', 'state: Pending'],
  ['CORS: refused with the route', 'cors-refused', 'components/shop', 'state: Refused'],
]

const POLICIES: readonly Row[] = [
  ['policy: a key closes the route', 'policies', 'components/key', 'False Denied'],
  ['policy: a closed route covers its paths', 'policies', 'components/key', 'value: /docs/key'],
  ['policy: a key, left open', 'policies-warn', 'components/key', 'backendRefs'],
  ['policy: none is ignored', 'policies', 'components/others', 'policy: template'],
  ['mcp: no timeouts', 'mcp', 'components/assistant', 'request: 0s\n              backendRequest: 0s'],
  ['mcp: CORS exposes the session', 'mcp', 'components/assistant-web', 'Mcp-Session-Id'],
  ['mcp: one timeout', 'mcp-backend-timeout', 'components/assistant', 'timeouts:\n              backendRequest: 0s'],
  ['mcp: one timeout, said so', 'mcp-backend-timeout', 'components/assistant', 'may cut streams'],
]

const SAID: readonly Row[] = [
  ['controller: backend missing', 'answers-reported', 'components/shop', 'BackendNotFound: backend(shop.components'],
  ['controller: rule dropped', 'answers-partial', 'components/shop', 'False ReportedByGateway: istio.io/gateway'],
  ['controller: rule dropped, policy with it', 'answers-partial', 'components/shop', 'state: Refused'],
  ['controller: silent', 'answers-none', 'components/shop', 'Unknown RoutePending: No controller has answered'],
  ['CrdMissing', 'crd-missing', 'components/shop', 'False CrdMissing'],
  ['NotOwned', 'not-owned', 'components/shop', 'False NotOwned'],
  ['PathConflict', 'equal-paths', 'components/second', 'False PathConflict'],
]

const FOREIGN: readonly Row[] = [
  ['foreign: older', 'foreign', 'components/shop', 'take requests: legacy/a-older, legacy/c-exact, legacy/d-method.'],
  ['foreign: younger', 'foreign', 'components/shop', 'lose requests to it: legacy/b-younger.'],
  [
    'foreign: header, query, expression',
    'foreign',
    'components/stock',
    'e-header, legacy/f-query, legacy/g-regex (perhaps',
  ],
  ['foreign: below, above, elsewhere, refused', 'foreign', 'components/quiet', 'True RouteConflict: Requests may be'],
  [
    'foreign: narrower host',
    'foreign',
    'components/plain',
    'under more specific hosts of other HTTPRoutes: legacy/l-narrow.',
  ],
  ['foreign: at /', 'foreign-root', 'components/root', 'take requests: legacy/older, legacy/regex (perhaps'],
  [
    'foreign: same listener',
    'foreign-listeners',
    'components/shop',
    'take requests: canvas/neighbour, legacy/same-listener.',
  ],
]

/** All rows. */
export const ROWS: readonly Row[] = [
  ...PATHS,
  ...HOSTS,
  ...LISTENERS,
  ...ADDRESSES,
  ...CORS,
  ...POLICIES,
  ...SAID,
  ...FOREIGN,
]
