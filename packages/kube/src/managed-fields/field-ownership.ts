/**
 * Which fields of an object each field manager has set.
 *
 * Read from `metadata.managedFields` before the projection drops it. Objects rendered alike have equal field sets but for
 * the uids of their owners, so these are left out and equal sets are kept once.
 */
import { isRecord } from '@exposedapi/objects'

/**
 * Fields as `fieldsV1` spells them: `f:<name>` a field, `k:<key>` a list item by key, `v:<value>` a set member, `.` itself;
 * besides {@link ANY_OWNER}.
 */
export interface FieldSet {
  readonly [step: string]: FieldSet
}

/** Field sets by field manager, of the object itself (no subresource). */
export type Ownership = ReadonlyMap<string, FieldSet>

/** In the place of `k:{"uid":"…"}`: an owner reference of any uid. Which uids are wanted depends on what is rendered. */
export const ANY_OWNER = 'k:{"uid":"*"}'

/** Nobody whose fields are kept has applied anything. */
export const NO_OWNERSHIP: Ownership = new Map()

/** What made an entry of `managedFields`: an apply, or any other write. */
export type Operation = 'Apply' | 'Update'

/** Reads the ownership of those managers that `keep` accepts. */
export function ownershipOf(raw: unknown, keep: (manager: string, operation: Operation) => boolean): Ownership {
  const metadata = isRecord(raw) ? raw.metadata : undefined
  const entries = isRecord(metadata) ? metadata.managedFields : undefined
  if (!Array.isArray(entries)) return NO_OWNERSHIP
  let found: Map<string, FieldSet> | undefined
  for (const entry of entries) {
    if (!isRecord(entry) || entry.subresource || !isRecord(entry.fieldsV1)) continue
    const { manager, operation } = entry
    if (typeof manager !== 'string' || !keep(manager, operation as Operation)) continue
    found ??= new Map()
    // One manager has an entry for each operation and apiVersion that it used; they mean the union.
    const before = found.get(manager)
    const fields = entry.fieldsV1 as unknown as FieldSet
    found.set(manager, intern(before ? merge(before, fields) : fields))
  }
  return found ?? NO_OWNERSHIP
}

/** The first path in `fields` that `object` lacks, as text (`spec.hosts`), or undefined when it has all of them. */
export function missingField(fields: FieldSet, object: unknown, path = ''): string | undefined {
  for (const step in fields) {
    const child = fields[step]
    if (step === '.' || child === undefined) continue
    const here = path === '' ? step.slice(2) : `${path}.${step.slice(2)}`
    const value = childOf(object, step)
    if (value === undefined) return here
    const missing = missingField(child, value, here)
    if (missing !== undefined) return missing
  }
  return undefined
}

/** What is owned of an item of a list map or set; undefined when nothing is. */
export function ownedItem(owned: FieldSet, item: unknown): FieldSet | undefined {
  for (const step in owned) {
    if (step !== '.' && childOf([item], step) !== undefined) return owned[step]
  }
  return undefined
}

function childOf(object: unknown, step: string): unknown {
  const key = step.slice(2)
  if (step.startsWith('f:')) return isRecord(object) ? (object[key] ?? undefined) : undefined
  if (!Array.isArray(object)) return undefined
  if (step === ANY_OWNER) return object[0]
  if (step.startsWith('i:')) return object[Number(key)]
  const wanted: unknown = parse(key)
  if (step.startsWith('v:')) return object.find((item) => item === wanted)
  if (!isRecord(wanted)) return undefined
  // A part of the key that we did not render is a default of the server, `protocol: TCP`.
  const matches = (value: unknown, part: unknown) => value === undefined || value === part
  return object.find((item) => isRecord(item) && Object.keys(wanted).every((name) => matches(item[name], wanted[name])))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function merge(a: FieldSet, b: FieldSet): FieldSet {
  const merged: Record<string, FieldSet> = { ...a }
  for (const step in b) {
    const mine = a[step]
    const theirs = b[step] as FieldSet
    merged[step] = mine ? merge(mine, theirs) : theirs
  }
  return merged
}

const interned = new Map<string, FieldSet>()
/** Beyond that many different sets, what is kept once no longer outweighs the table. */
const MANY = 5000
const UID_KEY = /"k:\{\\"uid\\":\\"[^"\\]*\\"\}"/g

function intern(fields: FieldSet): FieldSet {
  const text = JSON.stringify(fields).replace(UID_KEY, JSON.stringify(ANY_OWNER))
  const known = interned.get(text)
  if (known) return known
  if (interned.size >= MANY) interned.clear()
  const kept = JSON.parse(text) as FieldSet
  interned.set(text, kept)
  return kept
}
