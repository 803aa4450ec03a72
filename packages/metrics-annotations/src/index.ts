/** Annotations on the Pods behind metrics APIs, for scrapers that discover Pods by annotation. */
import { type AdapterDescriptor, CONTRACT, type OptionsSchema } from '@exposedapi/core'
import * as z from 'zod'
import { AnnotationMetrics } from './adapter.ts'
import { dataDog } from './datadog.ts'
import { DataDogOptions, PrometheusOptions } from './options.ts'
import { PROMETHEUS_REASONS, prometheus } from './prometheus.ts'

/** `prometheus.io/scrape`, `port`, `path` and `scheme`: for scrape jobs that follow the convention. */
export const prometheusAnnotation: AdapterDescriptor<PrometheusOptions, 'metrics'> = {
  contract: CONTRACT,
  type: 'metrics',
  name: 'PrometheusAnnotation',
  reasons: PROMETHEUS_REASONS,
  options: PrometheusOptions,
  jsonSchema: z.toJSONSchema(PrometheusOptions, { io: 'input' }) as OptionsSchema,
  variables: { scheme: 'PROMETHEUSANNOTATION_SCHEME' },
  create: (options) => new AnnotationMetrics('PrometheusAnnotation', prometheus(options)),
}

/** `ad.datadoghq.com/<container>.checks`: for the autodiscovery of the Datadog Agent, 7.36 or later. */
export const dataDogAnnotation: AdapterDescriptor<DataDogOptions, 'metrics'> = {
  contract: CONTRACT,
  type: 'metrics',
  name: 'DataDogAnnotation',
  options: DataDogOptions,
  jsonSchema: z.toJSONSchema(DataDogOptions, { io: 'input' }) as OptionsSchema,
  variables: { namespace: 'DATADOGANNOTATION_NAMESPACE' },
  create: (options) => new AnnotationMetrics('DataDogAnnotation', dataDog(options)),
}

export { DataDogOptions, PrometheusOptions } from './options.ts'
