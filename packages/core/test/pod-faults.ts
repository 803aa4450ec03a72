/** Faults of a metrics adapter, planted one by one, and the fact that is to notice. */
import type {
  AppliedAnnotations,
  ExposedApi,
  MetricsAdapter,
  MetricsObservation,
  RenderedMetrics,
  View,
} from '../src/index.ts'
import { PodMetrics } from './pod-metrics.ts'

/** A metrics adapter with one fault. */
export interface MetricsMutant {
  readonly fault: string
  /** Name of the fact that is meant to catch it. */
  readonly caughtBy: string
  readonly make: () => MetricsAdapter
}

function mutant(fault: string, caughtBy: string, Adapter: new () => MetricsAdapter): MetricsMutant {
  return { fault, caughtBy, make: () => new Adapter() }
}

/** Words that are not read. */
function ignoring(word: 'path' | 'port' | 'basicAuth', value: object): new () => MetricsAdapter {
  return class extends PodMetrics {
    override render({ spec: { [word]: _, ...spec }, ...api }: ExposedApi, view: View): RenderedMetrics {
      return super.render({ ...api, spec: { ...spec, ...value } } as ExposedApi, view)
    }
  }
}

/** All of them. */
export const METRICS_FAULTS: readonly MetricsMutant[] = [
  mutant(
    'the path is ignored',
    'spec.path makes a difference in what is made known, or in what is found',
    ignoring('path', { path: '/metrics' }),
  ),
  mutant(
    'the port is ignored',
    'spec.port makes a difference in what is made known, or in what is found',
    ignoring('port', { port: 8080 }),
  ),
  mutant(
    'credentials are ignored',
    'spec.basicAuth, some or none makes a difference in what is made known, or in what is found',
    ignoring('basicAuth', {}),
  ),
  mutant(
    'two APIs share a monitor',
    'shares no object between two APIs',
    class extends PodMetrics {
      override render(api: ExposedApi, view: View): RenderedMetrics {
        const { objects, annotations } = super.render(api, view)
        return {
          annotations,
          objects: objects.map(({ object }) => ({
            object: { ...object, metadata: { ...object.metadata, name: 'all' } },
          })),
        }
      }
    },
  ),
  mutant(
    'an annotation is no text',
    'annotates only objects that exist, of kinds that it declares with use "annotate", with text',
    class extends PodMetrics {
      override render(api: ExposedApi, view: View): RenderedMetrics {
        const { objects, annotations } = super.render(api, view)
        const numbers = { 'acme.example/port': api.spec.port } as unknown as Record<string, string>
        return { objects, annotations: annotations.map((entry) => ({ ...entry, annotations: numbers })) }
      }
    },
  ),
  mutant(
    'what any API has annotated counts as of this one',
    'holds annotations, and knows from the cluster which',
    class extends PodMetrics {
      override applied(_uid: string, view: View): readonly AppliedAnnotations[] {
        return super.applied('uid-components-catalog', view)
      }
    },
  ),
  mutant(
    'the sweep at start finds nothing',
    'can be told to give everything back',
    class extends PodMetrics {
      override readonly annotated = { ...new PodMetrics().annotated, values: () => [] }
    },
  ),
  mutant(
    'a missing Service is passed over',
    'finds something while the Service is missing',
    class extends PodMetrics {
      override observe(api: ExposedApi, view: View): MetricsObservation {
        const { findings } = super.observe(api, view)
        return { findings: findings.filter(({ reason }) => reason !== 'ServiceNotFound') }
      }
    },
  ),
  mutant(
    'a missing definition is passed over',
    'renders nothing and finds CrdMissing while its kinds are not served',
    class extends PodMetrics {
      override observe(api: ExposedApi, view: View): MetricsObservation {
        const { findings } = super.observe(api, view)
        return { findings: findings.filter(({ reason }) => reason !== 'CrdMissing') }
      }
    },
  ),
  mutant(
    'findings are about the route',
    'finds facts on MetricsConfigured only, with reasons of core or of its own, and in words',
    class extends PodMetrics {
      override observe(api: ExposedApi, view: View): MetricsObservation {
        const { findings } = super.observe(api, view)
        return { findings: findings.map((finding) => ({ ...finding, condition: 'RouteProgrammed' })) }
      }
    },
  ),
]
