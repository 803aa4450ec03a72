import { type MetricsContract, metricsContract } from '@exposedapi/core/conformance'
import { adapterOf } from '@exposedapi/core/testing'
import { describe, it } from 'vitest'
import { aPod, PROXY } from '../test/render.ts'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'
import { POD } from './pod.ts'

const NO_CREDENTIALS = 'annotations hold no credentials, and the adapter does not say so yet'
const common: Pick<MetricsContract, 'world' | 'supports' | 'skip'> = {
  world: (view) => {
    view.add(POD, aPod(), aPod({ name: 'catalog-1', init: [PROXY] }), aPod({ name: 'other', labels: {} }))
  },
  supports: { objects: false, annotations: true },
  skip: {
    'spec.basicAuth, some or none makes a difference in what is made known, or in what is found': NO_CREDENTIALS,
    'spec.basicAuth makes a difference in what is made known, or in what is found': NO_CREDENTIALS,
  },
}
const { reasons = {} } = prometheusAnnotation
const runner = { describe, it }

metricsContract(
  { ...common, name: 'PrometheusAnnotation', make: () => adapterOf(prometheusAnnotation), reasons },
  runner,
)
metricsContract({ ...common, name: 'DataDogAnnotation', make: () => adapterOf(dataDogAnnotation) }, runner)
