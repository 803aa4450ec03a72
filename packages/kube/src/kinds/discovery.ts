/** Which versions of our kinds the cluster serves right now. */

import { apiVersionOf, type Kind, resourceName } from '@exposedapi/objects'
import { codeOf } from '../client/api-error.ts'
import type { RestClient } from '../client/rest-client.ts'
import { groupVersionPath } from '../objects/paths.ts'

/** A kind as the cluster serves it. */
export interface Served {
  readonly version: string
  readonly apiVersion: string
  /** Whether `…/status` exists. Without it, status is written to the object itself, and vice versa. */
  readonly hasStatus: boolean
  readonly namespaced: boolean
}

/** What one look found. A kind that is not in the map could not be looked up: its state is unknown, not absent. */
export type Discovered = ReadonlyMap<Kind, Served | 'absent'>

interface ResourceList {
  readonly resources?: readonly { readonly name?: string; readonly namespaced?: boolean }[]
}

/** Looks up the kinds. Never rejects; groups are independent, so that one broken API does not hide the others. */
export async function discover(
  client: RestClient,
  kinds: Iterable<Kind>,
  onError: (kind: Kind, error: unknown) => void,
  signal?: AbortSignal,
): Promise<Discovered> {
  const found = new Map<Kind, Served | 'absent'>()
  const documents = new Map<string, Promise<ResourceList | undefined>>()
  const document = (path: string) => {
    const known = documents.get(path) ?? fetchDocument(client, path, signal)
    documents.set(path, known)
    return known
  }
  const lookUp = async (kind: Kind) => {
    try {
      found.set(kind, (await servedVersion(kind, document)) ?? 'absent')
    } catch (error) {
      onError(kind, error)
    }
  }
  await Promise.all([...kinds].map(lookUp))
  return found
}

async function servedVersion(
  kind: Kind,
  document: (path: string) => Promise<ResourceList | undefined>,
): Promise<Served | undefined> {
  for (const version of kind.versions) {
    const list = await document(groupVersionPath(kind.group, version))
    const resource = list?.resources?.find((candidate) => candidate.name === kind.plural)
    if (!resource) continue
    return {
      version,
      apiVersion: apiVersionOf(kind.group, version),
      hasStatus: list?.resources?.some((candidate) => candidate.name === `${kind.plural}/status`) ?? false,
      namespaced: resource.namespaced ?? true,
    }
  }
  return undefined
}

async function fetchDocument(
  client: RestClient,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ResourceList | undefined> {
  try {
    return await client.request<ResourceList>({ path, timeoutMs: 10_000, ...(signal && { signal }) })
  } catch (error) {
    if (codeOf(error) === 404) return undefined
    throw error
  }
}

/** Whether two looks at a kind found the same. */
export function isSameServed(a: Served | undefined, b: Served | undefined): boolean {
  return a?.apiVersion === b?.apiVersion && a?.hasStatus === b?.hasStatus && a?.namespaced === b?.namespaced
}

/** The name that a kind's CustomResourceDefinition would have. */
export function crdName(kind: Kind): string {
  return resourceName(kind)
}
