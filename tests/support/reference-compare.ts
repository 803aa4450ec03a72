/**
 * Compares what our operator wrote with what the reference operator wrote, field by field.
 *
 * Only what no two runs share is normalised: uids become names of what they point to, server-made metadata and the
 * reference framework's bookkeeping go. Every other difference needs an entry in differences.ts.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Manifest } from '@exposedapi/testbed/canvas'

/** A deliberate difference. `*` in a pattern stands for any characters. */
export interface Excuse {
  readonly id: string
  /** Golden cases; default all. */
  readonly case?: string
  readonly kind: string
  /** Field path such as `spec.http[0].match`; everything below it is compared by `accepts` alone. */
  readonly path: string
  /** Is this the difference that is meant, and no other? */
  readonly accepts: (ours: unknown, theirs: unknown, place: Place) => boolean
  /** How often all cases together have it. */
  readonly times: number
  readonly because: string
}

/** Where a difference is: the objects as both operators left them. */
export interface Place {
  readonly case: string
  readonly kind: string
  readonly name: string
  readonly ours: Manifest | undefined
  readonly theirs: Manifest | undefined
  /** The ExposedAPI of that name, if there is one. */
  readonly api: Manifest | undefined
  /** Everything in our cluster, normalised. */
  readonly world: readonly Manifest[]
}

/** A difference that no excuse covers. */
export interface Unexplained {
  readonly where: string
  readonly ours: unknown
  readonly theirs: unknown
}

/** Differences that no excuse covers, and the ids of the excuses that were needed, once for each difference. */
export function compare(
  name: string,
  ours: readonly Manifest[],
  theirs: readonly Manifest[],
  excuses: readonly Excuse[],
): { readonly unexplained: readonly Unexplained[]; readonly used: readonly string[] } {
  const [own, other] = [byIdentity(ours), byIdentity(theirs)]
  const used: string[] = []
  const unexplained: Unexplained[] = []
  for (const key of new Set([...own.keys(), ...other.keys()])) {
    const [kind = '', object = ''] = key.split(' ')
    const pair = { ours: own.get(key), theirs: other.get(key) }
    const place = {
      case: name,
      kind,
      name: object,
      ...pair,
      api: own.get(`ExposedAPI ${object}`),
      world: [...own.values()],
    }
    const relevant = excuses.filter((excuse) => matches(excuse.case ?? '*', name) && matches(excuse.kind, kind))
    walk(pair.ours, pair.theirs, '', place, relevant, used, unexplained)
  }
  return { unexplained, used }
}

function walk(
  ours: unknown,
  theirs: unknown,
  path: string,
  place: Place,
  excuses: readonly Excuse[],
  used: string[],
  unexplained: Unexplained[],
): void {
  if (isDeepStrictEqual(ours, theirs)) return
  const excuse = excuses.find((one) => matches(one.path, path) && one.accepts(ours, theirs, place))
  if (excuse) {
    used.push(excuse.id)
    return
  }
  const steps = stepsInto(ours, theirs)
  for (const [step, mine, their] of steps ?? []) walk(mine, their, path + step, place, excuses, used, unexplained)
  if (!steps) unexplained.push({ where: `${place.case}: ${place.kind} ${place.name} ${path}`, ours, theirs })
}

/** The fields of two maps or two lists; undefined where there is nothing to go into. */
function stepsInto(ours: unknown, theirs: unknown): readonly (readonly [string, unknown, unknown])[] | undefined {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const length = Math.max(ours.length, theirs.length)
    return Array.from({ length }, (_, index) => [`[${index}]`, ours[index], theirs[index]])
  }
  if (!isMap(ours) || !isMap(theirs)) return undefined
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort()
  return keys.map((key) => [/^\w+$/.test(key) ? `.${key}` : `[${key}]`, ours[key], theirs[key]])
}

function byIdentity(objects: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  const names = new Map(objects.map(({ kind, metadata }) => [metadata.uid ?? '', `uid of ${kind} ${metadata.name}`]))
  names.delete('')
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, normal(object, names)]))
}

const MADE_BY_SERVER = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields']

function normal(object: Manifest, names: ReadonlyMap<string, string>): Manifest {
  const { metadata, status } = object
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('kopf.'))
  const kept = Object.entries(metadata).filter(([key]) => !MADE_BY_SERVER.includes(key))
  const meta = { ...Object.fromEntries(kept), annotations: Object.fromEntries(annotations) }
  // Of Pods, the reference data hold no more.
  if (object.kind === 'Pod') {
    const { name, labels } = metadata
    return { apiVersion: object.apiVersion, kind: 'Pod', metadata: { name, labels, annotations: meta.annotations } }
  }
  const { kopf: _, ...told } = status ?? {}
  const normalised = { ...object, metadata: meta, ...(status && { status: told }) }
  return JSON.parse(JSON.stringify(normalised), (_key, value) => names.get(value) ?? value)
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
