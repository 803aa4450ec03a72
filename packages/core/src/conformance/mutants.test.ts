/** How good the suites are: faults planted in complete adapters, one by one, and which fact catches each. */
import { afterAll, describe, expect, it } from 'vitest'
import { podContract } from '../../test/pod-contract.ts'
import { METRICS_FAULTS } from '../../test/pod-faults.ts'
import { twoObjectContract } from '../../test/two-object/contract.ts'
import type { Mutant } from '../../test/two-object/mutant.ts'
import { OWN_FAULTS } from '../../test/two-object/own-faults.ts'
import { PLANTED_FAULTS } from '../../test/two-object/planted-faults.ts'
import { gatewayContract, gatewayFacts, metricsContract, type Runner } from './index.ts'

/** So many faults of a table may escape. None does. */
const MAY_ESCAPE = 3

interface Row {
  readonly fault: string
  /** Name of the fact that is meant to catch it. */
  readonly caughtBy: string
  /** Runs the suite on the adapter with the fault. */
  readonly run: (runner: Runner) => void
}

/** A runner that runs at once, and remembers what fails. */
function failuresOf(run: Row['run']): readonly string[] {
  const failed: string[] = []
  const it = (name: string, body: () => void) => {
    try {
      body()
    } catch {
      failed.push(name)
    }
  }
  run({ describe: (_, body) => body(), it: Object.assign(it, { skip: () => {} }) })
  return failed
}

function ofGateway({ fault, caughtBy, make, claims = [] }: Mutant): Row {
  const contract = twoObjectContract(make, { samples: 40 })
  const supports = { policies: [...contract.supports.policies, ...claims] }
  return { fault, caughtBy, run: (runner) => gatewayContract({ ...contract, supports }, runner) }
}

const TABLES: readonly { readonly which: string; readonly rows: readonly Row[] }[] = [
  { which: 'a gateway, planted', rows: PLANTED_FAULTS.map(ofGateway) },
  { which: 'a gateway, more', rows: OWN_FAULTS.map(ofGateway) },
  {
    which: 'metrics',
    rows: METRICS_FAULTS.map(({ make, ...row }) => ({
      ...row,
      run: (runner) => metricsContract(podContract(make), runner),
    })),
  },
]

const outcomes: { readonly which: string; readonly row: Row; readonly failed: readonly string[] }[] = []

// Each row runs a whole suite.
describe.each(TABLES)('faults of $which', { timeout: 60_000 }, ({ which, rows }) => {
  it.each(rows)('$fault: $caughtBy', (row) => {
    const failed = failuresOf(row.run)
    outcomes.push({ which, row, failed })
    expect(failed).toContain(row.caughtBy)
  })

  it(`escape ${MAY_ESCAPE} times at most`, () => {
    const here = outcomes.filter((outcome) => outcome.which === which)
    expect(here).toHaveLength(rows.length)
    expect(here.filter(({ failed }) => failed.length === 0).length).toBeLessThanOrEqual(MAY_ESCAPE)
  })
})

it('no fact fails where no fault is planted', () => {
  expect(failuresOf((runner) => gatewayContract(twoObjectContract(undefined, { samples: 40 }), runner))).toEqual([])
  expect(failuresOf((runner) => metricsContract(podContract(), runner))).toEqual([])
})

it('names each fact once', () => {
  const names = gatewayFacts(twoObjectContract()).flatMap(({ facts }) => facts.map(({ name }) => name))
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

afterAll(() => {
  const width = Math.max(...outcomes.map(({ row }) => row.fault.length))
  const lines = outcomes.map(({ row: { fault, caughtBy }, failed }) => {
    return `${fault.padEnd(width)}  ${failed.includes(caughtBy) ? 'yes' : ' no'}  ${String(failed.length).padStart(3)}  ${caughtBy}`
  })
  console.info(['', `${'fault'.padEnd(width)}  met  all  the fact that is meant`, ...lines, ''].join('\n'))
})
