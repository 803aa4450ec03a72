/** Defects of the reference operator. */
import type { Row } from './row.ts'

/** Each of them that concerns routing and URLs. */
export const DEFECTS: readonly Row[] = [
  ['D40: scheme and port', 'servers', 'target-port/target-port', 'url: https://203.0.113.7:9443/'],
  ['D41: hostname beside the public host', 'public-host', 'components/shop', '- shop.example.com'],
  ['D42: IPv6', 'ipv6', 'components/shop', 'url: https://[2001:db8::7]:8443/shop'],
  ['D43: several gateways', 'several-gateways', 'components/shop', 'ip: 198.51.100.1'],
  ['D44: conflicts with others', 'foreign', 'components/shop', 'legacy/older-prefix'],
  ['D44: equal paths on two Gateways', 'gateway-per-namespace', 'wholesale/shop', 'url: https://198.51.100.1/shop'],
  [
    'D44: equal paths on two Gateways of the same pods',
    'gateway-per-namespace-shared-pods',
    'wholesale/shop',
    'take requests from it: retail/shop (through Gateway retail/component-gateway).',
  ],
  [
    'D44: nested on an older Gateway of the same pods',
    'gateway-per-namespace-shared-pods',
    'wholesale/nested',
    'take requests from it: retail/shop (through Gateway retail/component-gateway).',
  ],
  ['D44: equal paths on one Gateway', 'gateway-per-namespace', 'wholesale/rival', 'PathConflict'],
  ['D44: nested on one Gateway', 'gateway-per-namespace', 'wholesale/shop', 'exact: /shop/v4'],
  ['D45: nested paths', 'nested', 'components/shop', 'exact: /shop/v4'],
  ['D46: foreign object of our name', 'not-owned', 'components/shop', 'objects: []'],
  ['D47: metrics APIs have a URL', 'other-policies', 'components/prometheus', 'url: https://203.0.113.7/'],
  ['D48: equal paths', 'equal-paths', 'components/third', 'url: https://203.0.113.7/shop'],
  ['D49: no policy is ignored', 'policies', 'components/others', 'policy: template'],
]
