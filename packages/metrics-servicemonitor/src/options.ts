/** What an administrator decides for all ServiceMonitors at once. */
import * as z from 'zod'

/** API groups that serve ServiceMonitors: prometheus-operator's, and that of Azure managed Prometheus. */
export const API_GROUPS = ['monitoring.coreos.com', 'azmonitoring.coreos.com'] as const

// The API server refuses what these refuse, for each API anew: better to end the start.
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
/** The pattern of `interval` in the CRD, less the empty string and 0. */
const DURATION = /^(?=.*[1-9])([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$/

/** Options of the adapter. All have defaults. */
export const ServiceMonitorOptions = z.strictObject({
  labels: z
    .record(z.string(), z.string().regex(LABEL_VALUE, 'write values of at most 63 letters, digits, "-", "_" and "."'))
    .refine((labels) => Object.keys(labels).every((key) => LABEL_KEY.test(key)), {
      error: 'write keys such as release or example.com/team',
    })
    .default({})
    .meta({
      description:
        'Labels that every ServiceMonitor gets besides those of its ExposedAPI, such as the `release` that a Prometheus selects',
    }),
  interval: z.string().regex(DURATION, 'write a duration such as 15s or 1m30s').default('15s').meta({
    description: 'Scrape interval. Prometheus reduces its scrape timeout to it',
  }),
  scheme: z.enum(['http', 'https']).default('http').meta({ description: 'Scheme of scrapes' }),
  apiGroup: z.enum(API_GROUPS).default('monitoring.coreos.com').meta({
    description:
      'API group of the ServiceMonitors: `azmonitoring.coreos.com` for Azure managed Prometheus, which reads no other',
  }),
})

/** Parsed {@link ServiceMonitorOptions}. */
export type ServiceMonitorOptions = z.output<typeof ServiceMonitorOptions>
