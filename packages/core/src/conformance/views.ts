/** Views that look over their reader's shoulder. */
import type { Index, Kind, KindUse, KubeObject, View } from '@exposedapi/objects'
import {
  API_BY_COMPONENT,
  API_BY_UID,
  byController,
  COMPONENT,
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  EXPOSED_API,
  SERVICE,
  SLICE_BY_SERVICE,
} from '../model/kinds.ts'
import { ensure } from './assert.ts'
import { isSameResource, type World } from './world.ts'

/** Kinds that core declares, so that adapters need not. */
export const KINDS_OF_CORE: readonly Kind[] = [
  EXPOSED_API,
  COMPONENT,
  SERVICE,
  ENDPOINT_SLICE,
  CUSTOM_RESOURCE_DEFINITION,
] as readonly unknown[] as readonly Kind[]

/** A view that throws at a read of a kind or index that is not declared. */
export function watched(view: View, uses: readonly KindUse[], indexes: readonly Index[]): View {
  const kinds = new Set<unknown>([...KINDS_OF_CORE, ...uses.map(({ kind }) => kind)])
  const known = new Set<unknown>([API_BY_UID, API_BY_COMPONENT, SLICE_BY_SERVICE, ...indexes])
  for (const { kind, use } of uses) if (use === 'own') known.add(byController(kind))
  const declared = (kind: Kind) => ensure(kinds.has(kind), `kind ${kind.kind} is read and not declared`)
  return {
    get: (kind, namespace, name) => {
      declared(kind)
      return view.get(kind, namespace, name)
    },
    exists: (kind, namespace, name) => {
      declared(kind)
      return view.exists(kind, namespace, name)
    },
    by: (index, value) => {
      declared(index.kind)
      ensure(known.has(index), `index ${index.name} is read and not declared`)
      return view.by(index, value)
    },
    serves: (kind) => {
      declared(kind)
      return view.serves(kind)
    },
    readable: (kind, namespace) => {
      declared(kind)
      return view.readable(kind, namespace)
    },
  }
}

/**
 * The world as an operator sees it that serves these namespaces alone: of a kind that nobody declares with scope `cluster` it sees
 * what lies in them.
 */
export function scoped(world: World, uses: readonly KindUse[], namespaces: readonly string[]): World {
  const everywhere = uses.filter(({ scope }) => scope === 'cluster').map(({ kind }) => kind)
  const isSeen = (kind: Kind, { metadata: { namespace } }: KubeObject) =>
    namespace === undefined || namespaces.includes(namespace) || everywhere.some((one) => isSameResource(one, kind))
  return world.rebuilt({ keep: isSeen })
}
