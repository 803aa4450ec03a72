/** The metadata of an object that belongs to one ExposedAPI. */
import type { RenderedObject } from '@exposedapi/objects'
import { EXPOSED_API_VERSION, type ExposedApi } from './exposed-api.ts'

/** The name, namespace, labels and owner of every object that belongs to one API. Adapters put it under `metadata`. */
export function childMeta(api: ExposedApi, name: string = api.metadata.name): RenderedObject['metadata'] {
  const { namespace, labels } = api.metadata
  return {
    name,
    namespace,
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ownerReferences: [
      {
        apiVersion: EXPOSED_API_VERSION,
        kind: 'ExposedAPI',
        name: api.metadata.name,
        uid: api.metadata.uid ?? '',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  }
}
