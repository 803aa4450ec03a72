/** The contract of a metrics adapter as a test suite. */
import { declarations } from '../common/declarations.ts'
import { objects } from '../common/objects.ts'
import { ownership } from '../common/ownership.ts'
import { purity } from '../common/purity.ts'
import { robustness } from '../common/robustness.ts'
import { type Subject, withSkips } from '../facts.ts'
import { report } from '../report.ts'
import { type Runner, register } from '../runner.ts'
import { annotations } from './annotations.ts'
import { MetricsBench } from './bench.ts'
import type { MetricsContract } from './contract.ts'
import { settling } from './settling.ts'
import { targets } from './targets.ts'

/** Registers the facts that every metrics adapter has to keep. */
export function metricsContract(contract: MetricsContract, runner: Runner): void {
  register(`metrics adapter ${contract.name} keeps the contract`, metricsFacts(contract), runner)
}

/** What `conformance/<name>-<version>.yaml` says of an adapter of this version. All facts are asked. */
export function metricsReport(contract: MetricsContract, version: string): string {
  return report({ type: 'metrics', name: contract.name, version, supports: contract.supports }, metricsFacts(contract))
}

/** The facts themselves. */
export function metricsFacts(contract: MetricsContract): readonly Subject[] {
  const bench = new MetricsBench(contract)
  const subjects = [
    // Modes are spelt as the reference spells them: ServiceMonitor.
    declarations(bench, /^[A-Za-z][-A-Za-z0-9]*$/, contract.reasons ?? {}),
    purity(bench),
    ownership(bench),
    objects(bench),
    robustness(bench),
    targets(bench),
    annotations(bench),
    settling(bench),
  ]
  return withSkips(subjects, contract.skip ?? {})
}
