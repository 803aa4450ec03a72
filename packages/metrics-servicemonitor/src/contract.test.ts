import { metricsContract } from '@exposedapi/core/conformance'
import { adapterOf } from '@exposedapi/core/testing'
import { describe, it } from 'vitest'
import { serviceMonitor } from './index.ts'

const make = (options: object) => () => adapterOf(serviceMonitor, options)
const supports = { objects: true, annotations: false }
const runner = { describe, it }

metricsContract({ name: 'ServiceMonitor', make: make({}), supports }, runner)
metricsContract(
  { name: 'ServiceMonitor for Azure', make: make({ apiGroup: 'azmonitoring.coreos.com' }), supports },
  runner,
)
