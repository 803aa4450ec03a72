/**
 * The entries of a Component's status that belong to our APIs.
 *
 * The Component operator makes the lists and counts entries with `url` and `ready: true`; it looks at ExposedAPIs only when
 * the Component changes, so it is these values that drive a Component to completion. Entries are found by the uid of the
 * ExposedAPI; there may be several with one uid (two specification entries of one major version).
 */
import { sameJson, type View } from '@exposedapi/objects'
import { type ExposedApi, isExternal } from '../../model/exposed-api.ts'
import { API_BY_UID, COMPONENT_LISTS, type Component, type ComponentEntry } from '../../model/kinds.ts'

/** Merge patch of `status`: whole lists, only those that differ; undefined if nothing does. */
export type ComponentPatch = { readonly [List in (typeof COMPONENT_LISTS)[number]]?: readonly ComponentEntry[] }

/** Brings `url`, `developerUI` and `ready` of each entry to what the ExposedAPI's own status says. */
export function decideComponent(component: Component, view: View): ComponentPatch | undefined {
  const changed = COMPONENT_LISTS.flatMap((list) => {
    const entries = component.status[list]
    if (!entries) return []
    const desired = entries.map((entry) => entryOf(entry, view))
    return sameJson(entries, desired) ? [] : [[list, desired] as const]
  })
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

function entryOf(entry: ComponentEntry, view: View): ComponentEntry {
  const [api] = typeof entry?.uid === 'string' ? view.by(API_BY_UID, entry.uid) : []
  if (!api || isExternal(api)) return entry
  return { ...without(entry, ['url', 'developerUI']), ...published(api) }
}

function published({ status: { apiStatus, implementation } }: ExposedApi): Partial<ComponentEntry> {
  return {
    ...(apiStatus?.url !== undefined && { url: apiStatus.url }),
    ...(apiStatus?.developerUI !== undefined && { developerUI: apiStatus.developerUI }),
    ready: implementation?.ready === true,
  }
}

function without(entry: ComponentEntry, keys: readonly string[]): ComponentEntry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)))
}
