/** What an administrator decides for all annotations at once. */
import * as z from 'zod'

/** Options of `PrometheusAnnotation`. All have defaults. */
export const PrometheusOptions = z.strictObject({
  scheme: z.enum(['http', 'https']).default('http').meta({
    description: 'Scheme of scrapes. Azure managed Prometheus ignores it and uses http',
  }),
})

/** Parsed {@link PrometheusOptions}. */
export type PrometheusOptions = z.output<typeof PrometheusOptions>

/** Options of `DataDogAnnotation`. All have defaults. */
export const DataDogOptions = z.strictObject({
  namespace: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_.]*$/,
      'write a prefix for metric names: a letter, followed by letters, digits, "_" and "."',
    )
    .default('components')
    .meta({ description: 'Prefix of the names of all metrics. Not a Kubernetes namespace' }),
})

/** Parsed {@link DataDogOptions}. */
export type DataDogOptions = z.output<typeof DataDogOptions>
