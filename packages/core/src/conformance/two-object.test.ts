/** The whole suite on a complete adapter of two kinds of objects, in both ways to find the longest path. */
import { describe, it } from 'vitest'
import { twoObjectContract } from '../../test/two-object/contract.ts'
import { TwoObjectGateway } from '../../test/two-object/gateway.ts'
import { gatewayContract } from './index.ts'

describe.each(['written-order', 'longest-path'] as const)('by %s', (precedence) => {
  gatewayContract(
    twoObjectContract(() => new TwoObjectGateway(precedence)),
    { describe, it },
  )
})
