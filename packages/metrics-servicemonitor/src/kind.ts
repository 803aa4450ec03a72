/** ServiceMonitor, in the two API groups that serve it. */
import { type Kind, type KubeObject, slimMeta } from '@exposedapi/core'
import type { API_GROUPS } from './options.ts'

/** A ServiceMonitor: metadata and all of the spec, since we own all of it. Its status, bindings of others, is dropped. */
export interface ServiceMonitor extends KubeObject {
  readonly spec?: unknown
}

/** The kind in each of {@link API_GROUPS}. */
export const MONITOR_KINDS: Readonly<Record<(typeof API_GROUPS)[number], Kind<ServiceMonitor>>> = {
  'monitoring.coreos.com': kindIn('monitoring.coreos.com'),
  'azmonitoring.coreos.com': kindIn('azmonitoring.coreos.com'),
}

/** Name of the custom resource definition. */
export function crdNameOf(group: string): string {
  return `servicemonitors.${group}`
}

function kindIn(group: string): Kind<ServiceMonitor> {
  return {
    group,
    versions: ['v1'],
    kind: 'ServiceMonitor',
    plural: 'servicemonitors',
    project: (object) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: slimMeta(object.metadata),
      ...('spec' in object && { spec: object.spec }),
    }),
  }
}
