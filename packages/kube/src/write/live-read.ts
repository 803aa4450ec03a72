/** One object, as the API server knows it right now, brought into the cache. */

import type { KubeObject } from '@exposedapi/objects'
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import type { KindCache } from '../kinds/kind-cache.ts'

/** How to read. */
export interface LiveReadOptions {
  /** uid of an object whose deletion was acknowledged: the answer may prove that it is still there. */
  readonly deleted?: string
  readonly timeoutMs?: number
  readonly retry?: boolean
}

/** Undefined when the object does not exist. Rejects with an ApiError. */
export async function readLive<T extends KubeObject>(
  client: RestClient,
  cache: KindCache,
  namespace: string,
  name: string,
  { deleted, ...limits }: LiveReadOptions = {},
): Promise<T | undefined> {
  const { store } = cache
  const before = store.get(namespace, name)
  const seen = store.seenAt(namespace)
  try {
    const raw = await client.request<KubeObject>({ path: cache.path(namespace, name), ...limits })
    if (deleted !== undefined && raw.metadata.uid === deleted) store.unbury(deleted)
    return store.answered(raw, seen) as T | undefined
  } catch (error) {
    if (codeOf(error) !== 404) throw error
    // An object that came or changed while we asked is newer than this answer.
    if (before && store.get(namespace, name) === before) store.deleted(before)
    return store.get(namespace, name) as T | undefined
  }
}
