/** CustomResourceDefinitions, as the engine itself watches them. */

import type { Kind } from '@exposedapi/objects'

/** Projected to its identity: what a CRD says is noted as it arrives, and not cached. */
export const CRD_KIND: Kind = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  project: ({ apiVersion, kind, metadata: { name, uid, resourceVersion } }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
  }),
}
