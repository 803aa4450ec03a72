/** ServiceMonitors for the metrics APIs of ExposedAPIs. */
import { type AdapterDescriptor, CONTRACT, type OptionsSchema } from '@exposedapi/core'
import * as z from 'zod'
import { ServiceMonitorMetrics } from './metrics.ts'
import { ServiceMonitorOptions } from './options.ts'

/** One ServiceMonitor per metrics API, named as the ExposedAPI: for prometheus-operator and all that read its objects. */
export const serviceMonitor: AdapterDescriptor<ServiceMonitorOptions, 'metrics'> = {
  contract: CONTRACT,
  type: 'metrics',
  name: 'ServiceMonitor',
  options: ServiceMonitorOptions,
  jsonSchema: z.toJSONSchema(ServiceMonitorOptions, { io: 'input' }) as OptionsSchema,
  variables: {
    labels: 'SERVICEMONITOR_LABELS',
    interval: 'SERVICEMONITOR_INTERVAL',
    scheme: 'SERVICEMONITOR_SCHEME',
    apiGroup: 'SERVICEMONITOR_APIGROUP',
  },
  create: (options) => new ServiceMonitorMetrics(options),
}

export { ServiceMonitorOptions } from './options.ts'
