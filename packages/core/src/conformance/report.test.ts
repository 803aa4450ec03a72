import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { twoObjectContract } from '../../test/two-object/contract.ts'
import { NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import { gatewayContract, gatewayReport, metricsReport } from './index.ts'

interface Feature {
  readonly passed?: string
  readonly failed?: string
  readonly skipped?: string
  readonly because?: string
}

interface Report extends Readonly<Record<string, unknown>> {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly features: Readonly<Record<string, readonly Feature[]>>
}

const nullContract = { name: 'null', make: () => new NullGateway(), supports: { policies: [] } }

describe('a report', () => {
  it('says of whom it is, and lists each fact by subject, those that are skipped with the reason', () => {
    const report = parse(gatewayReport(nullContract, '1.2.3')) as Report
    expect(report).toMatchObject({ contract: 2, type: 'gateway', name: 'null', version: '1.2.3', failed: 0 })
    const all = Object.values(report.features).flat()
    expect(all).toHaveLength(report.passed + report.skipped)
    expect(report.features.serving?.[0]).toEqual({
      skipped: 'serves each request from the longest path, whole segments and nothing stripped',
      because: 'null has no `serves`',
    })
    expect(report.features.purity?.[0]).toEqual({ passed: 'gives the same answer twice, from two instances' })
  })

  it('says which facts do not hold, and why', () => {
    const make = () => Object.assign(new NullGateway(), { name: 'No Name' })
    const report = parse(gatewayReport({ ...nullContract, make }, '1')) as Report
    expect(report.failed).toBe(1)
    expect(report.features.declarations).toContainEqual({
      failed: 'has a name',
      because: 'No Name does not match /^[a-z][-a-z0-9]*$/',
    })
  })

  it('is there for metrics adapters, too', () => {
    const supports = { objects: false, annotations: false }
    const contract = { name: 'null', make: () => new NullMetrics(), supports }
    expect(parse(metricsReport(contract, '1'))).toMatchObject({ type: 'metrics', failed: 0, supports })
  })
})

describe('facts to skip', () => {
  const skipped = (name: string) => twoObjectContract(undefined, { samples: 1, skip: { [name]: 'of a fault' } })

  it('are reported with the reason that the contract gives', () => {
    const report = parse(gatewayReport(skipped('has a name'), '1')) as Report
    expect(report.features.declarations).toContainEqual({ skipped: 'has a name', because: 'of a fault' })
  })

  it('have names that there are', () => {
    const runner = { describe: () => {}, it: () => {} }
    expect(() => gatewayContract(skipped('has a nose'), runner)).toThrow(
      'no facts of these names can be skipped: has a nose',
    )
  })
})
