/** Which ExposedAPIs a gateway of the configuration file serves. */
import type { ExposedApi } from '@exposedapi/core'
import { namespaceMatcher } from '@exposedapi/kube'
import type { GatewaySetting } from './file.ts'
import { enginePatterns } from './namespace-patterns.ts'

/** Whether the rule of a gateway matches an API: everything that the rule says must apply. */
export function matcherOf(match: GatewaySetting['match'] = {}): (api: ExposedApi) => boolean {
  const { namespaces, labels = {}, segments, apiTypes } = match
  const includes = namespaces ? namespaceMatcher(enginePatterns(namespaces)) : () => true
  return ({ metadata, spec }) =>
    includes(metadata.namespace) &&
    Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value) &&
    (segments?.includes(spec.segment) ?? true) &&
    (apiTypes?.includes(spec.apiType) ?? true)
}
