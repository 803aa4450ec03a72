/** The suite on the test runner of Node: `node --test-reporter=tap` runs it. */
import { describe, it } from 'node:test'
import { gatewayContract } from '../src/conformance/index.ts'
import { register } from '../src/conformance/runner.ts'
import { NullGateway } from '../src/testing/index.ts'
import { THREE_FACTS } from './three-facts.ts'

gatewayContract({ name: 'null', make: () => new NullGateway(), supports: { policies: [] } }, { describe, it })
register('a runner with it.skip', THREE_FACTS, { describe, it })
register('a runner without', THREE_FACTS, { describe, it: (name, body) => void it(name, body) })
