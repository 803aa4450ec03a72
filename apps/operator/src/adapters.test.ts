import { expect, it } from 'vitest'
import { gatewayAdapter, metricsAdapters } from './adapters.ts'
import { configuration } from './environment.ts'

it.each([
  { name: 'no-such-package', because: 'it is not installed', message: /cannot be loaded .*write one of istio/ },
  { name: 'zod', because: 'it is no adapter', message: /exports no adapter descriptor; write one of istio/ },
])('GATEWAY=$name ends the start: $because', async ({ name, message }) => {
  await expect(gatewayAdapter(configuration({ GATEWAY: name }))).rejects.toThrow(message)
})

it('a bad option of the adapter ends the start, naming the variable', async () => {
  const config = configuration({ APIOPERATORISTIO_COMPONENTGATEWAY: 'a/b/c' })
  await expect(gatewayAdapter(config)).rejects.toThrow(/APIOPERATORISTIO_COMPONENTGATEWAY="a\/b\/c" is not allowed/)
})

it('knows the adapters of the modes that are not in use, to remove what they left', () => {
  const { metrics, former } = metricsAdapters(configuration({ OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation' }))
  expect(metrics.name).toBe('PrometheusAnnotation')
  expect(former.map(({ name }) => name).sort()).toEqual(['DataDogAnnotation', 'ServiceMonitor'])
})
