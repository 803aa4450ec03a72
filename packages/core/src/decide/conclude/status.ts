/**
 * The status of an ExposedAPI.
 *
 * `apiStatus` and `implementation` keep the exact shape of ODA Canvas: the Component operator copies every key of apiStatus
 * into the Component, and other programs read both. Everything of ours stands beside them.
 */

import { mergePatch } from '../../cluster/merge-patch.ts'
import type { Condition } from '../../findings/condition.ts'
import type { ApiStatus, ExposedApi, ExposedApiStatus } from '../../model/exposed-api.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import type { ServingStatus } from './serving.ts'

/** Keys of `status` that are ours. All others belong to somebody else. */
const KEYS = ['apiStatus', 'implementation', 'conditions', 'policies', 'gateway', 'metrics', 'leftovers'] as const

/** The part of `apiStatus` that depends on the address. */
export type PublishedUrls = Pick<ApiStatus, 'url' | 'developerUI' | 'ip'>

/** `apiStatus` of an API whose spec is meaningful. Keys that no longer apply are absent, so that the patch removes them. */
export function apiStatus(api: ExposedApi, uid: string | undefined, urls: PublishedUrls | undefined): ApiStatus {
  const { path, port, implementation } = api.spec
  return { name: api.metadata.name, ...(uid !== undefined && { uid }), path, port, implementation, ...urls }
}

/**
 * Our part of the status. `ready` without a published url would make readers fail that trust it alone, so it is false then.
 */
export function statusOf(
  published: ApiStatus | undefined,
  ready: boolean,
  conditions: readonly Condition[],
  verdicts: readonly PolicyVerdict[],
  serving: ServingStatus = {},
): ExposedApiStatus {
  return {
    ...(published && { apiStatus: published }),
    implementation: { ready: ready && published?.url !== undefined },
    conditions,
    ...(verdicts.length > 0 && { policies: verdicts }),
    ...serving,
  }
}

/** Does the status say something else about the route than the spec, or nothing? Then somebody waits for a decision. */
export function isBehind({ spec, status: { apiStatus } }: ExposedApi): boolean {
  const { path, port, implementation } = spec
  return apiStatus?.path !== path || apiStatus.port !== port || apiStatus.implementation !== implementation
}

/** The smallest merge patch of `status` that brings our keys to `desired`; undefined if they are there already. */
export function statusPatch(api: ExposedApi, desired: ExposedApiStatus): Record<string, unknown> | undefined {
  return mergePatch({ ...api.status }, { ...desired }, KEYS)
}
