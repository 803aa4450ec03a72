/** Which rendered objects may be written, and which owned objects must go. */

import {
  controllerOf,
  groupOf,
  type Kind,
  type KubeObject,
  nameOf,
  type RenderedObject,
  type View,
} from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import type { Unseen } from '../../findings/not-readable.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { byController } from '../../model/kinds.ts'

/** The kind of an object among the declared ones, in whatever version it is; undefined if it is none of them. */
export function kindOf(object: KubeObject, kinds: readonly Kind[]): Kind | undefined {
  const group = groupOf(object.apiVersion)
  return kinds.find((kind) => kind.kind === object.kind && kind.group === group)
}

/** The object of that kind and name in the cluster, and whose it is. */
export function ownerOf(object: KubeObject, api: ExposedApi, view: View, kinds: readonly Kind[]) {
  const kind = kindOf(object, kinds)
  const existing = kind && view.get(kind, object.metadata.namespace ?? '', object.metadata.name)
  if (!existing) return { existing: undefined, ours: false } as const
  return { existing, ours: controllerOf(existing)?.uid === (api.metadata.uid ?? '') } as const
}

/** What would have to be read to know whether the object exists, if it is not in the view. */
export function unseenOf(object: KubeObject, view: View, kinds: readonly Kind[]): Unseen | undefined {
  const kind = kindOf(object, kinds)
  const { namespace = '', name } = object.metadata
  if (!kind || view.get(kind, namespace, name) || view.readable(kind, namespace)) return undefined
  return { kind, namespace }
}

/**
 * Findings about existing objects of our names that are not ours. We own an object if its controller ownerReference has the
 * uid of the ExposedAPI, so what the reference operator made is ours; anything else is reported and never written.
 */
export function checkOwnership(
  objects: readonly RenderedObject[],
  api: ExposedApi,
  view: View,
  kinds: readonly Kind[],
): readonly Finding[] {
  return objects.flatMap((object) => {
    const { existing, ours } = ownerOf(object, api, view, kinds)
    return existing && !ours ? [notOwned(existing, api)] : []
  })
}

/** Objects of these kinds that the API owns and that are no longer rendered, in reverse write order. */
export function obsolete(
  rendered: readonly RenderedObject[],
  api: ExposedApi,
  view: View,
  kinds: readonly Kind[],
): readonly KubeObject[] {
  const isWanted = (object: KubeObject) => rendered.some((wanted) => isSame(wanted, object))
  const found: KubeObject[] = []
  for (const kind of kinds) {
    if (view.serves(kind) === undefined) continue // There is nothing, and nothing to be remembered for each API.
    for (const object of view.by(byController(kind), api.metadata.uid ?? '')) {
      if (object.metadata.deletionTimestamp === undefined && !isWanted(object)) found.unshift(object)
    }
  }
  return found
}

/** The same object, in whatever version. */
function isSame(a: KubeObject, b: KubeObject): boolean {
  return (
    a.metadata.name === b.metadata.name &&
    a.metadata.namespace === b.metadata.namespace &&
    a.kind === b.kind &&
    groupOf(a.apiVersion) === groupOf(b.apiVersion)
  )
}

function notOwned(existing: KubeObject, api: ExposedApi): Finding {
  const owner = controllerOf(existing)
  const what = `${existing.kind} ${nameOf(existing)}`
  if (owner?.kind === 'ExposedAPI' && owner.name === api.metadata.name) {
    return {
      condition: 'Accepted',
      status: 'Unknown',
      reason: 'LeftoverOfEarlierApi',
      message: `${what} belongs to an earlier ExposedAPI of this name and is about to be garbage-collected.`,
    }
  }
  const whose = owner ? `belongs to ${owner.kind} ${owner.name}` : 'has no owner'
  return {
    condition: 'Accepted',
    status: 'False',
    reason: 'NotOwned',
    message: `${what} already exists and ${whose}, so it is left alone.`,
  }
}
