import { adapterOf, metricsContract } from '@exposedapi/core/testing'
import { serviceMonitor } from './index.ts'

const make = (options: object) => () => adapterOf(serviceMonitor, options)
const supports = { objects: true, annotations: false }

metricsContract({ name: 'ServiceMonitor', make: make({}), supports })
metricsContract({ name: 'ServiceMonitor for Azure', make: make({ apiGroup: 'azmonitoring.coreos.com' }), supports })
