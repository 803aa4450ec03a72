/**
 * The contract of a gateway adapter as a test suite. The whole test file of an adapter may be one call of it:
 *
 *     gatewayContract({ name: 'acme', make: () => new AcmeGateway(), supports: { policies: ['cors'] } }, { describe, it })
 */
import { declarations } from '../common/declarations.ts'
import { objects } from '../common/objects.ts'
import { ownership } from '../common/ownership.ts'
import { purity } from '../common/purity.ts'
import { robustness } from '../common/robustness.ts'
import { type Subject, withSkips } from '../facts.ts'
import { report } from '../report.ts'
import { type Runner, register } from '../runner.ts'
import { answers } from './answers.ts'
import { GatewayBench } from './bench.ts'
import type { GatewayContract } from './contract.ts'
import { nesting } from './nesting.ts'
import { policies } from './policies.ts'
import { refusals } from './refusals.ts'
import { routes } from './routes.ts'
import { serving } from './serving.ts'
import { settling } from './settling.ts'
import { words } from './words.ts'

/** Registers the facts that every gateway adapter has to keep. */
export function gatewayContract(contract: GatewayContract, runner: Runner): void {
  register(`gateway adapter ${contract.name} keeps the contract`, gatewayFacts(contract), runner)
}

/** What `conformance/<name>-<version>.yaml` says of an adapter of this version. All facts are asked. */
export function gatewayReport(contract: GatewayContract, version: string): string {
  return report({ type: 'gateway', name: contract.name, version, supports: contract.supports }, gatewayFacts(contract))
}

/** The facts themselves. */
export function gatewayFacts(contract: GatewayContract): readonly Subject[] {
  const bench = new GatewayBench(contract)
  const subjects = [
    declarations(bench, /^[a-z][-a-z0-9]*$/, contract.reasons ?? {}),
    purity(bench),
    ownership(bench),
    objects(bench),
    robustness(bench),
    routes(bench),
    policies(bench),
    words(bench),
    nesting(bench),
    answers(bench),
    settling(bench),
    refusals(bench),
    serving(bench),
  ]
  return withSkips(subjects, contract.skip ?? {})
}
