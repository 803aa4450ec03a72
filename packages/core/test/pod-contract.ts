/** What the suite is told about the adapter for Pods, and about each adapter that is made from it. */
import type { MetricsContract } from '../src/conformance/index.ts'
import type { MetricsAdapter } from '../src/index.ts'
import { POD, PodMetrics } from './pod-metrics.ts'

/** The contract of an adapter that renders Monitors and annotates Pods. */
export function podContract(make: () => MetricsAdapter = () => new PodMetrics()): MetricsContract {
  return {
    name: 'pods',
    make,
    world: (view) => {
      for (const name of ['pod-b', 'pod-a']) {
        const metadata = { name, namespace: 'components', uid: name, labels: { app: 'catalog' } }
        view.add(POD, { apiVersion: 'v1', kind: 'Pod', metadata })
      }
    },
    supports: { objects: true, annotations: true },
  }
}
