import { adapterOf, type MemoryView, metricsContract } from '@exposedapi/core/testing'
import { aPod, PROXY } from '../test/render.ts'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'
import { POD } from './pod.ts'

const world = (view: MemoryView) => {
  view.add(POD, aPod(), aPod({ name: 'catalog-1', init: [PROXY] }), aPod({ name: 'other', labels: {} }))
}
const supports = { objects: false, annotations: true }

metricsContract({
  name: 'PrometheusAnnotation',
  make: () => adapterOf(prometheusAnnotation),
  world,
  supports,
})
metricsContract({
  name: 'DataDogAnnotation',
  make: () => adapterOf(dataDogAnnotation),
  world,
  supports,
})
