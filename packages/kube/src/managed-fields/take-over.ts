/**
 * Makes the fields that an update has set fields of our applies.
 *
 * A forced apply wins our fields, but what an update set besides stays for ever: a label, `exportTo`. That is so with the
 * update of a program that made the object before us, and with our own creation of it. So the entry of the update in
 * `metadata.managedFields` is renamed to our apply; the next apply then removes what we do not render.
 */
import { isRecord, type KubeObject } from '@exposedapi/objects'

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'test' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

/** An entry of `managedFields` that is to be taken over. */
export interface UpdateEntry {
  readonly index: number
  /** We have applied everything since, so the entry need only be removed. */
  readonly applied: boolean
}

/** The entry of our own update of an object, or, before our first apply, of one of these managers; undefined without one. */
export function updateEntry(raw: unknown, us: string, formerManagers: readonly string[]): UpdateEntry | undefined {
  const metadata = isRecord(raw) ? raw.metadata : undefined
  const entries = isRecord(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : []
  const find = (operation: string, managers: readonly unknown[]) =>
    entries.findIndex(
      (entry) =>
        isRecord(entry) && entry.operation === operation && !entry.subresource && managers.includes(entry.manager),
    )
  const applied = find('Apply', [us]) >= 0
  const index = find('Update', applied ? [us] : [...formerManagers, us])
  return index < 0 ? undefined : { index, applied }
}

/** Takes the entry over, unless the object has changed since: the index would point to another one. */
export function takingOver(
  { index, applied }: UpdateEntry,
  resourceVersion: string,
  us: string,
): readonly JsonPatchOperation[] {
  const entry = `/metadata/managedFields/${index}`
  const unchanged = { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion } as const
  if (applied) return [unchanged, { op: 'remove', path: entry }]
  return [
    unchanged,
    { op: 'replace', path: `${entry}/manager`, value: us },
    { op: 'replace', path: `${entry}/operation`, value: 'Apply' },
  ]
}

/** Whether both have the same controller: only such an object is ours to take over. */
export function hasSameController(a: KubeObject, b: KubeObject): boolean {
  const uid = controllerOf(a)
  return uid !== undefined && uid === controllerOf(b)
}

function controllerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid
}
