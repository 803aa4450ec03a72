/**
 * Takes the fields of an object over from the program that made it before us.
 *
 * A forced apply wins our fields, but what another manager wrote besides stays for ever (a label, `exportTo`). Its entry in
 * `metadata.managedFields` is therefore renamed to ours; the next apply then removes what we do not render.
 */
import { isRecord } from './api-error.ts'
import type { KubeObject } from './kind.ts'

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'test' | 'replace'
  readonly path: string
  readonly value: unknown
}

/** Index of the first entry of `managedFields` that one of these managers made by an update; undefined if none did. */
export function formerEntry(raw: unknown, formerManagers: readonly string[]): number | undefined {
  const metadata = isRecord(raw) ? raw.metadata : undefined
  const entries = isRecord(metadata) ? metadata.managedFields : undefined
  if (!Array.isArray(entries)) return undefined
  const at = entries.findIndex(
    (entry) =>
      isRecord(entry) &&
      entry.operation === 'Update' &&
      !entry.subresource &&
      typeof entry.manager === 'string' &&
      formerManagers.includes(entry.manager),
  )
  return at < 0 ? undefined : at
}

/** Renames the entry, unless the object has changed since: the index would point to another one. */
export function renaming(index: number, resourceVersion: string, fieldManager: string): readonly JsonPatchOperation[] {
  const entry = `/metadata/managedFields/${index}`
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: `${entry}/manager`, value: fieldManager },
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
