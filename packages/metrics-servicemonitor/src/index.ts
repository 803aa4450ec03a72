/** ServiceMonitors for the metrics APIs of ExposedAPIs. */
import { type AdapterDescriptor, CONTRACT, type MetricsAdapter } from '@exposedapi/core'
import { ServiceMonitorMetrics } from './metrics.ts'
import { ServiceMonitorOptions } from './options.ts'

/** One ServiceMonitor per metrics API, named as the ExposedAPI: for prometheus-operator and all that read its objects. */
export const serviceMonitor: AdapterDescriptor<ServiceMonitorOptions, MetricsAdapter> = {
  contract: CONTRACT,
  name: 'ServiceMonitor',
  options: ServiceMonitorOptions,
  create: (options) => new ServiceMonitorMetrics(options),
}

export { ServiceMonitorOptions } from './options.ts'
