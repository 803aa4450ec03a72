/** Maps the engine's measurements to prom-client: one registry per operator, not the global one. */
import { type Labels, METRICS, type MetricName, type Telemetry } from '@exposedapi/kube'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** client-go's buckets for durations, in seconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** A Telemetry whose measurements a Prometheus can scrape. */
export class PrometheusTelemetry implements Telemetry {
  readonly #registry = new Registry()
  readonly #counters = new Map<MetricName, Counter>()
  readonly #gauges = new Map<MetricName, Gauge>()
  readonly #histograms = new Map<MetricName, Histogram>()

  constructor() {
    // The default looks at the event loop every 10 ms, which alone costs half a percent of a core for ever.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 1000 })
    for (const [key, { type, help, labels }] of Object.entries(METRICS)) {
      const name = key as MetricName
      const options = { name, help, labelNames: [...labels], registers: [this.#registry] }
      if (type === 'counter') this.#counters.set(name, new Counter(options))
      else if (type === 'gauge') this.#gauges.set(name, new Gauge(options))
      else this.#histograms.set(name, new Histogram({ ...options, buckets: SECONDS }))
    }
  }

  count(name: MetricName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by)
  }

  gauge(name: MetricName, labels: Labels, value: number): void {
    this.#gauges.get(name)?.set(labels, value)
  }

  observe(name: MetricName, labels: Labels, seconds: number): void {
    this.#histograms.get(name)?.observe(labels, seconds)
  }

  /** Content type and text for a scrape. */
  async scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
