/** What is said about a route. */
import type { Row } from './row.ts'

/** Each reason that this adapter gives. */
export const REASONS: readonly Row[] = [
  ['PathConflict', 'equal-paths', 'components/second', 'False PathConflict'],
  ['NotOwned', 'not-owned', 'components/shop', 'False NotOwned'],
  ['CrdMissing', 'crd-missing', 'components/shop', 'False CrdMissing'],
  ['NotAllowedByGateway', 'not-admitted', 'components/shop', 'False NotAllowedByGateway'],
  ['RouteConflict', 'foreign', 'components/shop', 'True RouteConflict'],
  ['exportTo: hides the route', 'export-to', 'components/hidden', 'namespace istio-ingress does not see the route'],
  ['exportTo: none', 'export-to', 'components/nobody', 'does not see the route'],
  ['exportTo: seen', 'export-to', 'components/seen', 'host: seen'],
  ['exportTo: all', 'export-to', 'components/all', 'host: all'],
  ['exportTo: gateway unknown', 'export-to-unknown', 'components/hidden', 'a gateway in another namespace'],
  ['analysis: error', 'analysis', 'components/error', 'False ReportedByGateway: istiod reports errors'],
  ['analysis: error, older shape', 'analysis', 'components/older-shape', 'IST0139 The webhook is invalid'],
  ['analysis: condition', 'analysis', 'components/condition', 'Errors found'],
  ['analysis: of another generation', 'analysis', 'components/outdated', 'host: outdated'],
  ['analysis: without generation', 'analysis', 'components/unversioned', 'host: unversioned'],
  ['analysis: warning', 'analysis', 'components/warning', 'host: warning'],
  ['analysis: progress', 'analysis', 'components/distribution', 'host: distribution'],
  ['analysis: odd', 'analysis', 'components/odd', 'host: odd'],
  ['GatewayNotFound', 'gateway-missing', 'components/shop', 'False GatewayNotFound'],
  ['GatewayNotFound, host configured', 'gateway-missing-public-host', 'components/shop', 'False GatewayNotFound'],
  ['NoUsableServer', 'servers', 'redirect/redirect', 'False NoUsableServer'],
  ['HostnameRequired', 'server-hosts', 'wildcard/wildcard', 'False HostnameRequired'],
  ['AddressPending', 'load-balancers', 'pending/pending', 'Unknown AddressPending'],
  ['AmbiguousAddress', 'load-balancers', 'two-ips/two-ips', 'True AmbiguousAddress'],
]

/** Conflicts with VirtualServices of others. */
export const FOREIGN: readonly Row[] = [
  [
    'foreign: conditional match',
    'foreign-odd',
    'components/shop',
    'take requests from it: canvas/hides-by-header-match',
  ],
  ['foreign: regex, literal beginning', 'foreign-matches', 'components/regex', 'legacy/older-regex (possibly'],
  ['foreign: regex, literal', 'foreign-matches', 'components/regex', 'legacy/older-regex-literal.'],
  ['foreign: regex below', 'foreign-matches', 'components/regex', 'legacy/younger-regex-below (possibly'],
  ['foreign: regex unknown', 'foreign-regex-unknown', 'components/shop', 'legacy/older-alternatives (possibly'],
  ['foreign: exact', 'foreign-matches', 'components/exact', 'legacy/older-any-case, legacy/older-exact.'],
  ['foreign: exact below', 'foreign-matches', 'components/exact', 'requests to it: legacy/younger-exact-below.'],
  [
    'foreign: later match, later rule',
    'foreign-matches',
    'components/later',
    'older-second-match, legacy/older-second-rule.',
  ],
  ['foreign: at /', 'foreign-root', 'components/root', 'lose requests to it: legacy/younger-catch-all.'],
  [
    'foreign: older Gateway, same pods',
    'foreign-gateways',
    'components/shop',
    'take requests from it: team/only-for-same (through Gateway team/same), team/same (through Gateway team/same), team/youngest-on-older',
  ],
  [
    'foreign: exported',
    'foreign-exports',
    'components/shop',
    'take requests from it: legacy/to-all, legacy/to-gateway.',
  ],
  ['foreign: exported, host', 'foreign-exports', 'components/shop', 'answered 404: legacy/to-gateway-narrower.'],
  [
    'foreign: exported, gateway unknown',
    'foreign-exports-unknown',
    'components/shop',
    'take requests from it: legacy/to-another, legacy/to-own.',
  ],
  [
    'foreign: younger Gateway, same pods',
    'foreign-gateways',
    'components/shop',
    'lose requests to it: team/oldest-on-younger (through Gateway team/younger).',
  ],
  ['foreign: delegate', 'foreign-delegates', 'components/shop', 'legacy/root-any (delegate team/any)'],
  [
    'foreign: delegate elsewhere',
    'foreign-delegates',
    'components/shop',
    ', legacy/root-catch-all (delegate team/exact).',
  ],
  [
    'foreign: host of the server',
    'foreign-server-hosts',
    'components/shop',
    'take requests from it: legacy/same-host.',
  ],
  ['foreign: second host', 'foreign-server-hosts', 'components/shop', 'legacy/second-host'],
]
