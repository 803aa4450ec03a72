/** What the suite is told about the two-object adapter, and about each adapter that is made from it. */
import type { GatewayContract } from '../../src/conformance/index.ts'
import { type GatewayAdapter, SERVICE } from '../../src/index.ts'
import { aService } from '../../src/testing/index.ts'
import { TwoObjectGateway } from './gateway.ts'
import { answers, serves } from './product.ts'

/** The contract of an adapter for the product of two kinds of objects. */
export function twoObjectContract(
  make: () => GatewayAdapter = () => new TwoObjectGateway(),
  more: Partial<GatewayContract> = {},
): GatewayContract {
  return {
    name: 'two-object',
    make,
    world: (view) => {
      const [namespace, name] = ['two-system', 'two']
      view.add(SERVICE, aService({ name, namespace, ingress: [{ ip: '203.0.113.7' }] }))
    },
    supports: { policies: ['cors', 'rateLimit', 'apiKeyVerification'] },
    answers,
    serves: serves(make().precedence),
    ...more,
  }
}
