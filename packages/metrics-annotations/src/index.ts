/** Annotations on the Pods behind metrics APIs, for scrapers that discover Pods by annotation. */
import { type AdapterDescriptor, CONTRACT, type MetricsAdapter } from '@exposedapi/core'
import { AnnotationMetrics } from './adapter.ts'
import { dataDog } from './datadog.ts'
import { DataDogOptions, PrometheusOptions } from './options.ts'
import { prometheus } from './prometheus.ts'

/** `prometheus.io/scrape`, `port`, `path` and `scheme`: for scrape jobs that follow the convention. */
export const prometheusAnnotation: AdapterDescriptor<PrometheusOptions, MetricsAdapter> = {
  contract: CONTRACT,
  name: 'PrometheusAnnotation',
  options: PrometheusOptions,
  create: (options) => new AnnotationMetrics('PrometheusAnnotation', prometheus(options)),
}

/** `ad.datadoghq.com/<container>.checks`: for the autodiscovery of the Datadog Agent, 7.36 or later. */
export const dataDogAnnotation: AdapterDescriptor<DataDogOptions, MetricsAdapter> = {
  contract: CONTRACT,
  name: 'DataDogAnnotation',
  options: DataDogOptions,
  create: (options) => new AnnotationMetrics('DataDogAnnotation', dataDog(options)),
}

export { DataDogOptions, PrometheusOptions } from './options.ts'
